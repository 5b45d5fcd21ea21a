"""A decision as JSON for the ledger, and the plan back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from .decision import CostParts, Decision, Item, Parcel
from .explain import explain


def plan_json(decision: Decision) -> dict[str, Any]:
    """What was decided, as it comes back from JSON: equal plans are the same decision."""
    return {
        "country": decision.country,
        "parcels": [
            {**asdict(parcel), "items": [asdict(item) for item in parcel.items]}
            for parcel in decision.parcels
        ],
        "unsourced": [asdict(row) for row in decision.unsourced],
    }


def explanation_json(decision: Decision) -> dict[str, Any]:
    """Why it was decided: sentences for people, rows for programs."""
    other = decision.runner_up
    return {
        "sentences": explain(decision),
        "rate_table": decision.rate_table,
        "rejected": [asdict(row) for row in decision.rejected],
        "left_alone": [asdict(row) for row in decision.left_alone],
        "runner_up": {**asdict(other), "warehouses": list(other.warehouses)} if other else None,
        "notes": list(decision.notes),
    }


def parcels_from(plan: Mapping[str, Any]) -> tuple[Parcel, ...]:
    """The parcels of a stored plan."""
    return tuple(
        Parcel(
            row["warehouse_id"],
            row["warehouse_name"],
            tuple(Item(**item) for item in row["items"]),
            CostParts(**row["cost"]),
        )
        for row in plan["parcels"]
    )


def slots(parcels: Iterable[Parcel]) -> dict[tuple[str, str], int]:
    """Units by (line, warehouse)."""
    return {(item.line_id, parcel.warehouse_id): item.quantity for parcel in parcels for item in parcel.items}
