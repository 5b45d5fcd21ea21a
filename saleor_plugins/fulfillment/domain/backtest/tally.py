"""What a column of a replay adds up to: cost, parcels, distance, days, per warehouse and country."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ..sourcing.decision import Decision, Outcome, Parcel


@dataclass
class Part:
    """One warehouse's or one country's share. `orders` got a parcel from there, or to there."""

    orders: int = 0
    parcels: int = 0
    units: int = 0
    cost: int = 0

    def add(self, parcel: Parcel) -> None:
        """Count a parcel."""
        self.parcels += 1
        self.units += parcel.quantity
        self.cost += parcel.cost.total


@dataclass
class Tally:
    """Sums only, so that it stays small over any number of orders. Costs are minor units.

    `days` counts orders by the days from the order to its last parcel's arrival; `undated` are those
    shipped where nobody knows. `promised` are those that arrive and had a day to arrive by, `late` those
    of them that come after it. `far` and `near` are kilometres and parcels whose distance is known.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    cost: int = 0
    parcels: int = 0
    packages: int = 0
    split: int = 0
    units: int = 0
    unfilled: Counter[str] = field(default_factory=Counter)
    unpriced: int = 0
    far: float = 0.0
    near: int = 0
    unit_km: float = 0.0
    near_units: int = 0
    days: Counter[int] = field(default_factory=Counter)
    undated: int = 0
    promised: int = 0
    late: int = 0
    unproven: int = 0
    warehouses: dict[str, Part] = field(default_factory=lambda: defaultdict(Part))
    countries: dict[str, Part] = field(default_factory=lambda: defaultdict(Part))

    def add(self, decision: Decision, placed: date, taken: int | None = None) -> None:
        """Count what became of an order.

        `taken` units left the shelves although the rates may not know their price; None: those in parcels.
        """
        self.outcomes[decision.outcome.value] += 1
        self.unproven += not decision.solver.optimal
        shipped = sum(parcel.quantity for parcel in decision.parcels)
        unpriced = 0 if taken is None else taken - shipped
        self.units += shipped + unpriced
        self.unpriced += unpriced
        for row in decision.unsourced:
            priceless = min(row.quantity, unpriced)
            unpriced -= priceless
            if row.quantity > priceless:
                self.unfilled[row.code] += row.quantity - priceless
        if not decision.parcels:
            return
        self.split += len(decision.parcels) > 1
        self.countries[decision.country].orders += 1
        for parcel in decision.parcels:
            self._add_parcel(parcel, decision.country)
        self._add_days(decision, placed)

    def _add_parcel(self, parcel: Parcel, country: str) -> None:
        self.cost += parcel.cost.total
        self.parcels += 1
        self.packages += parcel.packages
        self.warehouses[parcel.warehouse_id].orders += 1
        for part in (self.warehouses[parcel.warehouse_id], self.countries[country]):
            part.add(parcel)
        if parcel.km is not None:
            self.far += parcel.km
            self.near += 1
            self.unit_km += parcel.km * parcel.quantity
            self.near_units += parcel.quantity

    def _add_days(self, decision: Decision, placed: date) -> None:
        arrives, promised = decision.arrives_on, decision.promised_on
        if arrives is None:
            self.undated += 1
            return
        self.days[(arrives - placed).days] += 1
        if promised is not None:
            self.promised += 1
            self.late += arrives > promised

    @property
    def shipped_orders(self) -> int:
        """Orders with at least one parcel."""
        return self.outcomes[Outcome.ROUTED.value] + self.outcomes[Outcome.PARTIAL.value]

    def as_json(self) -> dict[str, Any]:
        """The sums and what follows from them; a number that nothing is known for is None."""
        return {
            "orders": self.shipped_orders,
            "outcomes": dict(sorted(self.outcomes.items())),
            "cost": self.cost,
            "cost_per_order": _ratio(self.cost, self.shipped_orders),
            "cost_per_unit": _ratio(self.cost, self.units - self.unpriced),
            "parcels": self.parcels,
            "packages": self.packages,
            "parcels_per_order": _ratio(self.parcels, self.shipped_orders),
            "split_orders": self.split,
            "split_share": _ratio(self.split, self.shipped_orders),
            "units": self.units,
            "unfilled_units": sum(self.unfilled.values()),
            "unfilled_by": dict(sorted(self.unfilled.items())),
            "unpriced_units": self.unpriced,
            "km_per_parcel": _ratio(self.far, self.near),
            "km_per_unit": _ratio(self.unit_km, self.near_units),
            "parcels_without_km": self.parcels - self.near,
            "days_mean": _ratio(sum(days * count for days, count in self.days.items()), self.dated),
            "days_p90": percentile(self.days, 90),
            "days": {str(days): count for days, count in sorted(self.days.items())},
            "undated_orders": self.undated,
            "promised_orders": self.promised,
            "late_orders": self.late,
            "late_share": _ratio(self.late, self.promised),
            "unproven_orders": self.unproven,
            "warehouses": self._parts(self.warehouses),
            "countries": self._parts(self.countries),
        }

    @property
    def dated(self) -> int:
        """Orders whose arrival is known."""
        return sum(self.days.values())

    def _parts(self, parts: dict[str, Part]) -> list[dict[str, Any]]:
        return [
            {
                "key": key,
                "orders": part.orders,
                "parcels": part.parcels,
                "units": part.units,
                "cost": part.cost,
                "share": _ratio(part.units, self.units),
            }
            for key, part in sorted(parts.items(), key=lambda row: (-row[1].units, row[0]))
        ]


def percentile(counts: Counter[int], percent: int) -> int | None:
    """The least value that at least `percent` of what was counted do not exceed (nearest rank)."""
    need = -(-sum(counts.values()) * percent // 100)
    for value, count in sorted(counts.items()):
        need -= count
        if need <= 0:
            return value
    return None


def _ratio(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
