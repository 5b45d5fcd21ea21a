"""A refund whose answer is lost and of which nothing shows, while its payment is asked for more."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import Order, ShipItem
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import RefundPart
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund

from .gateway import ABSENT, LOST, OK
from .steps import step
from .steps_desk import available
from .world import STAFF, World

# Parts whose gateway gave no clear answer, wherever the desk keeps them.
IN_DOUBT = Q(state="UNKNOWN") | Q(state="FAILED", sent__isnull=False)
SCENE = "given unheard, then more was decided"
# At most so many orders for this alone.
MOST_ORDERS = 6


@step(2)
def lose_and_ask_for_more(world: World) -> object:
    """The gateway gave, nobody knows; the rest of the order is refunded; in some order the truth comes out."""
    dice, order = world.dice, _order(world)
    left = {key: units for key, units in available(world, order).items() if units > 0}
    if sum(left.values()) < 2:
        return False
    first = dice.one(sorted(left))
    mine = [Item(1, first)]
    others = [
        Item(units - (key == first), key) for key, units in sorted(left.items()) if units - (key == first)
    ]
    if not _refund(world, order, mine):
        return True
    _work(world, dice.one([LOST, LOST, LOST, ABSENT]))
    _time_goes_by(world)
    if dice.often(0.2):
        say(world)
    lost = list(RefundPart.objects.filter(IN_DOUBT, payment__order=order.id))
    if _refund(world, order, others) and any(world.shop.moved_for(part.pk) for part in lost):
        world.scenes[SCENE] += 1
    _work(world, dice.one([OK, OK, ABSENT, LOST]))
    for found_out in dice.one([[say], [_notices, _time_goes_by], [_notices, say], [say, _notices], []]):
        found_out(world)
    return True


def _order(world: World) -> Order:
    """One that several payments paid, all of it shipped; a new one where there is none."""
    for key in sorted((order.id for order in world.orders), reverse=True):
        order = world.shop.order(key)
        if len(world.shop.payments(key)) > 1 and sum(available(world, order).values()) > 1:
            return order
    if len(world.orders) >= MOST_ORDERS:
        return world.order()
    order = world.add_order()
    items = [ShipItem(line.id, world.houses[0].id, line.quantity) for line in order.lines]
    world.shop.fulfill(order.id, items)
    for line in order.lines:
        if line.tracks_stock and line.variant_id:
            world.shelves[line.variant_id] -= line.quantity
            world.before[line.variant_id, world.houses[0].id] -= line.quantity
    return world.shop.order(order.id)


def _refund(world: World, order: Order, items: list[Item]) -> Any:
    """The units come back and their money is decided; None where somebody refused."""
    rma = world.do(request_return, STAFF, order.id, items)
    if rma and rma.state == "REQUESTED":
        rma = world.do(approve_return, STAFF, rma.pk)
    if rma is None:
        return None
    lines = [(line.pk, line.approved) for line in rma.lines.order_by("pk") if line.approved > line.kept]
    if lines and not world.do(receive_parcel, STAFF, rma.pk, world.houses[0].id, lines):
        return None
    judged = [Judgement(key, units, "QUARANTINE") for key, units in lines]
    if judged and not world.do(inspect_return, STAFF, rma.pk, judged):
        return None
    return world.do(refund_return, STAFF, rma.pk, to=PartKind.PAYMENT)


def _work(world: World, mode: str) -> None:
    world.shop.mode = mode
    try:
        drain(strict=False)
    finally:
        world.shop.mode = OK
    world.add_up()


def _time_goes_by(world: World) -> None:
    """So much that what left no trace in the books is looked at."""
    world.later(minutes=20)
    find_overdue()
    _work(world, OK)


def _notices(world: World) -> None:
    for notice in world.shop.notices:
        world.shop.take_notice(notice)


def say(world: World) -> None:
    """A person asks the gateway about every part in doubt; the books can write down whatever it says."""
    for part in RefundPart.objects.filter(IN_DOUBT, kind="PAYMENT").select_related("refund").order_by("pk"):
        happened = world.shop.moved_for(part.pk) > 0
        if happened or not any(str(part.pk) in key for key in world.shop.pending):
            world.do(
                resolve_refund,
                STAFF,
                part.refund_id,
                part.payment_id,
                happened,
                "asked the gateway",
                must=True,
            )
