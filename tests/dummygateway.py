"""Stands in for Saleor's dummy gateway, which 3.24 drops: the same id, every refund succeeds."""

from __future__ import annotations

from typing import Any

from saleor.payment import TransactionKind
from saleor.payment.interface import GatewayResponse
from saleor.plugins.base_plugin import BasePlugin


def refund(data: Any, config: Any) -> GatewayResponse:
    return GatewayResponse(
        is_success=True,
        action_required=False,
        kind=TransactionKind.REFUND,
        amount=data.amount,
        currency=data.currency,
        transaction_id=data.token or "",
        error=None,
    )


class StandInDummyGatewayPlugin(BasePlugin):
    PLUGIN_ID = "mirumee.payments.dummy"
    PLUGIN_NAME = "Dummy"
    DEFAULT_ACTIVE = True
    DEFAULT_CONFIGURATION: list[dict[str, Any]] = []

    def refund_payment(self, payment_information: Any, previous_value: Any) -> Any:
        return refund(payment_information, None) if self.active else previous_value
