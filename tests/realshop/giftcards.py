"""Real gift cards and vouchers."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port
from tests.realshop.base import THREE, key, model
from tests.realshop.stock import StockBuilders


class GiftCardBuilders(StockBuilders):
    """What shoppers pay less with."""

    def make_gift_card(self, balance: int, *, currency: str = "USD", code: str = "") -> port.GiftCard:
        """A card with `balance` left."""
        value = from_minor(balance, currency)
        row = model("giftcard.GiftCard").objects.create(
            code=code or uuid.uuid4().hex[:12].upper(),
            currency=currency,
            initial_balance_amount=value,
            current_balance_amount=value,
        )
        return port.GiftCard(to_global("GiftCard", row.pk), row.code, balance, currency)

    def gift_card(self, card_id: str) -> port.GiftCard:
        """The card as it stands now."""
        row = model("giftcard.GiftCard").objects.get(pk=key("GiftCard", card_id))
        balance = int(row.current_balance_amount * 100)
        return port.GiftCard(card_id, row.code, balance, row.currency)

    def use_gift_card(self, order: port.Order, card: port.GiftCard, amount: int) -> port.Order:
        """The card paid `amount` of the order in its checkout: the order's total is that much less."""
        row = model("order.Order").objects.get(pk=key("Order", order.id))
        held = model("giftcard.GiftCard").objects.get(pk=key("GiftCard", card.id))
        value, before = from_minor(amount, order.currency), held.current_balance_amount
        row.gift_cards.add(held)
        row.total_gross_amount -= value
        row.total_net_amount = max(row.total_net_amount - value, 0)
        row.save()
        held.current_balance_amount -= value
        held.save()
        if THREE:
            from saleor.giftcard.events import gift_cards_used_in_order_event

            gift_cards_used_in_order_event([(held, before)], row, None, None)
        return self.shop.order(order.id)

    def spoil_gift_card(self, card: port.GiftCard) -> None:
        """The merchant switches the card off."""
        model("giftcard.GiftCard").objects.filter(pk=key("GiftCard", card.id)).update(is_active=False)

    def make_voucher(
        self,
        kind: str,
        value: int,
        *,
        percent: bool = False,
        variants: Collection[port.Variant] = (),
        once: bool = False,
    ) -> str:
        """A voucher of `value` in minor units or per cent; its code. `variants` name the products of it."""
        code = uuid.uuid4().hex[:10].upper()
        amount = value if percent else from_minor(value, "USD")
        facts: dict[str, Any] = {
            "type": kind,
            "discount_value_type": "percentage" if percent else "fixed",
            "apply_once_per_order": once,
        }
        if THREE:
            row = model("discount.Voucher").objects.create(**facts)
            row.codes.create(code=code)
            row.channel_listings.create(channel=self.make_channel(), currency="USD", discount_value=amount)
        else:
            row = model("discount.Voucher").objects.create(code=code, discount_value=amount, **facts)
        keys = [key("ProductVariant", variant.id) for variant in variants]
        row.products.set(model("product.Product").objects.filter(variants__in=keys))
        return code
