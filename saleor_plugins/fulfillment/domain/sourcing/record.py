"""A decision as JSON for the ledger, and the plan back from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from .decision import CostParts, Decision, Item, Parcel
from .explain import explain

_DAYS = ("ship_on", "arrives_on", "free_on")


def plan_json(decision: Decision) -> dict[str, Any]:
    """What was decided, as it comes back from JSON: equal plans are the same decision."""
    return {
        "country": decision.country,
        "parcels": [_parcel(parcel) for parcel in decision.parcels],
        "unsourced": [asdict(row) for row in decision.unsourced],
    }


def explanation_json(decision: Decision) -> dict[str, Any]:
    """Why it was decided: sentences for people, rows for programs."""
    other = decision.runner_up
    return {
        "sentences": explain(decision),
        "objective": decision.objective,
        "promised_on": decision.promised_on.isoformat() if decision.promised_on else None,
        "rate_table": decision.rate_table,
        "rejected": [asdict(row) for row in decision.rejected],
        "left_alone": [asdict(row) for row in decision.left_alone],
        "runner_up": {**asdict(other), "warehouses": list(other.warehouses)} if other else None,
        "withheld": [_parcel(parcel) for parcel in decision.withheld],
        "notes": list(decision.notes),
    }


def _parcel(parcel: Parcel) -> dict[str, Any]:
    row = asdict(parcel)
    days = {name: row[name].isoformat() if row[name] else None for name in _DAYS}
    return {**row, **days, "items": [asdict(item) for item in parcel.items]}


def parcels_from(plan: Mapping[str, Any]) -> tuple[Parcel, ...]:
    """The parcels of a stored plan."""
    return tuple(_stored(row) for row in plan["parcels"])


def _stored(row: Mapping[str, Any]) -> Parcel:
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    items = tuple(Item(**item) for item in row["items"])
    return Parcel(**{**row, **days, "items": items, "cost": CostParts(**row["cost"])})


def slots(parcels: Iterable[Parcel]) -> dict[tuple[str, str], int]:
    """Units by (line, warehouse)."""
    return {(item.line_id, parcel.warehouse_id): item.quantity for parcel in parcels for item in parcel.items}
