"""What lies in a warehouse of a variant, and what should be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import sqrt

from ..classes import X_LIMIT, Y_LIMIT
from ..expected import Coming


class Remedy(StrEnum):
    """What helps against dead stock."""

    STOP = "STOP_REORDERING"
    TRANSFER = "TRANSFER"
    DISCOUNT = "DISCOUNT"


class Step(StrEnum):
    """What helps where something runs out."""

    ORDER = "ORDER"
    HURRY = "HURRY"
    CHASE = "CHASE"


@dataclass(frozen=True)
class Holding:
    """A variant in a warehouse on the shop day `today`.

    `free` units are nobody's; it may be negative. `per_day` is what is expected to sell, `lead_days` what an
    order of today takes. `last_sale` and `arrived` are None where nobody knows of one. `reorders` is False
    where the merchant lets it run out; `minimum` is theirs. `unit_cost` is in minor units, None where
    unknown. `sells_in` is another warehouse that sold it lately, "" for none.
    """

    variant_id: str
    sku: str
    name: str
    warehouse_id: str
    warehouse: str
    today: date
    on_hand: int = 0
    free: int = 0
    per_day: float = 0.0
    lead_days: float = 0.0
    coming: Sequence[Coming] = ()
    last_sale: date | None = None
    arrived: date | None = None
    reorders: bool = True
    minimum: int = 0
    unit_cost: float | None = None
    abc: str = ""
    xyz: str = ""
    waiting: int = 0
    sells_in: str = ""

    @property
    def on_order(self) -> int:
        """Units on their way from suppliers and from other warehouses."""
        return sum(row.units for row in self.coming)

    @property
    def due(self) -> date | None:
        """The first day from today on which units are said to come."""
        return min((row.day for row in self.coming if row.day >= self.today), default=None)

    @property
    def overdue(self) -> int:
        """Units that should be here."""
        return sum(row.units for row in self.coming if row.day < self.today)

    @property
    def value(self) -> int | None:
        """What lies there at cost, in minor units; None where the cost is unknown."""
        return None if self.unit_cost is None else round(max(self.on_hand, 0) * self.unit_cost)

    @property
    def idle_days(self) -> int | None:
        """Days since it last sold; None when nobody knows of a sale."""
        return None if self.last_sale is None else (self.today - self.last_sale).days

    @property
    def cover(self) -> float | None:
        """Days that the free units last; None when nothing is expected to sell."""
        return max(self.free, 0) / self.per_day if self.per_day > 0 else None

    @property
    def wait(self) -> float:
        """Days until units can come: those on order, else those of an order of today."""
        return self.lead_days if self.due is None else float((self.due - self.today).days)

    @property
    def missed(self) -> float:
        """Units expected to be asked for between running out and the next arrival."""
        return 0.0 if self.cover is None else max(self.wait - self.cover, 0.0) * self.per_day

    @property
    def runs_out(self) -> bool:
        """Whether it will be gone before anything can come, and the merchant does not want that."""
        return self.reorders and (self.missed > 0 or (self.free <= 0 and self.waiting > 0))

    @property
    def step(self) -> Step:
        """What to do where it runs out: chase what is overdue, hurry what comes too late, else order."""
        if self.overdue:
            return Step.CHASE
        return Step.HURRY if self.due else Step.ORDER

    def dead(self, since: date) -> bool:
        """Whether it lies there and neither sold nor arrived from `since` on."""
        newest = max(filter(None, (self.last_sale, self.arrived)), default=None)
        return self.on_hand > 0 and (newest is None or newest < since)

    @property
    def remedies(self) -> tuple[Remedy, ...]:
        """What to do when it is dead: order no more, send it where it sells, or sell it for less."""
        stop = self.on_order > 0 or (self.reorders and self.minimum > 0)
        elsewhere = Remedy.TRANSFER if self.sells_in else Remedy.DISCOUNT
        return (Remedy.STOP, elsewhere) if stop else (elsewhere,)


def letter_of(weekly_units: float, weekly_squares: float, weeks: int) -> str:
    """The class X, Y or Z of `classes.xyz`, from the sums over `weeks` weeks of units and their squares."""
    mean = weekly_units / weeks
    if mean <= 0:
        return "Z"
    uneven = sqrt(max(weekly_squares / weeks - mean**2, 0.0)) / mean
    return "X" if uneven <= X_LIMIT else "Y" if uneven <= Y_LIMIT else "Z"


@dataclass
class Cell:
    """Stock of a class in a warehouse; `unpriced` units have no known cost and are not in `value`."""

    abc: str
    xyz: str
    warehouse: str
    variants: int = 0
    units: int = 0
    value: int = 0
    unpriced: int = 0

    def add(self, row: Holding) -> None:
        """Add a holding."""
        self.variants += 1
        self.units += row.on_hand
        self.value += row.value or 0
        self.unpriced += row.on_hand if row.unit_cost is None else 0


def nearest(sold: Mapping[str, float], house: str) -> str:
    """The warehouse other than `house` that sold most units; "" when none sold any."""
    others = [(-units, name) for name, units in sold.items() if name != house and units > 0]
    return min(others)[1] if others else ""
