"""Decisions: the ledger and what is in force."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import QuerySet

from ...kernel import clock
from ..domain.decision import Decision
from ..domain.record import explanation_json, plan_json
from ..models import RoutedOrder, RoutingDecision


def current(order_id: str) -> RoutingDecision | None:
    """The decision in force for an order."""
    found = RoutedOrder.objects.select_related("decision").filter(pk=order_id).first()
    return found.decision if found else None


def decisions(order_id: str | None = None) -> QuerySet[RoutingDecision]:
    """The ledger, of one order or of all."""
    rows = RoutingDecision.objects.all()
    return rows if order_id is None else rows.filter(order_id=order_id)


def add_decision(order_id: str, decision: Decision, *, trigger: str, by: str) -> RoutingDecision:
    """Write a decision as the order's next version and make it the one in force.

    The caller holds the order's lock, and the database refuses a version twice.
    """
    last = current(order_id)
    now = clock.now()
    row = RoutingDecision.objects.create(
        order_id=order_id,
        version=last.version + 1 if last else 1,
        outcome=decision.outcome.value,
        trigger=trigger,
        decided_by=by,
        plan=plan_json(decision),
        explanation=explanation_json(decision),
        cost=decision.cost,
        currency=decision.currency,
        optimal=decision.solver.optimal,
        bound=decision.solver.bound,
        nodes=decision.solver.nodes,
        created=now,
    )
    RoutedOrder.objects.update_or_create(pk=order_id, defaults={"decision": row, "checked_at": now})
    return row


def touch(order_id: str) -> None:
    """Note that the order was looked at and its decision kept."""
    RoutedOrder.objects.filter(pk=order_id).update(checked_at=clock.now())


def settled(order_ids: Collection[str], outcomes: Collection[str], since: datetime) -> set[str]:
    """Those of the orders that need no look: decided with one of `outcomes`, or looked at after `since`."""
    rows = RoutedOrder.objects.filter(pk__in=order_ids).values_list("pk", "decision__outcome", "checked_at")
    return {pk for pk, outcome, checked in rows if outcome in outcomes or checked > since}
