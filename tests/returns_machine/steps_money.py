"""What is given back, how the gateway answers, and what is found out afterwards."""

from __future__ import annotations

from uuid import uuid4

from saleor_plugins.delivery.models import Delivery, Event
from saleor_plugins.delivery.registry import Message
from saleor_plugins.delivery.relay import drain
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import RefundPart, ReturnLine
from saleor_plugins.returns.store import buckets
from saleor_plugins.returns.tasks.desk import find_overdue, give_refund
from saleor_plugins.returns.usecases.refund_return import DUE, refund_return
from saleor_plugins.returns.usecases.resolve_refund import resolve_refund

from .gateway import ABSENT, LOST, OK, PENDING, REFUSES
from .steps import step
from .world import MANAGER, STAFF, Violation, World


@step(8)
def refund(world: World) -> object:
    """Decide what the accepted and kept units earned; again: what a payment refused."""
    lines = ripe(world)
    return bool(lines) and world.do(refund_return, STAFF, world.dice.one(lines).rma_id)


@step(1)
def refund_less(world: World) -> object:
    lines, dice = ripe(world), world.dice
    amount = dice.one([0, 1, 10, -1, 2**40])
    return bool(lines) and world.do(refund_return, STAFF, dice.one(lines).rma_id, amount)


def ripe(world: World) -> list[ReturnLine]:
    """Lines with units that earned money which is not decided."""
    return world.lines("APPROVED", "RECEIVING", at=lambda row: buckets(row).uncredited > 0)


@step(2)
def refund_more(world: World) -> object:
    """Goodwill: only a manager with a reason, and never more than the payments hold."""
    lines, dice = ripe(world), world.dice
    asker, reason = dice.one([STAFF, MANAGER, MANAGER]), dice.one(["", "sorry", "sorry"])
    amount = dice.number(1, 5000)
    if not lines:
        return False
    done = world.do(refund_return, asker, dice.one(lines).rma_id, amount, reason=reason)
    if done and done.allocations.filter(component="ADJUSTMENT", net__gte=0).exists():
        world.odd.add("goodwill")
    return True


@step(3)
def refund_as_credit(world: World) -> object:
    lines = ripe(world)
    return bool(lines) and world.do(
        refund_return, STAFF, world.dice.one(lines).rma_id, to=PartKind.STORE_CREDIT
    )


@step(2)
def refund_in_advance(world: World) -> object:
    """Before anybody saw the goods."""
    dice = world.dice
    lines = world.lines("APPROVED", "RECEIVING", at=lambda row: ahead(row) > 0)
    if not lines:
        return False
    line = dice.one(lines)
    advance = [(line.pk, dice.number(1, ahead(line) + dice.one([0, 0, 1])))]
    to = dice.one([None, PartKind.PAYMENT, PartKind.STORE_CREDIT])
    return world.do(refund_return, STAFF, line.rma_id, to=to, advance=advance)


def ahead(line: ReturnLine) -> int:
    """Units that may be paid in advance."""
    now = buckets(line)
    return now.awaited + now.uninspected - now.advanced


@step(1)
def refund_badly(world: World) -> object:
    rows = [row.pk for row in world.returns()]
    return world.do(refund_return, STAFF, world.dice.one([*rows, uuid4()]), world.dice.one([None, 1]))


@step(8)
def work(world: World) -> object:
    """A worker takes what is due; the gateway has one of its moods."""
    world.shop.mode = world.dice.one([OK, OK, OK, REFUSES, ABSENT, LOST, PENDING])
    try:
        drain(strict=False)
    finally:
        world.shop.mode = OK
    world.add_up()
    return True


@step(2)
def sweep(world: World) -> object:
    """Time goes by and what is overdue is looked at."""
    world.later(minutes=world.dice.one([1, 6, 16, 90]))
    find_overdue()
    return work(world)


@step(2)
def repeat_event(world: World) -> object:
    """A worker gets an event again that it had long ago."""
    rows = Delivery.objects.filter(event__topic=DUE).values_list("event_id", flat=True)
    keys = sorted(set(rows))
    if not keys:
        return False
    event = Event.objects.get(pk=world.dice.one(keys))
    reserved = RefundPart.objects.filter(state="RESERVED", refund=event.data["refundId"]).exists()
    waiting = RefundPart.objects.filter(state__in=["SENT", "UNKNOWN"]).exists()
    before = world.prints()
    give_refund(Message(event.id, event.topic, event.data, event.created, 2))
    if not reserved and not waiting and world.prints() != before:
        raise Violation("An event that was handled had an effect again.")
    return True


@step(2)
def webhook(world: World) -> object:
    """The gateway tells what it did; sometimes twice, sometimes much later."""
    dice = world.dice
    if world.shop.pending and dice.often(0.5):
        world.shop.decide_pending(dice.one(sorted(world.shop.pending)), dice.often(0.7))
        return True
    if not world.shop.notices:
        return False
    world.shop.take_notice(dice.one(world.shop.notices))
    return True


@step(2)
def resolve(world: World) -> object:
    """A person asks the gateway about a part without an answer, and says what is true."""
    parts = list(RefundPart.objects.filter(kind="PAYMENT").select_related("refund").order_by("pk"))
    unknown = [part for part in parts if part.state == "UNKNOWN"]
    if not parts:
        return False
    part = world.dice.one(unknown or parts)
    happened = world.shop.moved_for(part.pk) > 0
    if part.state == "UNKNOWN" and not happened and any(str(part.pk) in key for key in world.shop.pending):
        # The gateway itself does not know yet, so nobody says anything.
        return False
    must = part.state == "UNKNOWN"
    return world.do(
        resolve_refund, STAFF, part.refund_id, part.payment_id, happened, "asked the gateway", must=must
    )


@step(1)
def refund_elsewhere(world: World) -> object:
    """Somebody refunds in the shop's own screens."""
    dice = world.dice
    rows = [row for row in world.shop.payments(world.order().id) if row.refundable > 0]
    if not rows or dice.often(0.7):
        return False
    payment = dice.one(rows)
    most = payment.refundable
    world.odd.add("elsewhere")
    world.shop.give_elsewhere(payment, dice.number(1, dice.one([most, most // 10 + 1])))
    return True
