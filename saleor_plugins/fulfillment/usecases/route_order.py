"""Route an order: decide, allocate, write the ledger, tell; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import transaction

from ...delivery import emit
from ...kernel.errors import Conflict, InsufficientStock
from ...platform import shop
from ...platform.port import Allocation, Order, OrderStatus
from .. import config, store
from ..domain.decision import Decision, Outcome
from ..domain.promises import allocations
from ..domain.record import parcels_from, plan_json
from ..domain.sourcing import decide
from ..domain.standing import stands
from ..models import RoutingDecision
from .load import Facts, load

ATTEMPTS = 3
OPEN = frozenset({OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED, OrderStatus.PARTIALLY_RETURNED})


class Trigger(StrEnum):
    """What asked for the routing. Only a person undoes a plan that still stands."""

    EVENT = "EVENT"
    MANUAL = "MANUAL"


@dataclass(frozen=True)
class Routed:
    """The decision in force, and whether it was made now. `waiting` says why there was none to make."""

    decision: RoutingDecision | None
    new: bool = False
    waiting: str = ""


def route_order(order_id: str, *, trigger: Trigger = Trigger.EVENT, by: str = "") -> Routed:
    """Give the order's units to the cheapest warehouses that have them.

    Repeating it changes nothing while nothing changed. A lost race for stock is tried again up to
    three times. Raises NotFound (``orderId``), InsufficientStock when every attempt lost, and when a
    person asks Conflict (``orderId``) for an order that is not open.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _route(order_id, trigger, by)
        except InsufficientStock:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def preview(order_id: str) -> Decision:
    """The decision that routing would make now; nothing is written or locked. Raises NotFound."""
    return decide(load(shop().order(order_id)).request)


def waiting_for(order: Order, route_when: str) -> str:
    """Why the order is not routed yet by itself: "NOT_OPEN", "NOT_PAID", or "" when it is due."""
    if order.status not in OPEN:
        return "NOT_OPEN"
    return "NOT_PAID" if route_when == config.WHEN_PAID and not order.is_paid else ""


def _route(order_id: str, trigger: Trigger, by: str) -> Routed:
    order = shop().order(order_id, lock=True)
    last = store.current(order_id)
    waiting = waiting_for(order, config.values()["route_when"])
    if trigger is Trigger.MANUAL and waiting == "NOT_OPEN":
        raise Conflict(f"The order is {order.status.value}: nothing of it can be routed.", field="orderId")
    if waiting and trigger is not Trigger.MANUAL:
        return Routed(last, waiting=waiting)
    facts = load(order, lock=True)
    if last and trigger is not Trigger.MANUAL and _stands(last, facts):
        store.touch(order_id)
        return Routed(last)
    decision = decide(facts.request)
    wanted = allocations(facts.request, decision.parcels, facts.held)
    if last and last.plan == plan_json(decision) and wanted == facts.held:
        store.touch(order_id)
        return Routed(last)
    return Routed(_commit(order, decision, facts.held, wanted, trigger, by), new=True)


def _stands(last: RoutingDecision, facts: Facts) -> bool:
    if last.outcome not in (Outcome.ROUTED, Outcome.NOTHING_TO_ROUTE):
        return False
    plan = last.plan
    return stands(parcels_from(plan), plan["country"], facts.request, facts.held, facts.alone)


def _commit(
    order: Order,
    decision: Decision,
    held: Mapping[tuple[str, str], int],
    wanted: Mapping[tuple[str, str], int],
    trigger: Trigger,
    by: str,
) -> RoutingDecision:
    if wanted != held:
        shop().allocate(order.id, [Allocation(*slot, units) for slot, units in sorted(wanted.items())])
    row = store.add_decision(order.id, decision, trigger=trigger.value, by=by)
    if decision.outcome is not Outcome.NOTHING_TO_ROUTE:
        topic = "order.unroutable" if decision.outcome is Outcome.UNROUTABLE else "order.routed"
        emit(topic, _payload(order, row), key=str(row.id))
        told = row.explanation["sentences"][: 1 + len(decision.parcels) + len(decision.unsourced)]
        shop().add_note(order.id, " ".join(told))
    return row


def _payload(order: Order, row: RoutingDecision) -> dict[str, Any]:
    """The data of order.routed; parcels and their items in the API's spelling."""
    return {
        "orderId": order.id,
        "orderNumber": order.number,
        "decisionId": str(row.id),
        "version": row.version,
        "outcome": row.outcome,
        "cost": row.cost,
        "currency": row.currency,
        "parcels": [
            {
                "warehouseId": parcel.warehouse_id,
                "warehouseName": parcel.warehouse_name,
                "cost": parcel.cost.total,
                "items": [{"lineId": item.line_id, "quantity": item.quantity} for item in parcel.items],
            }
            for parcel in parcels_from(row.plan)
        ],
        "unsourced": [
            {"lineId": line["line_id"], "quantity": line["quantity"], "code": line["code"]}
            for line in row.plan["unsourced"]
        ],
    }
