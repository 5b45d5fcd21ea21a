"""How rows and decisions become GraphQL types, and ids become keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ...kernel.ids import to_global
from ...kernel.money import from_minor
from ..domain.sourcing.decision import Decision
from ..domain.sourcing.record import explanation_json, plan_json
from ..models import RoutingDecision
from .types import (
    LineLeftAlone,
    Money,
    ParcelItem,
    RejectedWarehouse,
    RoutedParcel,
    RoutingDecisionType,
    RoutingPlan,
    RunnerUpPlan,
    UnsourcedLine,
)


def money(minor: int, currency: str) -> Money:
    """`minor` units as Money."""
    return Money(amount=str(from_minor(minor, currency)), currency=currency)


@dataclass(frozen=True)
class Figures:
    """What a plan comes to, in minor units of `currency`."""

    outcome: str
    currency: str
    cost: int
    penalty: int
    optimal: bool
    bound: int
    arrives_on: date | None


def show_plan(figures: Figures, plan: Mapping, why: Mapping) -> RoutingPlan:
    """A plan from its stored parts."""
    other, currency = why["runner_up"], figures.currency
    return RoutingPlan(
        outcome=figures.outcome,
        objective=why["objective"],
        promised_on=_day(why["promised_on"]),
        arrives_on=figures.arrives_on,
        penalty=money(figures.penalty, currency),
        withheld=[_parcel(row, currency) for row in why["withheld"]],
        country=plan["country"],
        cost=money(figures.cost, currency),
        parcels=[_parcel(row, currency) for row in plan["parcels"]],
        unsourced=[UnsourcedLine(**row) for row in plan["unsourced"]],
        left_alone=[LineLeftAlone(**row) for row in why["left_alone"]],
        rejected=[RejectedWarehouse(**_in_money(row, currency)) for row in why["rejected"]],
        runner_up=RunnerUpPlan(**_in_money(other, currency)) if other else None,
        rate_table=why["rate_table"],
        explanation=why["sentences"],
        optimal=figures.optimal,
        bound=money(figures.bound, currency),
    )


def _parcel(row: Mapping[str, Any], currency: str) -> RoutedParcel:
    parts = {name: money(minor, currency) for name, minor in row["cost"].items()}
    return RoutedParcel(
        warehouse_id=row["warehouse_id"],
        warehouse_name=row["warehouse_name"],
        items=[ParcelItem(**item) for item in row["items"]],
        ship_on=_day(row["ship_on"]),
        arrives_on=_day(row["arrives_on"]),
        late_days=row["late_days"],
        km=row["km"],
        packages=row["packages"],
        penalty=money(row["penalty"], currency),
        cost=money(sum(row["cost"].values()), currency),
        **parts,
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _in_money(row: Mapping[str, Any], currency: str) -> dict[str, Any]:
    amounts = ("cost", "difference")
    return {
        key: money(value, currency) if key in amounts and value is not None else value
        for key, value in row.items()
    }


def show_preview(decision: Decision) -> RoutingPlan:
    """A decision that was not committed."""
    solver = decision.solver
    figures = Figures(
        decision.outcome.value,
        decision.currency,
        decision.cost,
        decision.penalty,
        solver.optimal,
        solver.bound,
        decision.arrives_on,
    )
    return show_plan(figures, plan_json(decision), explanation_json(decision))


def show_decision(row: RoutingDecision) -> RoutingDecisionType:
    """A decision of the ledger."""
    return RoutingDecisionType(
        id=to_global("RoutingDecision", row.pk),
        order_id=row.order_id,
        version=row.version,
        trigger=row.trigger,
        why=row.why,
        moved=row.moved,
        decided_by=row.decided_by or None,
        wave_id=to_global("Wave", row.wave_id) if row.wave_id else None,
        created=row.created,
        plan=show_plan(_figures(row), row.plan, row.explanation),
    )


def _figures(row: RoutingDecision) -> Figures:
    return Figures(row.outcome, row.currency, row.cost, row.penalty, row.optimal, row.bound, row.arrives_on)
