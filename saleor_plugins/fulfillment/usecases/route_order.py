"""Route an order: decide, allocate, write the ledger, tell; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction

from ...delivery.deadlocks import unlocked
from ...kernel import clock
from ...kernel.errors import Conflict, InsufficientStock
from ...platform import shop
from ...platform.port import Order
from .. import config, store
from ..domain.life import holds, loop
from ..domain.life.standing import stands
from ..domain.policy import Rules
from ..domain.sourcing.decide import decide
from ..domain.sourcing.decision import Decision, Outcome
from ..domain.sourcing.record import parcels_from
from ..models import Hold, RoutedOrder, RoutingDecision
from .commit_decision import AUTOMATIC, Change, Trigger, commit, compare, same_plan, wanted_allocations
from .hold_order import fingerprint, hold_by_rule, place
from .load import Facts, load
from .open_orders import OPEN, OVER, refuse_closed, waiting_for
from .turn_down import without_shipped

ATTEMPTS = 3


@dataclass(frozen=True)
class Routed:
    """The decision in force, and whether it was made now.

    `waiting` says why there was none to make: NOT_OPEN, NOT_PAID or HELD, then with the `hold`.
    """

    decision: RoutingDecision | None
    new: bool = False
    waiting: str = ""
    order: Order | None = None
    rules: Rules | None = None
    hold: Hold | None = None


@dataclass(frozen=True)
class Asked:
    """What a routing was asked for: by what, by whom, why, and the plugin's settings if they are known."""

    trigger: Trigger = Trigger.EVENT
    by: str = ""
    why: str = ""
    settings: Mapping[str, Any] | None = None

    @property
    def keeps(self) -> bool:
        """Whether a plan that still stands is left alone, though another one may be better now."""
        return self.trigger is Trigger.EVENT or self.why in (loop.REJECTED, loop.SHORT_PICK)

    def setting(self, name: str) -> Any:
        """A setting of the plugin's."""
        return (config.values() if self.settings is None else self.settings)[name]


def route_order(
    order_id: str,
    *,
    trigger: Trigger = Trigger.EVENT,
    by: str = "",
    why: str = "",
    settings: Mapping[str, Any] | None = None,
) -> Routed:
    """Give the order's units to the warehouses that serve the policy best.

    Repeating it changes nothing while nothing changed. A lost race for stock is tried again up to
    three times, and so is one that Postgres ended as a deadlock. Raises NotFound (``orderId``),
    InsufficientStock when every attempt lost, and when a person asks Conflict (``orderId``) for an order
    that is not open or held.
    """
    asked = Asked(trigger, by, why, settings)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return unlocked(partial(_in_transaction, order_id, asked))
        except InsufficientStock:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError("unreachable")


def preview(order_id: str) -> Decision:
    """The decision that routing would make now; nothing is written or locked. Raises NotFound."""
    return decide(load(shop().order(order_id)).request)


def _in_transaction(order_id: str, asked: Asked) -> Routed:
    with transaction.atomic():
        return _route(order_id, asked)


def _route(order_id: str, asked: Asked) -> Routed:
    order = shop().order(order_id, lock=True)
    row = store.routed(order_id)
    last = row.decision if row else None
    person = asked.trigger is Trigger.MANUAL
    if order.status not in OPEN:
        if person:
            refuse_closed(order)
        _close(order, row)
        return Routed(last, waiting="NOT_OPEN", order=order)
    if row and row.hold:
        if person:
            raise Conflict(f"The order is held: {row.hold.reason}", field="orderId", code="HELD")
        store.touch_hold(row)
        return Routed(last, waiting="HELD", order=order, hold=row.hold)
    facts = without_shipped(order, load(order, lock=True))
    if not person and not _due(order, facts.rules, last, asked):
        return Routed(last, waiting="NOT_PAID", order=order, rules=facts.rules)
    return _decide(order, row, facts, asked)


def _due(order: Order, rules: Rules, last: RoutingDecision | None, asked: Asked) -> bool:
    """An order that was routed once is looked after, paid or not, when a warehouse asks for it."""
    if last and asked.trigger is Trigger.REROUTE:
        return True
    return not waiting_for(order, rules.route_when or asked.setting("route_when"))


def _decide(order: Order, row: RoutedOrder | None, facts: Facts, asked: Asked) -> Routed:
    last = row.decision if row else None
    print_ = fingerprint(order)
    changed = loop.what_changed(row.facts, print_) if row else ""
    answer = partial(Routed, order=order, rules=facts.rules)
    if last and not changed and asked.keeps and plan_stands(last, facts):
        _keep(order.id, last, facts, print_)
        return answer(last)
    if (last is None or changed) and (hold := hold_by_rule(order, facts)):
        return answer(last, waiting="HELD", hold=hold)
    decision = decide(facts.request)
    wanted = wanted_allocations(facts, decision)
    if last and wanted == facts.held and same_plan(last, decision, exact=asked.trigger is Trigger.MANUAL):
        _keep(order.id, last, facts, print_)
        return answer(last)
    why = asked.why or changed or _default_why(last, asked)
    change = Change(asked.trigger, why, print_, asked.by, compare(last, decision))
    if last and asked.trigger in AUTOMATIC and _loops(order.id, change, asked):
        reason = f"It moved between warehouses {asked.setting('reroute_limit')} times within a day."
        return answer(last, waiting="HELD", hold=place(order, holds.LOOP, reason))
    return answer(commit(order, facts, decision, wanted, last, change), new=True)


def _default_why(last: RoutingDecision | None, asked: Asked) -> str:
    if last is None:
        return loop.FIRST
    return loop.ASKED if asked.trigger is Trigger.MANUAL else loop.STOCK_CHANGED


def _loops(order_id: str, change: Change, asked: Asked) -> bool:
    """Whether this move would be one more than an order may make by itself within a day."""
    if not change.moved:
        return False
    since = clock.now() - loop.WINDOW
    return store.automatic_moves(order_id, AUTOMATIC, since) >= asked.setting("reroute_limit")


def plan_stands(last: RoutingDecision, facts: Facts) -> bool:
    """Whether the order still holds what it was promised, and no warehouse has turned that down."""
    if last.outcome not in (Outcome.ROUTED, Outcome.NOTHING_TO_ROUTE):
        return False
    plan, no = last.plan, {source.id for source in facts.request.sources if source.rejected}
    if any(warehouse_id in no for line_id, warehouse_id in facts.held if line_id not in facts.alone):
        return False
    return stands(parcels_from(plan), plan["country"], facts.request, facts.held, facts.alone)


def _keep(order_id: str, last: RoutingDecision, facts: Facts, print_: str) -> None:
    """The decision stands; what it plans are the parcels that have not left."""
    still = {warehouse_id for (line_id, warehouse_id) in facts.held if line_id not in facts.alone}
    store.keep(order_id, last, still, print_)


def _close(order: Order, row: RoutedOrder | None) -> None:
    """Nothing is left to route: nothing is planned, and a cancelled order holds no stock."""
    if row is None or row.state == RoutedOrder.CLOSED:
        return
    if order.status in OVER and shop().allocations(order.id):
        # Saleor lets go of the promises before the order says CANCELED: routed in between, it got new ones.
        shop().allocate(order.id, [])
    store.parcels_left(order.id, ())
    store.close(row)
