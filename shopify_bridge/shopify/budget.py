"""The cost budget of a shop: points are reserved before a request and settled with its answer.

Shopify's bucket is seen only through answers. Between two of them it is reckoned forward: it fills by
the restore rate, and what is reserved is taken off at once. An answer tells the true level, from which
only what is under way may still be taken: so the reckoning is kept between that level less
what is under way and that level. Other apps that spend, another plan and another restore rate are noticed
with the next answer.

A reservation may take the level below zero: it is a place in the queue, and the debt is the time to wait. So
everybody is served in turn, whatever the size of what they ask. What may be under way when an answer is
written is all that was unsettled when its request was reserved, and all that was reserved since.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .errors import Unreachable

# What a new shop is taken for until it answers: less than any plan has.
SIZE, RATE = 1000.0, 50.0
# What is under way and never settled, as its process died, is forgotten by half in this many seconds.
HALF_LIFE = 20.0
_WORTH_KNOWING = 0.05


@dataclass(frozen=True)
class Spent:
    """What an answer said: points asked and charged, and the bucket after it; None where it said nothing."""

    requested: float | None = None
    charged: float | None = None
    level: float | None = None
    size: float | None = None
    rate: float | None = None


@dataclass(frozen=True)
class Ticket:
    """A reservation of `points`, there in `wait` seconds.

    `mark`: what had been given out and settled before it, since the reckoning began; None for just now.
    """

    points: float = 0.0
    wait: float = 0.0
    mark: float | None = None


def spent(cost: Mapping[str, Any]) -> Spent:
    """`extensions.cost` of an answer."""
    status = cost.get("throttleStatus") or {}
    return Spent(
        _number(cost.get("requestedQueryCost")),
        _number(cost.get("actualQueryCost")),
        _number(status.get("currentlyAvailable")),
        _number(status.get("maximumAvailable")),
        _number(status.get("restoreRate")),
    )


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


class Budget(Protocol):
    """What a client needs of a budget. Safe to share between threads."""

    def reserve(self, points: float, patience: float) -> Ticket:
        """Take `points`.

        Raises Unreachable, with nothing taken, when that is more than `patience`.
        """

    def settle(self, ticket: Ticket, answer: Spent) -> None:
        """Give back what was not charged; without an answer all of it was."""

    def pause(self, seconds: float) -> None:
        """Nobody sends anything for so long."""

    def factor(self, document: str) -> float | None:
        """What a document's estimate is to be multiplied by, as far as answers taught."""

    def learn(self, document: str, factor: float) -> None:
        """Remember it."""


class ProcessBudget:
    """The budget of one process: for scripts, and where there is no database."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._lock, self._clock = threading.Lock(), clock
        self._level, self._size, self._rate, self._held, self._at = SIZE, SIZE, RATE, 0.0, clock()
        self._given = 0.0
        self._factors: dict[str, float] = {}

    def reserve(self, points: float, patience: float) -> Ticket:
        """See `Budget`."""
        with self._lock:
            self._go_on()
            points = min(points, self._size)
            wait = max(0.0, (points - self._level) / self._rate)
            if wait > patience:
                raise Unreachable("the shop's cost budget is used up", wait)
            mark = self._given - self._held
            self._level -= points
            self._held += points
            self._given += points
            return Ticket(points, wait, mark)

    def settle(self, ticket: Ticket, answer: Spent) -> None:
        """See `Budget`."""
        points = ticket.points
        with self._lock:
            self._go_on()
            self._held = max(0.0, self._held - points)
            others = self._held if ticket.mark is None else self._given - points - ticket.mark
            self._level += points - (points if answer.charged is None else answer.charged)
            if answer.level is not None and answer.size and answer.rate:
                self._size, self._rate = answer.size, answer.rate
                self._level = min(max(self._level, answer.level - others), answer.level)
            self._level = min(self._level, self._size)

    def pause(self, seconds: float) -> None:
        """See `Budget`."""
        with self._lock:
            self._go_on()
            self._level = min(self._level, -seconds * self._rate)

    def factor(self, document: str) -> float | None:
        """See `Budget`."""
        return self._factors.get(document)

    def learn(self, document: str, factor: float) -> None:
        """See `Budget`."""
        self._factors[document] = factor

    def _go_on(self) -> None:
        now = self._clock()
        passed, self._at = max(0.0, now - self._at), now
        self._level = min(self._size, self._level + passed * self._rate)
        self._held *= 0.5 ** (passed / HALF_LIFE)


def worth_learning(known: float | None, factor: float) -> bool:
    """Whether a factor differs enough from the known one to be written down."""
    return known is None or abs(factor - known) > _WORTH_KNOWING * known
