"""Commit a decision that was made without locks, as a wave makes many: only if it still can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from uuid import UUID

from django.db import transaction

from ...delivery.deadlocks import unlocked
from ...kernel.errors import InsufficientStock
from ...platform import shop
from ...platform.port import Order
from .. import config, store
from ..domain.facts import Request
from ..domain.life import loop
from ..domain.sourcing.decision import Decision
from ..models import RoutedOrder, RoutingDecision
from .commit_decision import Change, Trigger, commit, compare, same_plan, wanted_allocations
from .hold_order import fingerprint, hold_by_rule
from .load import Facts, load
from .open_orders import waiting_for
from .turn_down import without_shipped


class Verdict(StrEnum):
    """What became of the plan. Everything but COMMITTED left the order as it was."""

    COMMITTED = "COMMITTED"
    SAME = "SAME"
    HELD = "HELD"
    NOT_DUE = "NOT_DUE"
    CHANGED = "CHANGED"
    STOCK = "STOCK"
    CAPACITY = "CAPACITY"


@dataclass(frozen=True)
class Committed:
    """What became of the plan, and the decision in force then.

    NOT_DUE: closed, or not paid yet. CHANGED: it was edited, or a warehouse turned it down. STOCK, CAPACITY:
    others were faster.
    """

    verdict: Verdict
    decision: RoutingDecision | None = None


def commit_plan(
    order_id: str,
    decision: Decision,
    *,
    wave: UUID | None = None,
    request: Request | None = None,
    held: Mapping[tuple[str, str], int] | None = None,
    by: str = "",
) -> Committed:
    """Commit `decision` if nothing that it depends on has changed, checked under the order's locks.

    `request` is what it was made from: given, its lines, address and shipping method are compared too; `held`
    is what the order held then. Raises NotFound (``orderId``), Conflict (TRY_AGAIN) after three deadlocks.
    """
    return unlocked(partial(_in_transaction, order_id, decision, wave, request, held, by))


def _in_transaction(
    order_id: str,
    decision: Decision,
    wave: UUID | None,
    request: Request | None,
    held: Mapping[tuple[str, str], int] | None,
    by: str,
) -> Committed:
    with transaction.atomic():
        order = shop().order(order_id, lock=True)
        row = store.routed(order_id)
        last = row.decision if row else None
        if row and row.hold:
            return Committed(Verdict.HELD, last)
        if waiting_for(order, ""):
            return Committed(Verdict.NOT_DUE, last)
        facts = without_shipped(order, load(order, lock=True))
        if waiting_for(order, facts.rules.route_when or config.values()["route_when"]):
            return Committed(Verdict.NOT_DUE, last)
        # Somebody promised it more, or less: the plan would forget units that it now holds.
        if _edited(decision, request, facts) or (held is not None and dict(held) != facts.held):
            return Committed(Verdict.CHANGED, last)
        return _commit(order, row, facts, decision, wave, by)


def _commit(
    order: Order,
    row: RoutedOrder | None,
    facts: Facts,
    decision: Decision,
    wave: UUID | None,
    by: str,
) -> Committed:
    last = row.decision if row else None
    print_ = fingerprint(order)
    if (last is None or (row and loop.what_changed(row.facts, print_))) and hold_by_rule(order, facts):
        return Committed(Verdict.HELD, last)
    refused = _refused(decision, facts)
    if refused:
        return Committed(refused, last)
    wanted = wanted_allocations(facts, decision)
    if last and wanted == facts.held and same_plan(last, decision, exact=False):
        still = {warehouse_id for line_id, warehouse_id in facts.held if line_id not in facts.alone}
        store.keep(order.id, last, still, print_)
        return Committed(Verdict.SAME, last)
    why = loop.WAVE if last else loop.FIRST
    change = Change(Trigger.WAVE, why, print_, by, compare(last, decision), wave)
    try:
        return Committed(Verdict.COMMITTED, commit(order, facts, decision, wanted, last, change))
    except InsufficientStock:
        return Committed(Verdict.STOCK, last)


def _edited(decision: Decision, request: Request | None, facts: Facts) -> bool:
    """Whether the order is no longer the one that was decided about."""
    now = facts.request
    if request and (request.destination, request.service, request.lines) != (
        now.destination,
        now.service,
        now.lines,
    ):
        return True
    if decision.country != now.country:
        return True
    units: Counter[str] = Counter()
    for item in (item for parcel in decision.parcels for item in parcel.items):
        units[item.line_id] += item.quantity
    for row in decision.unsourced:
        units[row.line_id] += row.quantity
    due = {line.id: line.quantity for line in now.lines if line.id not in facts.alone}
    return dict(units) != due


def _refused(decision: Decision, facts: Facts) -> Verdict | None:
    """Why the plan can no longer be kept: a warehouse turned it down, lacks the stock, or its day is full."""
    variants = {line.id: line.variant_id or "" for line in facts.request.lines}
    sources = {source.id: source for source in facts.request.sources}
    for parcel in decision.parcels:
        source = sources.get(parcel.warehouse_id)
        if source is None or source.rejected:
            return Verdict.CHANGED
        units: Counter[str] = Counter()
        for item in parcel.items:
            units[variants[item.line_id]] += item.quantity
        if any(source.units(variant) < count for variant, count in units.items()):
            return Verdict.STOCK
        limit = source.profile.daily_parcels
        if parcel.ship_on and limit is not None and source.planned.get(parcel.ship_on, 0) >= limit:
            return Verdict.CAPACITY
    return None
