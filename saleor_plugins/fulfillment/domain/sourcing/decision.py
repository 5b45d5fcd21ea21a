"""A decision and all that explains it. Costs are minor units of the decision's currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from .lines import LeftAlone


class Outcome(StrEnum):
    """What became of an order's units.

    WAITING: something could be shipped, but the policy sends nothing until all of it can be.
    """

    ROUTED = "ROUTED"
    PARTIAL = "PARTIAL"
    WAITING = "WAITING"
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
    """What one warehouse ships, in as many `packages` as its weight needs.

    It leaves on `ship_on`, which is later than `free_on` when a full day pushed it, arrives on `arrives_on`,
    `late_days` after the day that was promised, and travels `km` (None: not known). `penalty` is what
    lateness and the policy's weights add to its cost when plans are compared; it is no money.
    """

    warehouse_id: str
    warehouse_name: str
    items: tuple[Item, ...]
    cost: CostParts
    ship_on: date | None = None
    arrives_on: date | None = None
    km: float | None = None
    packages: int = 1
    penalty: int = 0
    late_days: int = 0
    free_on: date | None = None

    @property
    def quantity(self) -> int:
        """Units in it."""
        return sum(item.quantity for item in self.items)


@dataclass(frozen=True)
class Unsourced:
    """Units that wait, and why."""

    line_id: str
    name: str
    quantity: int
    code: str
    reason: str


@dataclass(frozen=True)
class Rejected:
    """A warehouse that ships nothing of the order.

    For one that could: the ordered units it has, and the cost of the cheapest way found to give it a
    parcel (`cost`), which is `difference` more than the decision, penalties included.
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

    `difference` is how much more it costs, penalties included. `short` is how many units fewer it ships;
    only then, or when the objective is not the cost, may `difference` be negative. `proven` is False when
    the search for it stopped at its limit.
    """

    without: str
    warehouses: tuple[str, ...]
    cost: int
    difference: int
    short: int
    proven: bool


@dataclass(frozen=True)
class SolverInfo:
    """How the plan was found.

    `bound` is a proven lower limit of cost and penalty together, among plans that are as good in the
    objective; equal to them when `optimal`.
    """

    optimal: bool
    bound: int
    nodes: int


@dataclass(frozen=True)
class Decision:
    """Who ships what, at what cost, and why not otherwise.

    `withheld` are the parcels that could leave if the policy did not wait for the rest.
    """

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
    objective: str = "COST"
    promised_on: date | None = None
    withheld: tuple[Parcel, ...] = ()

    @property
    def cost(self) -> int:
        """What the parcels cost together: money only."""
        return sum(parcel.cost.total for parcel in self.parcels)

    @property
    def penalty(self) -> int:
        """What lateness and the policy's weights count on top of the cost."""
        return sum(parcel.penalty for parcel in self.parcels)

    @property
    def arrives_on(self) -> date | None:
        """The day on which the last parcel arrives; None when there is none or one's day is not known."""
        days = [parcel.arrives_on for parcel in self.parcels]
        known = [day for day in days if day]
        return max(known) if known and len(known) == len(days) else None

    @property
    def outcome(self) -> Outcome:
        """What became of the units."""
        if self.parcels:
            return Outcome.PARTIAL if self.unsourced else Outcome.ROUTED
        if self.withheld:
            return Outcome.WAITING
        return Outcome.UNROUTABLE if self.unsourced else Outcome.NOTHING_TO_ROUTE
