"""Other goods instead of money, and what becomes of those."""

from __future__ import annotations

from dataclasses import replace

from saleor_plugins.platform.port import OrderStatus
from saleor_plugins.returns.domain.credit import Charge
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import OrderLedger
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.review_order import review_order

from .steps import step
from .steps_money import ahead, ripe
from .world import MANAGER, STAFF, World


@step(5)
def exchange(world: World) -> object:
    """For what was wished, or for something cheaper or dearer; before the goods are here, too."""
    dice, lines = world.dice, ripe(world)
    advance = []
    if not lines or dice.often(0.1):
        lines = world.lines("APPROVED", "RECEIVING", at=lambda row: ahead(row) > 0)
        if not lines:
            return False
    line = dice.one(lines)
    if ahead(line) and dice.often(0.5):
        advance = [(line.pk, dice.number(1, ahead(line)))]
    variants = sorted(world.shop.state.variants)
    items = None if dice.often(0.4) else [(dice.one([*variants, "nothing"]), dice.number(1, 3))]
    to = dice.one([PartKind.PAYMENT, PartKind.STORE_CREDIT])
    made = world.do(exchange_return, STAFF, line.rma_id, items, to=to, advance=advance)
    if made:
        world.orders.append(world.shop.order(made.order_id))
        world.made.append((line.rma_id, made.order_id))
    return True


@step(2)
def pay_difference(world: World) -> object:
    """The customer pays what the new order costs more; sometimes somebody captures too much."""
    orders = [world.shop.order(key) for _, key in world.made]
    unpaid = [row for row in orders if row.total_gross and not world.shop.payments(row.id)]
    if not unpaid:
        return False
    order = world.dice.one(unpaid)
    world.shop.make_payment(order, order.total_gross)
    return True


@step(2)
def cancel_new_order(world: World) -> object:
    """The new order is cancelled in the shop, and the desk told to give its credit back; or too early."""
    if not world.made:
        return False
    rma, key = world.dice.one(world.made)
    order = world.shop.order(key)
    if not any(line.quantity_fulfilled for line in order.lines) and world.dice.often(0.7):
        world.shop.set_status(order, OrderStatus.CANCELED)
    to = world.dice.one([PartKind.PAYMENT, PartKind.PAYMENT, PartKind.STORE_CREDIT])
    return world.do(cancel_exchange, STAFF, rma, key, to=to)


@step(1)
def muddle_totals(world: World) -> object:
    """An order whose totals nobody can explain: a person must say what was paid."""
    if not world.dice.often(0.2):
        return False
    order = world.add_order()
    world.odd.add("muddled")
    if order.total_gross:
        muddled = replace(order, shipping_gross=0, shipping_net=0, total_gross=order.total_gross + 7)
        world.shop.state.orders[order.id] = muddled
    return True


@step(3)
def review(world: World) -> object:
    """A manager says what was paid for each line."""
    rows = list(OrderLedger.objects.exclude(review="").order_by("pk"))
    if not rows and world.dice.often(0.1):
        rows = list(OrderLedger.objects.order_by("pk"))[:1]
    if not rows:
        return False
    order = world.shop.order(world.dice.one(rows).pk)
    held = sum(row.captured for row in world.shop.payments(order.id))
    most = held // len(order.lines) + world.dice.one([0, 0, 1])
    paid = [(line.id, Charge(most, 0)) for line in order.lines]
    return world.do(review_order, world.dice.one([MANAGER, MANAGER, STAFF]), order.id, paid, reason="books")
