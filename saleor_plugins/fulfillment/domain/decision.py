"""A decision and all that explains it. Costs are minor units of the decision's currency."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from .lines import LeftAlone


class Outcome(StrEnum):
    """What became of an order's units."""

    ROUTED = "ROUTED"
    PARTIAL = "PARTIAL"
    UNROUTABLE = "UNROUTABLE"
    NOTHING_TO_ROUTE = "NOTHING_TO_ROUTE"


@dataclass(frozen=True)
class Item:
    """Units of a line in a parcel."""

    line_id: str
    quantity: int


@dataclass(frozen=True)
class CostParts:
    """What a parcel's cost is made of."""

    base: int
    weight: int
    units: int
    handling: int

    @property
    def total(self) -> int:
        """The whole cost."""
        return self.base + self.weight + self.units + self.handling


@dataclass(frozen=True)
class Parcel:
    """What one warehouse ships."""

    warehouse_id: str
    warehouse_name: str
    items: tuple[Item, ...]
    cost: CostParts

    @property
    def quantity(self) -> int:
        """Units in it."""
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True)
class Unsourced:
    """Units that no warehouse can promise: they wait."""

    line_id: str
    name: str
    quantity: int
    code: str
    reason: str


@dataclass(frozen=True)
class Rejected:
    """A warehouse that ships nothing of the order.

    For one that could: the ordered units it has, and the cost of the cheapest way found to give it a
    parcel (`cost`), which is `difference` more than the decision.
    """

    warehouse_id: str
    warehouse_name: str
    code: str
    reason: str
    covers: int = 0
    cost: int | None = None
    difference: int | None = None


@dataclass(frozen=True)
class RunnerUp:
    """The best plan that leaves out one of the chosen warehouses.

    `short` is how many units fewer it ships; only then may `difference` be negative. `proven` is
    False when the search for it stopped at its limit.
    """

    without: str
    warehouses: tuple[str, ...]
    cost: int
    difference: int
    short: int
    proven: bool


@dataclass(frozen=True)
class SolverInfo:
    """How the plan was found. `bound` is a proven lower limit of the cost; equal to it when `optimal`."""

    optimal: bool
    bound: int
    nodes: int


@dataclass(frozen=True)
class Decision:
    """Who ships what, at what cost, and why not otherwise."""

    currency: str
    rate_table: str
    country: str
    parcels: tuple[Parcel, ...]
    unsourced: tuple[Unsourced, ...]
    left_alone: tuple[LeftAlone, ...]
    rejected: tuple[Rejected, ...]
    runner_up: RunnerUp | None
    solver: SolverInfo
    notes: tuple[str, ...] = ()

    @property
    def cost(self) -> int:
        """What the parcels cost together."""
        return sum(parcel.cost.total for parcel in self.parcels)

    @property
    def outcome(self) -> Outcome:
        """What became of the units."""
        if self.parcels:
            return Outcome.PARTIAL if self.unsourced else Outcome.ROUTED
        return Outcome.UNROUTABLE if self.unsourced else Outcome.NOTHING_TO_ROUTE
