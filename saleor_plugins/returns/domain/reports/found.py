"""What the reports tell, row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from .waterfall import Step, share


@dataclass(frozen=True)
class Costs:
    """The waterfall of one currency."""

    currency: str
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Stage:
    """Seconds that a stage took for `count` returns: at most `p50` for half, `p90` for nine in ten."""

    name: str
    count: int
    p50: float
    p90: float


@dataclass(frozen=True)
class Retained:
    """What of the refunds stayed in the shop, in minor units.

    `exchange_orders` is what those who exchanged paid in all for their new goods, their credit included.
    """

    currency: str
    refunded: int
    exchanged: int
    store_credit: int
    exchange_orders: int

    @property
    def paid_back(self) -> int:
        """What went back to the payments."""
        return self.refunded - self.exchanged - self.store_credit

    @property
    def share(self) -> float | None:
        """What stayed, per unit of money refunded."""
        return share(self.exchanged + self.store_credit, self.refunded)

    @property
    def extra(self) -> int:
        """What exchanges brought beyond their credit."""
        return max(self.exchange_orders - self.exchanged, 0)


@dataclass(frozen=True)
class Due:
    """A withdrawal whose money is not all back. `withheld`: neither goods nor proof of sending came yet."""

    return_id: str
    number: str
    order_id: str
    law: str
    asked: datetime
    due: date
    days_left: int
    withheld: bool
    units: int


@dataclass(frozen=True)
class Deadlines:
    """How many withdrawals wait: past their day, within three days of it, later; the most urgent of them."""

    overdue: int = 0
    soon: int = 0
    later: int = 0
    rows: tuple[Due, ...] = ()


@dataclass(frozen=True)
class Unreceived:
    """Units that are credited and were never received, and what they were worth to the customer (gross)."""

    return_id: str
    number: str
    order_id: str
    state: str
    sku: str
    units: int
    value: int
    currency: str
    since: datetime


@dataclass(frozen=True)
class Fate:
    """Units that ended in one way; `grades` of those that were graded."""

    disposition: str
    units: int
    grades: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Customer:
    """Somebody who returns, by key; `user_id` is "" for a guest. Shares are of all returned units."""

    key: str
    user_id: str
    orders: int
    returns: int
    units: int
    share: float
    cumulative: float


@dataclass(frozen=True)
class Concentration:
    """The customers who return most; `customers` and `units` of all."""

    customers: int = 0
    units: int = 0
    rows: tuple[Customer, ...] = ()
