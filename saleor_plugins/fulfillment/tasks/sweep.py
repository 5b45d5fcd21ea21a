"""What no hook reported: orders nobody has seen, promises that broke, orders that ended quietly.

Each sweeper does a bounded piece of work a minute and goes on where it stopped.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from ...delivery import emit_many, sweeper
from ...kernel import clock
from ...platform import shop
from ...platform.port import Order
from .. import config, store
from ..models import RoutedOrder, Walk
from ..topics import ORDER_SEEN
from ..usecases.hold_order import fingerprint
from ..usecases.open_orders import waiting_for

PAGE = 100
# An order that waits is looked at again so often, and every order is met at least so often.
LOOK_AGAIN = timedelta(minutes=10)
# A promise that broke does not wait.
AT_ONCE = timedelta(minutes=1)
# A lap is cut into so many runs, one a minute: one fewer than it may take, for a run that falls out.
PARTS = 9
# The least that a run looks at, so that small shops are walked whole each time.
LEAST = 500
# Our own rows that nobody has met for so long are asked about, so many a run.
FORGOTTEN_AFTER = timedelta(minutes=30)
FORGOTTEN = 100


@sweeper("fulfillment.unrouted")
def find_unrouted() -> None:
    """Walk on over the open orders: report those that nobody reported, and those that wait for stock."""
    now = config.now()
    if not now.active:
        return
    route_when = now.values["route_when"]
    with transaction.atomic():
        position = store.walk("unrouted")
        if position is None:
            return
        left = max(LEAST, math.ceil(shop().count_to_ship() / PARTS))
        while left > 0:
            page = shop().orders_to_ship(after=position.after or None, limit=min(PAGE, left))
            _report(page, route_when)
            left -= len(page)
            _advance(position, page)
            if not page:
                break
        position.save()


def _advance(position: Walk, page: list[Order]) -> None:
    """The next run goes on after `page`; after an empty one the lap is over."""
    if page:
        position.after = page[-1].id
        position.seen += len(page)
        return
    position.after, position.last, position.seen = "", position.seen, 0
    position.started = clock.now()


def _report(page: list[Order], route_when: str) -> None:
    known = store.settled([order.id for order in page])
    policies = store.policies_revision()
    due, fine, now = [], [], clock.now()
    for order in page:
        row = known.get(order.id)
        when = store.rules_in(policies, order.channel).route_when or route_when
        if row and not _needs_a_look(order, row, now):
            fine.append(order.id)
        elif row or not waiting_for(order, when):
            due.append(order.id)
    store.seen(fine)
    report(due)


def _needs_a_look(order: Order, row: RoutedOrder, now: datetime) -> bool:
    """Edited since, closed by mistake, or waiting for stock without a look for ten minutes."""
    if row.state == RoutedOrder.HELD:
        return False
    if row.state in (*RoutedOrder.FOR_PEOPLE, RoutedOrder.CLOSED):
        return row.checked_at < now - LOOK_AGAIN
    return row.facts != fingerprint(order)


@sweeper("fulfillment.broken")
def find_broken() -> None:
    """Report routed orders whose promised stock vanished: rows deleted, lowered, or promised twice."""
    if not config.is_active():
        return
    after: str | None = None
    while found := shop().broken_promises(after=after, limit=PAGE):
        after = found[-1]
        known = store.settled(found)
        broken = [key for key in found if key in known and known[key].state == "ROUTED"]
        report(broken, every=AT_ONCE)


@sweeper("fulfillment.forgotten")
def find_forgotten() -> None:
    """Ask about orders that count as open here and that the walk no longer meets: closed without a word."""
    if config.is_active():
        report(store.forgotten(clock.now() - FORGOTTEN_AFTER, FORGOTTEN))


def report(order_ids: Iterable[str], *, every: timedelta = LOOK_AGAIN) -> None:
    """Have the orders looked at, each at most once in that time."""
    slot = int(clock.now().timestamp() // every.total_seconds())
    emit_many(ORDER_SEEN, {f"{key}:{every.seconds}:{slot}": {"orderId": key} for key in order_ids})
