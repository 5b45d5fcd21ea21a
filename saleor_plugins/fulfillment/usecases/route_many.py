"""Route many open orders one after the other, or say what routing them would do; in flat memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any

from ...kernel.errors import OpsError
from ...platform import shop
from ...platform.port import Order
from .. import config, store
from ..domain.life import holds, loop
from ..domain.sourcing.decide import decide
from ..domain.sourcing.decision import Decision
from ..models import RoutedOrder
from .commit_decision import same_plan
from .hold_order import case_of, fingerprint
from .load import Facts, load_many
from .open_orders import waiting_for
from .route_order import plan_stands, route_order

PAGE = 100


class Did(StrEnum):
    """What routing did with an order, or would do."""

    ROUTED = "ROUTED"
    KEPT = "KEPT"
    HELD = "HELD"
    NOT_PAID = "NOT_PAID"
    NOT_OPEN = "NOT_OPEN"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Done:
    """An order's answer. Costs are minor units of `currency`, None where there is no decision.

    `before` is the cost of the decision that it replaces; `outcome` the new one's; `warehouses` who ships.
    """

    order_id: str
    number: str
    did: Did
    outcome: str = ""
    cost: int | None = None
    before: int | None = None
    currency: str = ""
    warehouses: tuple[str, ...] = ()
    reason: str = ""


def route_many(
    order_ids: Iterable[str] | None = None, *, limit: int | None = None, dry_run: bool = False
) -> Iterator[Done]:
    """Route the named orders, or every open one, oldest first; each in its own transaction.

    `dry_run` only looks. An order that fails says so and does not stop the others. Raises NotFound
    (``orderId``) when a named one is asked for that does not exist.
    """
    settings = config.values()
    orders = _named(order_ids) if order_ids is not None else _open()
    for page in _pages(islice(orders, limit)):
        yield from _look(page, settings) if dry_run else (_route(order, settings) for order in page)


def _named(order_ids: Iterable[str]) -> Iterator[Order]:
    return (shop().order(order_id) for order_id in order_ids)


def _open() -> Iterator[Order]:
    after: str | None = None
    while page := shop().orders_to_ship(after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def _pages(orders: Iterator[Order]) -> Iterator[list[Order]]:
    while page := list(islice(orders, PAGE)):
        yield page


def _route(order: Order, settings: Mapping[str, Any]) -> Done:
    try:
        routed = route_order(order.id, settings=settings)
    except OpsError as error:
        return Done(order.id, order.number, Did.FAILED, reason=error.message)
    if routed.waiting:
        reason = routed.hold.reason if routed.hold else ""
        return Done(order.id, order.number, Did(routed.waiting), reason=reason)
    row = routed.decision
    if row is None:
        return Done(order.id, order.number, Did.KEPT)
    return Done(
        order.id,
        order.number,
        Did.ROUTED if routed.new else Did.KEPT,
        row.outcome,
        row.cost,
        None,
        row.currency,
        tuple(parcel["warehouse_name"] for parcel in row.plan["parcels"]),
    )


def _look(page: Sequence[Order], settings: Mapping[str, Any]) -> Iterator[Done]:
    known = store.routed_with_decision([order.id for order in page])
    for order, facts in zip(page, load_many(page), strict=True):
        yield _would(order, facts, known.get(order.id), settings)


def _would(order: Order, facts: Facts, row: RoutedOrder | None, settings: Mapping[str, Any]) -> Done:
    last = row.decision if row else None
    if row and row.hold:
        return Done(order.id, order.number, Did.HELD, reason=row.hold.reason)
    if waiting := waiting_for(order, facts.rules.route_when or settings["route_when"]):
        return Done(order.id, order.number, Did(waiting))
    changed = loop.what_changed(row.facts, fingerprint(order)) if row else ""
    if last and not changed and plan_stands(last, facts):
        return Done(order.id, order.number, Did.KEPT, last.outcome, last.cost, last.cost, last.currency)
    found = holds.matches(facts.rules.hold_rules, case_of(order)) if last is None or changed else []
    if found and not store.was_released(order.id, holds.found_hash(found)):
        return Done(order.id, order.number, Did.HELD, reason=found[0].reason)
    decision = decide(facts.request, compare=False)
    if last and same_plan(last, decision, exact=False):
        return Done(order.id, order.number, Did.KEPT, last.outcome, last.cost, last.cost, last.currency)
    return _decided(order, decision, last.cost if last else None)


def _decided(order: Order, decision: Decision, before: int | None) -> Done:
    return Done(
        order.id,
        order.number,
        Did.ROUTED,
        decision.outcome.value,
        decision.cost,
        before,
        decision.currency,
        tuple(parcel.warehouse_name for parcel in decision.parcels),
    )
