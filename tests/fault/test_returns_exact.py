"""1,000 generated orders come back: refunds never above captures, exact to the minor unit.

The oracle is an independent ledger: plain sums of what the payments gave.
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform import use
from saleor_plugins.platform.port import RefundResult, RefundStatus, ShipItem
from saleor_plugins.returns.config import PLUGIN_ID
from saleor_plugins.returns.domain.credit import Charge, total
from saleor_plugins.returns.domain.freeze import freeze
from saleor_plugins.returns.domain.plan import LineAccount, OrderAccount, ShippingRule, plan_refund
from saleor_plugins.returns.domain.split import split
from saleor_plugins.returns.models import PaymentLedger, ReturnableLine
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF, Room
from tests.shopdata import memory_world

ORDERS = 1000
# What a unit costs at most, in minor units: yen have none, dinars have three decimals.
CURRENCIES = {"JPY": 100_000, "EUR": 100_000, "KWD": 1_000_000}
RATES = (0, 5, 7, 19, 20, 23, 25)


def generate(dice, most):
    """Lines with quantities, shipping, and a total after an order-wide discount of up to everything."""
    lines, quantities = {}, {}
    for number in range(dice.randint(1, 4)):
        gross = dice.choice([0, 1, 2, dice.randint(0, most)]) * dice.randint(1, 9)
        net = round(Fraction(gross * 100, 100 + dice.choice(RATES)))
        lines[f"line{number}"], quantities[f"line{number}"] = Charge(net, gross - net), dice.randint(1, 9)
    shipping = Charge(dice.choice([0, dice.randint(0, most // 10)]), 0)
    whole = total([*lines.values(), shipping])
    share = dice.choice(
        [Fraction(0), Fraction(1, 10), Fraction(1, 3), Fraction(dice.randint(0, 100), 100), 1]
    )
    off = Charge(int(whole.net * share), int(whole.tax * share))
    return lines, quantities, shipping, whole - off


@pytest.mark.parametrize("currency", CURRENCIES)
def test_generated_orders_return_exactly(currency):
    dice = random.Random(currency)
    worst = 0
    for _ in range(ORDERS):
        lines, quantities, shipping, order_total = generate(dice, CURRENCIES[currency])
        paid = freeze(lines, shipping, order_total)
        account = OrderAccount(
            tuple(LineAccount(key, quantities[key], paid.lines[key]) for key in lines), paid.shipping
        )
        first = dice.randint(0, order_total.gross)
        balances = {"card": first, "gift card": order_total.gross - first}
        given = {"card": 0, "gift card": 0}
        units = [key for key in lines for _ in range(quantities[key])]
        dice.shuffle(units)
        rule = dice.choice([ShippingRule.STANDARD, ShippingRule.PROPORTIONAL])
        while units:
            size = dice.randint(1, len(units))
            batch, units = units[:size], units[size:]
            plan = plan_refund(account, {key: batch.count(key) for key in set(batch)}, rule)
            left = {key: balances[key] - given[key] for key in balances}
            for key, amount in split(plan.charge.gross, left).items():
                given[key] += amount
                assert given[key] <= balances[key]
            account = OrderAccount(
                tuple(
                    replace(row, credited=row.credited + batch.count(row.line_id)) for row in account.lines
                ),
                account.shipping,
                account.shipping_credited + plan.of("SHIPPING"),
            )
        assert given == balances
        worst = max(worst, abs(sum(given.values()) - order_total.gross))
    print(f"\n{ORDERS} orders in {currency}: {worst} minor units off at worst")


@pytest.mark.parametrize("seed", range(25))
def test_generated_orders_return_exactly_through_the_database(transactional_db, seed):
    dice = random.Random(seed)
    currency = list(CURRENCIES)[seed % 3]
    shop = memory_world()
    with use(shop):
        shop.configure_plugin(PLUGIN_ID, refund_shipping=dice.choice(["standard", "proportional"]))
        room = Room(shop, shop.make_warehouse())
        order = make_order(shop, room, dice, currency)
        while waiting := open_units(room, order):
            rma = room.accepted(order, *take(dice, waiting))
            refund_and_close(room, rma, dice)
        assert sum(payment.refunded for payment in shop.payments(order.id)) == order.total_gross
        assert all(payment.refunded <= payment.captured for payment in shop.payments(order.id))
        for line in ReturnableLine.objects.all():
            assert (line.credited, line.credited_net, line.credited_tax) == (
                line.sold,
                line.paid_net,
                line.paid_tax,
            )
        assert sum(row.ours for row in PaymentLedger.objects.all()) == order.total_gross
        assert all(row.pending == 0 for row in PaymentLedger.objects.all())


def make_order(shop, room, dice, currency):
    """A shipped order with odd totals, paid by one to three payments."""
    lines, quantities, shipping, order_total = generate(dice, CURRENCIES[currency])
    sold = [(shop.make_variant(stock={room.house: units}), units) for units in quantities.values()]
    order = shop.make_order(sold, currency=currency, paid=False)
    charged = zip(order.lines, lines.values(), strict=True)
    shop.state.orders[order.id] = order = replace(
        order,
        lines=tuple(replace(row, total_net=c.net, total_gross=c.gross) for row, c in charged),
        total_net=order_total.net,
        total_gross=order_total.gross,
        shipping_net=shipping.net,
        shipping_gross=shipping.gross,
    )
    left = order_total.gross
    for _ in range(dice.randint(0, 2)):
        part = dice.randint(0, left)
        if part:
            shop.make_payment(order, part)
        left -= part
    if left:
        shop.make_payment(order, left)
    shop.fulfill(order.id, [ShipItem(line.id, room.house.id, line.quantity) for line in order.lines])
    return shop.order(order.id)


def open_units(room, order):
    """Units that may still come back, the longest line first as `Room.request` counts them."""
    lines = sorted(order.lines, key=lambda line: -line.quantity)
    rows = ReturnableLine.objects.in_bulk([line.id for line in lines])
    counts = [rows[line.id].available if line.id in rows else line.quantity for line in lines]
    return counts if any(counts) else []


def take(dice, waiting):
    """Some of each, and at least one unit."""
    taken = [dice.randint(0, units) for units in waiting]
    return taken if any(taken) else waiting


def refund_and_close(room, rma, dice):
    """Decide, and one time in three let the gateway refuse first."""
    obliging = room.data.gateway
    if dice.random() < 0.33:
        room.data.gateway = lambda *_: RefundResult(RefundStatus.FAILED, message="no")
    refund = refund_return(STAFF, rma.pk)
    drain(strict=False)
    room.data.gateway = obliging
    refund.refresh_from_db()
    if refund.state == "FAILED":
        refund_return(STAFF, rma.pk)
        drain(strict=False)
    close_return(STAFF, rma.pk)
