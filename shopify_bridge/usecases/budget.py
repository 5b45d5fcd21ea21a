"""The cost budget of a shop, shared by all workers: a row, one UPDATE to reserve and one to settle.

The reckoning is `shopify.budget`'s, done by the database with its own clock, so that workers on several
machines agree. No lock is held while anybody waits: what was reserved is a place in the queue.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from django.db import connection

from ..models import Bucket
from ..shopify.budget import HALF_LIFE, RATE, SIZE, ProcessBudget, Spent, Ticket
from ..shopify.errors import Unreachable

# What the row says, brought forward to now.
_PASSED = "GREATEST(0, EXTRACT(EPOCH FROM clock_timestamp() - at))"
_LEVEL = f"LEAST(size, level + rate * {_PASSED})"
_HELD = f"held * power(0.5, {_PASSED} / {HALF_LIFE})"
_ROW = "UPDATE shopify_bridge_bucket SET at = clock_timestamp(),"

_MAKE = """
    INSERT INTO shopify_bridge_bucket (shop, level, size, rate, held, given, at, costs)
    VALUES (%s, %s, %s, %s, 0, 0, clock_timestamp(), '{}') ON CONFLICT (shop) DO NOTHING
"""
_RESERVE = f"""
    {_ROW} level = {_LEVEL} - LEAST(size, %s), held = {_HELD} + LEAST(size, %s),
    given = given + LEAST(size, %s)
    WHERE shop = %s AND {_LEVEL} - LEAST(size, %s) >= -rate * %s
    RETURNING level, rate, given - held, LEAST(size, %s)
"""
_MISSING = f"""
    SELECT (LEAST(size, %s) - {_LEVEL}) / rate FROM shopify_bridge_bucket WHERE shop = %s
"""  # noqa: S608 - constants
_SETTLE = f"""
    {_ROW} held = GREATEST(0, {_HELD} - %s), level = LEAST(size, {_LEVEL} + %s)
    WHERE shop = %s
"""
_SETTLE_TOLD = f"""
    {_ROW} size = %s, rate = %s, held = GREATEST(0, {_HELD} - %s),
    level = LEAST(%s, GREATEST({_LEVEL} + %s,
        %s - COALESCE(given - %s - %s, GREATEST(0, {_HELD} - %s))))
    WHERE shop = %s
"""
_PAUSE = f"{_ROW} held = {_HELD}, level = LEAST({_LEVEL}, -rate * %s) WHERE shop = %s"
_LEARN = """
    UPDATE shopify_bridge_bucket SET costs = costs || jsonb_build_object(%s::text, %s::float)
    WHERE shop = %s
"""


class DatabaseBudget:
    """A `shopify.budget.Budget` in the row of `shop`."""

    def __init__(self, shop: str):
        self._shop, self._lock = shop, threading.Lock()
        self._factors: dict[str, float] | None = None
        # A row changed inside somebody's transaction would stay locked until that ends.
        self._aside = ProcessBudget()

    def reserve(self, points: float, patience: float) -> Ticket:
        """See `Budget`."""
        if connection.in_atomic_block:
            return self._aside.reserve(points, patience)
        self._known()
        row = _one(_RESERVE, [points, points, points, self._shop, points, patience, points])
        if row is None:
            missing = _one(_MISSING, [points, self._shop])
            if missing is None:
                self._make()
                return self.reserve(points, patience)
            raise Unreachable("the shop's cost budget is used up", max(0.5, missing[0]))
        level, rate, mark, taken = row
        return Ticket(taken, max(0.0, -level / rate), mark)

    def settle(self, ticket: Ticket, answer: Spent) -> None:
        """See `Budget`."""
        points, level = ticket.points, answer.level
        back = 0.0 if answer.charged is None else points - answer.charged
        if connection.in_atomic_block:
            self._aside.settle(ticket, answer)
        elif level is None or not answer.size or not answer.rate:
            _run(_SETTLE, [points, back, self._shop])
        else:
            told = [answer.size, answer.rate, points, level, back, level, points, ticket.mark, points]
            _run(_SETTLE_TOLD, [*told, self._shop])

    def pause(self, seconds: float) -> None:
        """See `Budget`."""
        if connection.in_atomic_block:
            self._aside.pause(seconds)
        else:
            _run(_PAUSE, [seconds, self._shop])

    def factor(self, document: str) -> float | None:
        """See `Budget`."""
        return self._known().get(document)

    def learn(self, document: str, factor: float) -> None:
        """See `Budget`."""
        self._known()[document] = factor
        if not connection.in_atomic_block:
            _run(_LEARN, [document, factor, self._shop])

    def _known(self) -> dict[str, float]:
        """What was learnt by anybody before this process began."""
        with self._lock:
            if self._factors is None:
                self._make()
                costs = Bucket.objects.values_list("costs", flat=True).get(shop=self._shop)
                self._factors = {name: float(value) for name, value in costs.items()}
            return self._factors

    def _make(self) -> None:
        _run(_MAKE, [self._shop, SIZE, SIZE, RATE])


def budget_for(shop: str) -> DatabaseBudget | ProcessBudget:
    """The budget of a shop: shared where the database can, else of this process."""
    return DatabaseBudget(shop) if connection.vendor == "postgresql" else ProcessBudget()


def _run(sql: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def _one(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
