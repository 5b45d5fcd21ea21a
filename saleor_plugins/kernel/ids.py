"""Identifiers: time-ordered UUIDs for our rows, Relay global ids for the outside."""

from __future__ import annotations

import base64
import binascii
import os
import time
import uuid

from .errors import Invalid, NotFound


def new_id() -> uuid.UUID:
    """A UUID version 7 (RFC 9562): sorts by creation time, so indexes stay compact."""
    millis = time.time_ns() // 1_000_000
    rand = int.from_bytes(os.urandom(10), "big")
    value = (millis & (1 << 48) - 1) << 80 | 7 << 76 | (rand >> 68) << 64
    return uuid.UUID(int=value | 2 << 62 | rand & (1 << 62) - 1)


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
