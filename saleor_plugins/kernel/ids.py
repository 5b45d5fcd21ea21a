"""Identifiers: time-ordered UUIDs for our rows, Relay global ids for the outside."""

from __future__ import annotations

import base64
import binascii
import os
import time
import uuid

from .errors import Invalid, NotFound


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562, method 3): sorts by creation time, a process's own ones exactly.

    The 12 bits after the milliseconds are their fraction, so two ids of one process that are 250 ns apart,
    which Python cannot undercut, are in order.
    """
    millis, nanos = divmod(time.time_ns(), 1_000_000)
    fraction = (nanos << 12) // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    return uuid.UUID(int=(millis & (1 << 48) - 1) << 80 | 7 << 76 | fraction << 64 | 2 << 62 | random)


def to_global(kind: str, key: object) -> str:
    """The Relay id of `key`, as Saleor writes it: base64 of ``Kind:key``."""
    return base64.b64encode(f"{kind}:{key}".encode()).decode()


def from_global(value: str, kind: str, *, field: str = "id") -> str:
    """The key inside a Relay id of `kind`; raises Invalid naming `field` otherwise."""
    try:
        found, _, key = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise Invalid(f"Not a {kind} id.", field=field, code="GRAPHQL_ERROR") from error
    if found != kind or not key:
        raise Invalid(f"Must be a {kind} id.", field=field, code="GRAPHQL_ERROR")
    return key


def own_key(value: str, kind: str, *, field: str = "id") -> uuid.UUID:
    """The key of one of our rows inside a Relay id.

    Raises Invalid naming `field` for what is no id of `kind`, NotFound for one that can be none of ours.
    """
    try:
        return uuid.UUID(from_global(value, kind, field=field))
    except ValueError:
        raise NotFound(f"There is no such {kind}.", field=field) from None
