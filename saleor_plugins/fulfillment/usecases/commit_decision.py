"""Commit a decision: Saleor's allocations, the ledger, the plan of parcels, events, the order's history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from ...delivery import emit
from ...platform import shop
from ...platform.port import Allocation, Order
from .. import store
from ..domain.life import loop
from ..domain.life.promises import allocations
from ..domain.sourcing.decision import Decision, Outcome
from ..domain.sourcing.record import parcels_from, plan_json, slots
from ..models import RoutingDecision
from ..store import Making
from .load import Facts


class Trigger(StrEnum):
    """What asked for a routing. A plan that still stands is left alone by an EVENT only."""

    EVENT = "EVENT"
    MANUAL = "MANUAL"
    WAVE = "WAVE"
    REROUTE = "REROUTE"


# What may move an order without end: nobody looks.
AUTOMATIC = (Trigger.EVENT, Trigger.REROUTE)

# Lines that wait and are named in an order's history.
MOST_TOLD = 5

Slots = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Change:
    """How a decision came about and what moves with it. `facts` is the order's fingerprint."""

    trigger: Trigger
    why: str
    facts: str
    by: str = ""
    moves: tuple[loop.Move, ...] = ()
    wave: UUID | None = None

    @property
    def moved(self) -> int:
        """Units that another warehouse was asked for before."""
        return loop.left_a_warehouse(self.moves)


def compare(last: RoutingDecision | None, decision: Decision) -> tuple[loop.Move, ...]:
    """What moves between the plan in force and a new one."""
    if last is None:
        return ()
    waiting: Counter[str] = Counter()
    for row in decision.unsourced:
        waiting[row.line_id] += row.quantity
    return loop.moves(slots(parcels_from(last.plan)), slots(decision.parcels), waiting)


def wanted_allocations(facts: Facts, decision: Decision) -> dict[tuple[str, str], int]:
    """What the order should hold. Nothing is kept where a warehouse has turned it down."""
    request = facts.request
    wanted = allocations(request, decision.parcels, facts.held)
    variant = {line.id: line.variant_id or "" for line in request.lines}
    most = {source.id: {} if source.rejected else source.most for source in request.sources}
    no = {source.id for source in request.sources if source.rejected}
    units: Counter[tuple[str, str]] = Counter()
    planned = slots(decision.parcels)
    for (line_id, warehouse_id), count in sorted(wanted.items(), key=lambda row: row[0] not in planned):
        place = (warehouse_id, variant.get(line_id, ""))
        limit = 0 if warehouse_id in no else most.get(warehouse_id, {}).get(place[1])
        if limit is None or line_id in facts.alone:
            continue
        fits = max(min(count, limit - units[place]), planned.get((line_id, warehouse_id), 0))
        units[place] += fits
        wanted[line_id, warehouse_id] = fits
    return {slot: count for slot, count in wanted.items() if count}


def same_plan(last: RoutingDecision, decision: Decision, *, exact: bool) -> bool:
    """Whether the same warehouses ship the same, and the same waits; `exact` also for the same costs."""
    if last.outcome != decision.outcome.value:
        return False
    if exact:
        return bool(_undated(last.plan) == _undated(plan_json(decision)))
    waits = sorted((row["line_id"], row["quantity"]) for row in last.plan["unsourced"])
    return slots(parcels_from(last.plan)) == slots(decision.parcels) and waits == sorted(
        (row.line_id, row.quantity) for row in decision.unsourced
    )


def _undated(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan without what changes with every day that passes."""
    cost = [(row["warehouse_id"], row["items"], row["cost"]) for row in plan["parcels"]]
    return {"country": plan["country"], "parcels": cost, "unsourced": plan["unsourced"]}


def commit(
    order: Order,
    facts: Facts,
    decision: Decision,
    wanted: Slots,
    last: RoutingDecision | None,
    change: Change,
) -> RoutingDecision:
    """Make `decision` the one in force; the caller has read `facts` under lock in this transaction.

    Raises InsufficientStock before anything is written.
    """
    if wanted != facts.held:
        plan = [Allocation(*slot, units) for slot, units in sorted(wanted.items())]
        shop().allocate_under_lock(order, plan, stocks=facts.stocks, held=facts.allocations)
    making = Making(
        change.trigger.value, change.why, change.facts, change.by, moved=change.moved, wave=change.wave
    )
    row = store.add_decision(order.id, decision, making, last)
    _tell(order, row, last, change)
    return row


def _tell(order: Order, row: RoutingDecision, last: RoutingDecision | None, change: Change) -> None:
    if row.outcome == Outcome.NOTHING_TO_ROUTE:
        return
    data = payload(order, row)
    emit("order.routed" if row.plan["parcels"] else "order.unroutable", data)
    if change.moved:
        moved = [
            {
                "lineId": move.line_id,
                "quantity": move.quantity,
                "fromWarehouseId": move.source or None,
                "toWarehouseId": move.target or None,
            }
            for move in change.moves
        ]
        emit("order.rerouted", {**data, "why": change.why, "moved": moved})
    said = told(row)
    # The same words again would only bury what a person wrote into the history.
    if last is None or said != told(last):
        prefix = f"Rerouted: {loop.WORDS[change.why]} " if change.moved else ""
        shop().add_note(order, f"{prefix}{said}")


def told(row: RoutingDecision) -> str:
    """A decision for the order's history: what ships from where, when it arrives, and what waits."""
    said = row.explanation["sentences"]
    ships = said[: 1 + len(row.plan["parcels"]) + bool(row.arrives_on)]
    waits = [sentence for sentence in said if " must wait: " in sentence]
    more = [f"{len(waits) - MOST_TOLD} more lines wait."] if len(waits) > MOST_TOLD else []
    return " ".join([*ships, *waits[:MOST_TOLD], *more])


def payload(order: Order, row: RoutingDecision) -> dict[str, Any]:
    """The data of order.routed, in the API's spelling."""
    return {
        "orderId": order.id,
        "orderNumber": order.number,
        "decisionId": str(row.id),
        "version": row.version,
        "outcome": row.outcome,
        "cost": row.cost,
        "currency": row.currency,
        "arrivesOn": row.arrives_on.isoformat() if row.arrives_on else None,
        "parcels": [
            {
                "warehouseId": parcel.warehouse_id,
                "warehouseName": parcel.warehouse_name,
                "cost": parcel.cost.total,
                "shipOn": parcel.ship_on.isoformat() if parcel.ship_on else None,
                "arrivesOn": parcel.arrives_on.isoformat() if parcel.arrives_on else None,
                "items": [{"lineId": item.line_id, "quantity": item.quantity} for item in parcel.items],
            }
            for parcel in parcels_from(row.plan)
        ],
        "unsourced": [
            {"lineId": line["line_id"], "quantity": line["quantity"], "code": line["code"]}
            for line in row.plan["unsourced"]
        ],
    }
