"""Refuses to talk to the outside world while a transaction is open."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar

from django.db import connection

_floor: ContextVar[int] = ContextVar("outermost_transactions", default=0)


def refuse_in_transaction(what: str) -> None:
    """Raise RuntimeError inside a transaction: a roll-back could not take back what was sent."""
    if _depth() > _floor.get():
        raise RuntimeError(f"{what} talks to the outside: call it outside any transaction.")


@contextlib.contextmanager
def ignoring_open_transactions() -> Iterator[None]:
    """Count the transactions open now as none: for tests that run inside one."""
    token = _floor.set(_depth())
    try:
        yield
    finally:
        _floor.reset(token)


def _depth() -> int:
    return len(connection.savepoint_ids) + 1 if connection.in_atomic_block else 0
