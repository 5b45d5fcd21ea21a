"""Goods are exchanged and exchanged again, cancelled, refunded and turned into store credit, in any order.

The oracle counts on its own: what all payments took is what they gave, plus store credit, plus fees kept.
"""

from __future__ import annotations

import random

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.platform import use
from saleor_plugins.platform.port import OrderStatus, ShipItem
from saleor_plugins.returns.config import PLUGIN_ID
from saleor_plugins.returns.domain.plan import PartKind
from saleor_plugins.returns.models import PaymentLedger, RefundAllocation, RefundPart, ReturnableLine
from saleor_plugins.returns.usecases.cancel_exchange import cancel_exchange
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.exchange_return import exchange_return
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF, Room
from tests.shopdata import memory_world

FEES = {"restocking_fee_percent": "12.5", "label_fee": "1.37"}


class Family:
    """An order and everything that exchanges made of it."""

    def __init__(self, shop, dice):
        self.shop, self.dice = shop, dice
        shop.tax_percent = dice.choice([0, 7, 23])
        self.room = Room(shop, shop.make_warehouse())
        units = [dice.randint(1, 4) for _ in range(dice.randint(1, 3))]
        order = self.room.make_shipped(
            *units, price=dice.randint(1, 5000), tax_percent=shop.tax_percent, paid=False
        )
        cut = dice.randint(0, order.total_gross)
        for amount in (cut, order.total_gross - cut):
            if amount:
                shop.make_payment(order, amount)
        self.orders = [order]

    def waiting(self):
        """Orders with units that may come back, and how many of each line."""
        found = []
        for order in self.orders:
            lines = sorted(order.lines, key=lambda line: -line.quantity)
            rows = ReturnableLine.objects.in_bulk([line.id for line in lines])
            shipped = {line.id: line.quantity for line in lines}
            counts = [
                shipped[line.id] - (rows[line.id].reserved + rows[line.id].returned if line.id in rows else 0)
                for line in lines
            ]
            if any(counts):
                found.append((order, counts))
        return found

    def step(self, how):
        order, counts = self.dice.choice(self.waiting())
        taken = [self.dice.randint(0, units) for units in counts]
        rma = self.room.accepted(order, *(taken if any(taken) else counts))
        getattr(self, how)(rma)
        drain(strict=False)
        close_return(STAFF, rma.pk)

    def money(self, rma):
        refund_return(STAFF, rma.pk)

    def credit(self, rma):
        refund_return(STAFF, rma.pk, to=PartKind.STORE_CREDIT)

    def exchange(self, rma):
        price = self.dice.choice([0, 1, self.dice.randint(1, 9000)])
        new = self.shop.make_variant(price=price, stock={self.room.house: 9})
        made = exchange_return(STAFF, rma.pk, [(new.id, self.dice.randint(1, 3))])
        order = self.shop.order(made.order_id)
        if self.dice.random() < 0.25:
            self.shop.set_status(order, OrderStatus.CANCELED)
            if order.credit_gross:
                cancel_exchange(STAFF, rma.pk, order.id)
            return
        if order.total_gross:
            self.shop.make_payment(order, order.total_gross)
        items = [ShipItem(line.id, self.room.house.id, line.quantity) for line in order.lines]
        self.shop.fulfill(order.id, items)
        self.orders.append(self.shop.order(order.id))


def kept_fees():
    rows = RefundAllocation.objects.filter(component__in=["FEE", "LABEL"])
    return -sum(row.net + row.tax for row in rows)


@pytest.mark.parametrize("seed", range(16))
def test_no_cent_is_lost_or_made_along_a_chain(transactional_db, seed):
    dice, shop = random.Random(seed), memory_world()
    with use(shop):
        shop.configure_plugin(PLUGIN_ID, active=True, **(FEES if seed % 2 else {}))
        family = Family(shop, dice)
        for _ in range(6):
            if family.waiting():
                family.step(dice.choice(["money", "credit", "exchange", "exchange", "exchange"]))
        while family.waiting():
            family.step("money")
        payments = list(shop.state.payments.values())
        cards = RefundPart.objects.filter(kind="STORE_CREDIT")
        assert all(payment.refunded <= payment.captured for payment in payments)
        given = sum(payment.refunded for payment in payments) + sum(part.amount for part in cards)
        assert given + kept_fees() == sum(payment.captured for payment in payments)
        assert sum(card.balance for card in shop.state.gift_cards.values()) == sum(p.amount for p in cards)
        assert not RefundPart.objects.exclude(state="SUCCEEDED").exists()
        assert not PaymentLedger.objects.exclude(pending=0).exists()
        for line in ReturnableLine.objects.filter(shipped__gt=0):
            assert (line.credited_net, line.credited_tax) == (line.paid_net, line.paid_tax)
