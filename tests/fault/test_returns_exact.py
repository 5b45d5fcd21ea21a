"""Generated orders come back to the minor unit: discounts, fees, shipping rules, gift cards, exchanges.

The oracle is an independent ledger: plain sums of what the payments took and gave.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform import use
from saleor_plugins.platform.port import RefundResult, RefundStatus, ShipItem
from saleor_plugins.returns.config import PLUGIN_ID
from saleor_plugins.returns.domain.credit import total
from saleor_plugins.returns.domain.fees import Fees
from saleor_plugins.returns.domain.freeze import freeze
from saleor_plugins.returns.domain.plan import LineAccount, OrderAccount, ShippingRule, plan_refund
from saleor_plugins.returns.domain.split import Tier, draw
from saleor_plugins.returns.models import OrderLedger, PaymentLedger, RefundPart, ReturnableLine
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF, Room
from tests.returns_machine.dice import Dice
from tests.returns_machine.orders import CURRENCIES, make_bill, place
from tests.shopdata import memory_world

ORDERS = 1000
RULES = [ShippingRule.STANDARD, ShippingRule.PROPORTIONAL]


class Books:
    """An order in numbers alone: what was paid for it, what pays, what was credited."""

    def __init__(self, dice, currency):
        self.dice = dice
        bill = make_bill(dice, CURRENCIES[currency])
        keys = [f"line{i}" for i in range(len(bill.lines))]
        paid = freeze(dict(zip(keys, bill.lines, strict=True)), bill.shipping, bill.whole)
        lines = [LineAccount(key, n, paid.lines[key]) for key, n in zip(keys, bill.units, strict=True)]
        self.account = OrderAccount(tuple(lines), paid.shipping)
        self.whole = bill.whole.gross
        self.balances, left = {}, self.whole
        for name in ("card", "second card"):
            self.balances[name] = dice.number(0, left)
            left -= self.balances[name]
        self.balances["gift card"] = left
        self.given = dict.fromkeys(self.balances, 0)
        self.units = [line.line_id for line in lines for _ in range(line.quantity)]

    def batch(self):
        """Some units, the next in any order."""
        size = self.dice.number(1, len(self.units))
        return [self.units.pop(self.dice.number(0, len(self.units) - 1)) for _ in range(size)]

    def credit(self, batch, plan):
        self.account = OrderAccount(
            tuple(
                replace(row, credited=row.credited + batch.count(row.line_id)) for row in self.account.lines
            ),
            self.account.shipping,
            self.account.shipping_credited + plan.of("SHIPPING"),
        )

    def give(self, amount):
        left = {key: self.balances[key] - self.given[key] for key in self.balances}
        for key, part in draw(amount, [Tier(left)]).items():
            self.given[key] += part
            assert self.given[key] <= self.balances[key]


@pytest.mark.parametrize("currency", CURRENCIES)
def test_generated_orders_return_exactly(currency, count):
    worst = 0
    for number in range(ORDERS):
        dice = Dice(f"{currency}:{number}")
        books, rule = Books(dice, currency), dice.one(RULES)
        while books.units:
            batch = books.batch()
            plan = plan_refund(books.account, {key: batch.count(key) for key in set(batch)}, rule)
            books.give(plan.charge.gross)
            books.credit(batch, plan)
        assert books.given == books.balances
        worst = max(worst, abs(sum(books.given.values()) - books.whole))
    count(f"{ORDERS} orders in {currency} came back: {worst} minor units off at worst")


@pytest.mark.parametrize("currency", CURRENCIES)
def test_what_fees_keep_is_all_that_does_not_come_back(currency, count):
    """Percent and postage, of some units only; dearer delivery than the standard; no shipping at all."""
    kept_in_all = 0
    for number in range(ORDERS):
        dice = Dice(f"fees:{currency}:{number}")
        books = Books(dice, currency)
        rule = dice.one(list(ShippingRule))
        standard = dice.one([None, dice.number(0, 1000)])
        percent = Decimal(dice.number(0, 1000)) / 10
        kept, ordinal = 0, 0
        while books.units:
            batch, ordinal = books.batch(), ordinal + 1
            units = {key: batch.count(key) for key in set(batch)}
            bearing = {key: dice.number(0, n) for key, n in units.items()}
            percents = {key: (percent,) * n for key, n in bearing.items()}
            fees = Fees(percents, dice.one([0, dice.number(0, 500)]), bearing, ordinal)
            plan = plan_refund(books.account, units, rule, fees=fees, standard=standard)
            fee = plan.of("FEE") + plan.of("LABEL")
            assert fee.net <= 0 and fee.tax <= 0
            assert plan.of("ITEM").net + fee.net >= 0 and plan.of("ITEM").tax + fee.tax >= 0
            assert plan.of("ITEM").gross + fee.gross + plan.of("SHIPPING").gross == plan.charge.gross
            kept -= fee.gross
            books.give(plan.charge.gross)
            books.credit(batch, plan)
        shipping = books.account.shipping.gross - books.account.shipping_credited.gross
        assert sum(books.given.values()) + kept + shipping == books.whole
        assert shipping >= 0
        items = total([line.paid for line in books.account.lines])
        assert 0 <= kept <= items.gross
        kept_in_all += kept
    assert kept_in_all > 0
    count(f"{ORDERS} orders in {currency} with fees: what is kept and what came back is what was paid")


SEEDS = 30


@pytest.mark.parametrize("seed", range(SEEDS))
def test_orders_and_what_they_were_exchanged_for_return_exactly(db, seed):
    """Several payments and a gift card, exchanges for cheaper and dearer goods, and those back again."""
    dice = Dice(seed)
    currency = list(CURRENCIES)[seed % 3]
    shop = memory_world()
    with use(shop):
        shop.configure_plugin(PLUGIN_ID, refund_shipping=dice.one(["standard", "proportional"]))
        room = Room(shop, shop.make_warehouse())
        bill = make_bill(dice, CURRENCIES[currency], lines=3, units=5)
        waiting = [place(shop, dice, bill, {room.house: 99}, currency=currency)]
        exchanges = 0
        while waiting:
            order = ship(shop, room, waiting.pop())
            while units := open_units(order):
                rma = room.accepted(order, *some(dice, units))
                if exchanges < 3 and dice.often(0.4):
                    waiting.append(swap(shop, room, dice, rma))
                    exchanges += 1
                else:
                    refund(room, rma, dice)
                drain()
                close_return(STAFF, rma.pk)
        check(shop)


def ship(shop, room, order):
    shop.fulfill(order.id, [ShipItem(line.id, room.house.id, line.quantity) for line in order.lines])
    return shop.order(order.id)


def open_units(order):
    """Units that may still come back, the longest line first as `Room.request` counts them."""
    lines = sorted(order.lines, key=lambda line: -line.quantity)
    rows = ReturnableLine.objects.in_bulk([line.id for line in lines])
    # What was shipped is counted when the desk next opens the order: all of it was.
    counts = [line.quantity - rows[line.id].returned if line.id in rows else line.quantity for line in lines]
    return counts if any(counts) else []


def some(dice, waiting):
    """Some of each, and at least one unit."""
    taken = [dice.number(0, units) for units in waiting]
    return taken if any(taken) else waiting


def swap(shop, room, dice, rma):
    """Exchange for something else, and pay what it costs more; answers the new order."""
    goods = shop.make_variant(price=dice.one([0, 1, 999, 100_000]), stock={room.house: 99})
    made = exchange_return(STAFF, rma.pk, [(goods.id, dice.number(1, 3))])
    order = shop.order(made.order_id)
    if order.total_gross:
        shop.make_payment(order, order.total_gross)
    return order


def refund(room, rma, dice):
    """Decide, and one time in three let the gateway refuse first."""
    obliging = room.data.gateway
    if dice.often(0.33):
        room.data.gateway = lambda *_: RefundResult(RefundStatus.FAILED, message="no")
    made = refund_return(STAFF, rma.pk)
    drain(strict=False)
    room.data.gateway = obliging
    made.refresh_from_db()
    if made.state == "FAILED":
        refund_return(STAFF, rma.pk)


def check(shop):
    """All that was ever taken was given back, but for shipping that was not due."""
    rows = list(shop.state.payments.values())
    assert all(row.refunded <= row.captured for row in rows)
    kept = 0
    for ledger in OrderLedger.objects.all():
        kept += ledger.shipping_net + ledger.shipping_tax
        kept -= ledger.shipping_credited_net + ledger.shipping_credited_tax
    assert sum(row.captured - row.refunded for row in rows) == kept
    for line in ReturnableLine.objects.all():
        assert (line.credited, line.credited_net, line.credited_tax) == (
            line.sold,
            line.paid_net,
            line.paid_tax,
        )
    assert all((row.pending, row.ours) == (0, row.refunded) for row in PaymentLedger.objects.all())
    assert not RefundPart.objects.exclude(state__in=["SUCCEEDED", "REPLACED"]).exists()
