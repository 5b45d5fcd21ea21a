"""Builders of orders and payments: how tests and simulations fill an in-memory shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from ...kernel import clock
from ...kernel.ids import from_global, to_global
from ..port import (
    GIFT_CARD_GATEWAY,
    Address,
    Allocation,
    GiftCard,
    Order,
    OrderLine,
    OrderStatus,
    Payment,
    Variant,
    Warehouse,
)
from .people import PeopleInMemory
from .state import next_number

count = iter(next_number, None)


def net(gross: int, tax_percent: int) -> int:
    """`gross` without its tax, in minor units, rounded down."""
    return gross * 100 // (100 + tax_percent)


class OrderBuilders(PeopleInMemory):
    """What a shopper or gateway would have done before the test begins."""

    def make_order(
        self,
        lines: Sequence[tuple[Variant, int]],
        *,
        country: str = "US",
        postal_code: str = "",
        allocate: bool | Mapping[Warehouse, int] = True,
        paid: bool = True,
        status: OrderStatus = OrderStatus.UNFULFILLED,
        created: datetime | None = None,
        shipping: int = 0,
        tax_percent: int = 0,
        user_id: str | None = None,
        email: str = "shopper@example.com",
        currency: str = "USD",
        channel: str = "default",
        collection_point: Warehouse | None = None,
        city: str = "",
        shipping_method: str = "",
        metadata: Mapping[str, str] | None = None,
        language: str = "en",
    ) -> Order:
        """An order, paid by one captured payment.

        `allocate` True promises each line from the warehouses in id order wherever units are free,
        False promises nothing, a mapping gives the first line units per warehouse without a check.
        """
        number = next(count)
        rows = tuple(self._line(variant, units, tax_percent) for variant, units in lines)
        order = Order(
            id=to_global("Order", number),
            number=f"{number}",
            status=status,
            created=created or clock.now(),
            currency=currency,
            total_net=sum(row.total_net for row in rows) + net(shipping, tax_percent),
            total_gross=sum(row.total_gross for row in rows) + shipping,
            shipping_net=net(shipping, tax_percent),
            shipping_gross=shipping,
            lines=rows,
            shipping_address=Address(country, postal_code, city) if country else None,
            channel=channel,
            user_id=user_id,
            email=email,
            collection_point_id=collection_point.id if collection_point else None,
            is_paid=paid,
            shipping_method=shipping_method,
            metadata=dict(metadata or {}),
            language=language,
        )
        self.state.orders[order.id] = order
        self._promise_all(order, allocate)
        if paid and order.total_gross:
            self.make_payment(order, order.total_gross)
        return order

    def _line(self, variant: Variant, units: int, tax_percent: int) -> OrderLine:
        facts = self.state.facts[variant.id]
        gross = facts.price * units
        line = OrderLine(
            id=to_global("OrderLine", next(count)),
            variant_id=variant.id,
            sku=variant.sku,
            name=variant.product_name,
            quantity=units,
            quantity_fulfilled=0,
            total_net=net(gross, tax_percent),
            total_gross=gross,
            requires_shipping=facts.requires_shipping,
            tracks_stock=variant.tracks_stock and not facts.is_preorder,
            is_gift_card=facts.is_gift_card,
            weight_grams=facts.weight_grams,
            product_id=variant.product_id,
            category_id=facts.category_id,
            product_type_id=facts.product_type_id,
            is_preorder=facts.is_preorder,
            metadata=facts.metadata,
        )
        self.state.line_variants[line.id] = variant.id
        return line

    def _promise_all(self, order: Order, allocate: bool | Mapping[Warehouse, int]) -> None:
        if isinstance(allocate, Mapping):
            for warehouse, units in allocate.items():
                self.promise(order.lines[0].id, warehouse, units)
        elif allocate:
            self._allocate_like_saleor(order)

    def _allocate_like_saleor(self, order: Order) -> None:
        plan: list[Allocation] = []
        taken: dict[tuple[str, str], int] = {}
        for line in order.lines:
            if not line.tracks_stock or not line.variant_id:
                continue
            need = line.quantity
            for stock in self.stocks({line.variant_id}):
                slot = (line.variant_id, stock.warehouse_id)
                units = min(need, stock.free - taken.get(slot, 0))
                if units > 0:
                    plan.append(Allocation(line.id, stock.warehouse_id, units))
                    taken[slot] = taken.get(slot, 0) + units
                    need -= units
        self.allocate(order.id, plan)

    def promise(self, line_id: str, warehouse: Warehouse, units: int) -> None:
        """Write an allocation without any check, as Saleor 3.23's defect does."""
        self.state.allocations[line_id, warehouse.id] = units

    def set_status(self, order: Order, status: OrderStatus) -> Order:
        """Put the order into `status`; cancelling lets its allocations go, as Saleor does."""
        if status is OrderStatus.CANCELED:
            self.allocate(order.id, [])
        self.state.orders[order.id] = replace(self.order(order.id), status=status)
        return self.state.orders[order.id]

    def drop_variant(self, order: Order) -> Order:
        """The merchant deletes the variants of the order's lines."""
        lines = tuple(replace(line, variant_id=None, tracks_stock=False) for line in order.lines)
        for variant_id in {line.variant_id for line in order.lines if line.variant_id}:
            self.state.variants.pop(variant_id, None)
            for slot in [slot for slot in self.state.on_hand if slot[0] == variant_id]:
                del self.state.on_hand[slot]
        for slot in [slot for slot in self.state.allocations if order.line(slot[0])]:
            del self.state.allocations[slot]
        self.state.orders[order.id] = replace(order, lines=lines)
        return self.state.orders[order.id]

    def make_payment(
        self, order: Order, captured: int, *, refunded: int = 0, gateway: str = "dummy"
    ) -> Payment:
        """A payment of the order with `captured` taken."""
        key = to_global("Payment", next(count))
        row = Payment(key, gateway, order.currency, captured, refunded, captured - refunded)
        self.state.payments[key] = row
        self.state.payment_orders[key] = order.id
        return row

    def pay_with_card(self, order: Order, last_digits: str) -> None:
        """The order's payments were made with that card."""
        digest = sha256(last_digits.encode()).hexdigest()
        for row in self.payments(order.id):
            self.state.payments[row.id] = replace(self.state.payments[row.id], instrument=digest)

    def make_gift_card(self, balance: int, *, currency: str = "USD") -> GiftCard:
        """A card with `balance` left."""
        number = next(count)
        card = GiftCard(to_global("GiftCard", number), f"CODE-{number}", balance, currency)
        self.state.gift_cards[card.id] = card
        return card

    def use_gift_card(self, order: Order, card: GiftCard, amount: int) -> Order:
        """The card paid `amount` of the order in its checkout: the order's total is that much less."""
        number = f"{from_global(order.id, 'Order')}:{from_global(card.id, 'GiftCard')}"
        key = to_global("OrderGiftCard", number)
        self.state.payments[key] = Payment(key, GIFT_CARD_GATEWAY, order.currency, amount, 0, amount)
        self.state.payment_orders[key] = order.id
        self.state.payment_cards[key] = card.id
        self.state.gift_cards[card.id] = replace(card, balance=card.balance - amount)
        self.state.orders[order.id] = made = replace(
            order,
            total_net=max(order.total_net - amount, 0),
            total_gross=order.total_gross - amount,
            gift_cards_total=order.gift_cards_total + amount,
        )
        return made
