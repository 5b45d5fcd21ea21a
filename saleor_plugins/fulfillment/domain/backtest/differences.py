"""Where two columns of a replay differ: how many orders, by how much, and the orders that differ most."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Any

from ..sourcing.decision import Decision
from ..sourcing.record import slots

MOST = 20


@dataclass
class Differences:
    """Between today's decision and the proposed one, order by order. Costs are minor units.

    Costs are only compared where both ship as many units: shipping less is no saving.
    """

    changed: int = 0
    fuller: int = 0
    emptier: int = 0
    alike: int = 0
    alike_cost: Counter[str] = field(default_factory=Counter)
    _dearer: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    _cheaper: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)
    _seen: int = 0

    def add(self, order_id: str, number: str, today: Decision, proposed: Decision) -> None:
        """Compare an order."""
        self._seen += 1
        self.changed += slots(today.parcels) != slots(proposed.parcels)
        units, more = _units(today), _units(proposed)
        if units != more:
            self.fuller += more > units
            self.emptier += more < units
            return
        if not units:
            return
        self.alike += 1
        self.alike_cost["today"] += today.cost
        self.alike_cost["proposed"] += proposed.cost
        difference = proposed.cost - today.cost
        row = {
            "id": order_id,
            "number": number,
            "today": today.cost,
            "proposed": proposed.cost,
            "difference": difference,
        }
        if difference > 0:
            self._keep(self._dearer, difference, row)
        elif difference < 0:
            self._keep(self._cheaper, -difference, row)

    def _keep(self, rows: list[tuple[int, int, dict[str, Any]]], size: int, row: dict[str, Any]) -> None:
        """The earlier of equals stays. No two rows compare: they were seen one after the other."""
        entry = (size, -self._seen, row)
        if len(rows) < MOST:
            heappush(rows, entry)
        else:
            heappushpop(rows, entry)

    def as_json(self) -> dict[str, Any]:
        """The differences, largest first."""
        return {
            "changed_orders": self.changed,
            "fuller_orders": self.fuller,
            "emptier_orders": self.emptier,
            "alike": {
                "orders": self.alike,
                "today": self.alike_cost["today"],
                "proposed": self.alike_cost["proposed"],
            },
            "dearer": [row for *_, row in sorted(self._dearer, reverse=True, key=lambda row: row[:2])],
            "cheaper": [row for *_, row in sorted(self._cheaper, reverse=True, key=lambda row: row[:2])],
        }


def _units(decision: Decision) -> int:
    return sum(parcel.quantity for parcel in decision.parcels)
