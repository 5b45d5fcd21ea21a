"""Real payments and transactions, and gateways that answer as a test wants."""

from __future__ import annotations

import uuid
from typing import Any

import tests.gateways
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.kernel.money import from_minor
from saleor_plugins.platform import port
from tests.realshop.base import THREE, key, model
from tests.realshop.giftcards import GiftCardBuilders


class MoneyBuilders(GiftCardBuilders):
    """What gateways and payment apps have done, and will answer."""

    def make_payment(
        self, order: port.Order, captured: int, *, refunded: int = 0, gateway: str = "mirumee.payments.dummy"
    ) -> port.Payment:
        """A payment of the order with `captured` taken."""
        amount = from_minor(captured, order.currency)
        left = from_minor(captured - refunded, order.currency)
        state = "fully-charged" if captured else "not-charged"
        if refunded:
            state = "partially-refunded" if left else "fully-refunded"
        row = model("payment.Payment").objects.create(
            gateway=gateway,
            is_active=bool(left),
            charge_status=state,
            total=amount,
            captured_amount=left,
            currency=order.currency,
            order_id=key("Order", order.id),
            billing_email=order.email,
            token=f"token-{uuid.uuid4()}",
        )
        for kind, value in (("capture", amount), ("refund", amount - left)):
            if value:
                row.transactions.create(
                    kind=kind, is_success=True, token=f"{kind}-{uuid.uuid4()}", amount=value,
                    currency=order.currency, gateway_response={},
                )  # fmt: skip
        self._count_charges(order)
        found = to_global("Payment", row.pk)
        nothing = port.Payment(found, gateway, order.currency, captured, refunded, 0)
        return next((pay for pay in self.shop.payments(order.id) if pay.id == found), nothing)

    def pay_with_card(self, order: port.Order, last_digits: str) -> None:
        """The order's payments were made with that card."""
        card = {"cc_brand": "visa", "cc_last_digits": last_digits, "cc_exp_month": 7, "cc_exp_year": 2031}
        model("payment.Payment").objects.filter(order_id=key("Order", order.id)).update(**card)

    def _count_charges(self, order: port.Order) -> None:
        if THREE:
            from saleor.order.utils import updates_amounts_for_order

            updates_amounts_for_order(model("order.Order").objects.get(pk=key("Order", order.id)))

    def answering(self, answer: str) -> Any:
        """Let the dummy gateway answer refunds with a no, with an exception, or with nonsense."""
        return tests.gateways.dummy(answer)

    def switch_off_gateway(self) -> None:
        """The merchant switches the dummy gateway off."""
        plugin = tests.gateways.dummy_module()
        kinds = [getattr(plugin, name) for name in dir(plugin) if name.endswith("DummyGatewayPlugin")]
        self.configure_plugin("mirumee.payments.dummy", active=False)
        rows = model("plugins.PluginConfiguration").objects.filter(identifier="mirumee.payments.dummy")
        channel = {"channel": self.make_channel()} if THREE else {}
        rows.update(configuration=kinds[0].DEFAULT_CONFIGURATION, **channel)

    def refund_elsewhere(self, order: port.Order, amount: int) -> None:
        """Somebody refunds the order's last payment in the dashboard."""
        row = model("payment.Payment").objects.filter(order_id=key("Order", order.id)).last()
        value = from_minor(amount, order.currency)
        row.captured_amount -= value
        row.charge_status = "partially-refunded"
        row.save()
        row.transactions.create(
            kind="refund", is_success=True, token="elsewhere", amount=value, currency=order.currency,
            gateway_response={},
        )  # fmt: skip

    def make_transaction(self, order: port.Order, charged: int) -> port.Payment:
        """A transaction of a payment app with `charged` taken. 3.x only."""
        from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

        value = from_minor(charged, order.currency)
        item = model("payment.TransactionItem").objects.create(
            order_id=key("Order", order.id), currency=order.currency, name="Card", app_identifier="psp.app",
            psp_reference="charge-1", available_actions=["refund"],
        )  # fmt: skip
        item.events.create(
            type="charge_success", amount_value=value, currency=order.currency, psp_reference="charge-1",
            include_in_calculations=True,
        )  # fmt: skip
        recalculate_transaction_amounts(item)
        self._count_charges(order)
        found = to_global("TransactionItem", item.token)
        return next(row for row in self.shop.payments(order.id) if row.id == found)

    def pay_by_card(self, order: port.Order, card: port.GiftCard, amount: int) -> port.Payment:
        """A gift card pays as a transaction, through Saleor's own gateway. 3.23 and later."""
        from saleor.giftcard.const import GIFT_CARD_PAYMENT_GATEWAY_ID
        from saleor.giftcard.gateway import charge_gift_card_transactions

        value = from_minor(amount, order.currency)
        item = model("payment.TransactionItem").objects.create(
            order_id=key("Order", order.id), currency=order.currency, name="Gift card",
            app_identifier=GIFT_CARD_PAYMENT_GATEWAY_ID, authorized_value=value,
            gift_card_id=key("GiftCard", card.id), available_actions=["charge"],
        )  # fmt: skip
        item.events.create(
            type="authorization_success", amount_value=value, currency=order.currency,
            psp_reference="card-1", include_in_calculations=True,
        )  # fmt: skip
        charge_gift_card_transactions(model("order.Order").objects.get(pk=key("Order", order.id)))
        self._count_charges(order)
        return next(row for row in self.shop.payments(order.id))

    def payment_app(self, answer: str) -> Any:
        """A payment app that is asked for refunds of transactions; yields what it was asked."""
        return tests.gateways.payment_app(answer)

    def grants(self, order: port.Order) -> Any:
        """The order's granted refunds."""
        return model("order.OrderGrantedRefund").objects.filter(order_id=key("Order", order.id))

    def report(self, order: port.Order, key_: str, *, kind: str = "refund_success") -> None:
        """The payment app reports what became of the refund that was asked for with that key."""
        from saleor.payment.transaction_item_calculations import recalculate_transaction_amounts

        asked = model("payment.TransactionEvent").objects.get(
            transaction__order_id=key("Order", order.id), idempotency_key=key_
        )
        item = asked.transaction
        item.events.create(
            type=kind, amount_value=asked.amount_value, currency=item.currency, psp_reference="psp-2",
            include_in_calculations=True, related_granted_refund=asked.related_granted_refund,
        )  # fmt: skip
        recalculate_transaction_amounts(item)

    def notifications(self) -> Any:
        """The notifications that Saleor 3 sends to customers; yields their kinds."""
        return tests.gateways.notifications()

    def on_commit(self) -> Any:
        """Run what waits for the commit at the end of the block, inside the test's transaction."""
        return tests.gateways.on_commit()
