"""Trying again when Postgres ends our transaction to break a deadlock.

We lock order, lines, payments, stock; some of Saleor's own screens lock in another order, so both may
wait for each other. Postgres then rolls one of them back whole, and what was rolled back may be repeated.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

from ..kernel.errors import Conflict, sqlstate

ATTEMPTS = 5
PAUSE_SECONDS = 0.03
_DEADLOCK = "40P01"
_Answer = TypeVar("_Answer")


def unlocked(call: Callable[[], _Answer]) -> _Answer:
    """The answer of `call`, which is one transaction. Raises Conflict (TRY_AGAIN) when it always lost."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return call()
        except OperationalError as error:
            # Inside a larger transaction everything before it is rolled back too: not ours to repeat.
            if sqlstate(error) != _DEADLOCK or connection.in_atomic_block:
                raise
        # Those who met once would meet again.
        time.sleep(random.uniform(0, PAUSE_SECONDS * attempt))  # noqa: S311
    raise Conflict("Somebody else works on the same order or stock. Try again.", code="TRY_AGAIN")
