"""How a life ends: nothing in flight any more, all units home, all money back."""

from __future__ import annotations

from dataclasses import replace

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform.port import OrderStatus
from saleor_plugins.returns.domain.credit import NOTHING
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import (
    OrderLedger,
    Refund,
    RefundPart,
    Return,
    ReturnableLine,
    ReturnLine,
)
from saleor_plugins.returns.store import buckets
from saleor_plugins.returns.tasks.desk import find_overdue
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.review_order import review_order

from .gateway import OK
from .steps_desk import available
from .steps_late import say
from .steps_parcels import count_restocked
from .world import MANAGER, STAFF, Violation, World

ROUNDS = 12


def settle(world: World) -> None:
    """The gateway recovers, everybody says what is true, and asks again for what failed."""
    shop = world.shop
    shop.mode = OK
    for _ in range(ROUNDS):
        for key in sorted(shop.pending):
            shop.decide_pending(key, True)
        for notice in shop.notices:
            shop.take_notice(notice)
        world.later(minutes=20)
        find_overdue()
        drain(strict=False)
        say(world)
        if not Refund.objects.exclude(state="SUCCEEDED").exists():
            return
        for refund in Refund.objects.filter(state="FAILED"):
            refund.refresh_from_db()
            if refund.state == "FAILED":  # asking again for another one of its return may have taken it along
                again(world, refund)
    # What money elsewhere has eaten cannot be given: a person's matter, not the machine's.
    for part in RefundPart.objects.exclude(state__in=["SUCCEEDED", "REPLACED"]):
        if not world.odd:
            raise Violation(f"Never settled: {part.state} {part.message}")


def again(world: World, refund: Refund) -> None:
    """Somebody asks again for what a payment refused."""
    released = refund.allocations.filter(component="ADJUSTMENT", unit=0).first()
    if released:
        world.do(cancel_exchange, STAFF, refund.rma_id, released.order_id, must=not world.odd)
    else:
        world.do(refund_return, STAFF, refund.rma_id, must=not world.odd)


def bring_home(world: World) -> None:
    """Every unit that the shop shows with the customer comes back and is paid for."""
    pay_all(world)
    for rma in Return.objects.filter(state="REQUESTED"):
        world.do(approve_return, STAFF, rma.pk, must=True)
    for rma in Return.objects.filter(state__in=["APPROVED", "RECEIVING"]):
        _finish(world, rma)
    for order in list(world.orders):
        order = world.shop.order(order.id)
        left = {key: units for key, units in available(world, order).items() if units > 0}
        if left:
            rma = world.do(
                request_return, STAFF, order.id, [Item(n, key) for key, n in left.items()], must=True
            )
            if rma.state == "REQUESTED":
                world.do(approve_return, STAFF, rma.pk, must=True)
            _finish(world, Return.objects.get(pk=rma.pk))


def pay_all(world: World) -> None:
    """Customers pay what they owe for exchanges; a manager explains what nobody could."""
    for _, key in world.made:
        order = world.shop.order(key)
        if order.total_gross and order.status != OrderStatus.CANCELED and not world.shop.payments(key):
            world.shop.make_payment(order, order.total_gross)
    for ledger in OrderLedger.objects.exclude(review=""):
        lines = [(line.id, NOTHING) for line in world.shop.order(ledger.pk).lines]
        world.do(review_order, MANAGER, ledger.pk, lines, reason="nobody knows", must=True)


def _finish(world: World, rma: Return) -> None:
    calm = not world.back_elsewhere
    lines = list(ReturnLine.objects.filter(rma=rma).select_related("line").order_by("pk"))
    awaited = [(line.pk, buckets(line).awaited) for line in lines if buckets(line).awaited]
    house = world.houses[0].id
    if awaited:
        world.do(receive_parcel, STAFF, rma.pk, house, awaited, must=calm)
        lines = list(ReturnLine.objects.filter(rma=rma).select_related("line").order_by("pk"))
    waiting = [line for line in lines if buckets(line).uninspected]
    if waiting:
        rows = [Judgement(line.pk, buckets(line).uninspected, "RESTOCK", house) for line in waiting]
        if world.dropped:
            rows = [replace(row, disposition="SCRAP") for row in rows]
        if world.do(inspect_return, STAFF, rma.pk, rows, must=True):
            count_restocked(world, {line.pk: line for line in waiting}, rows)
    if any(buckets(line).uncredited for line in ReturnLine.objects.filter(rma=rma)):
        world.do(refund_return, STAFF, rma.pk, to=PartKind.PAYMENT, must=calm and not world.odd)
        drain(strict=False)
        settle(world)
    rma.refresh_from_db()
    if rma.state == "RECEIVING":
        world.do(close_return, STAFF, rma.pk, must=calm and not world.odd)


def check_all_paid_back(world: World) -> None:
    """Where nobody interfered, each line has earned what was paid for it, and not a minor unit more."""
    if world.back_elsewhere or world.odd:
        return
    for row in ReturnableLine.objects.all():
        order = world.shop.order(row.order_id)
        line = order.line(row.order_line_id)
        home = line is not None and line.quantity_fulfilled == row.sold
        rejected = sum(r.rejected for r in ReturnLine.objects.filter(line=row))
        if home and not rejected and (row.credited, row.credited_net, row.credited_tax) != (
            row.sold, row.paid_net, row.paid_tax,
        ):  # fmt: skip
            raise Violation(f"{row.order_line_id}: {row.credited} of {row.sold} units were credited")


def check_audit(world: World) -> None:
    """The desk's own audit, which rebuilds every balance from the ledgers, finds nothing either."""
    if world.back_elsewhere or world.shop.elsewhere or world.dropped:
        return
    found = list(audit_all())
    if found:
        raise Violation(f"The audit found: {found[:3]}")
