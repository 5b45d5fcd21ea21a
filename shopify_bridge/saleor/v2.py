"""Saleor 2.10: one currency, no channels, discounts on the order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Node = Mapping[str, Any]


class Saleor2:
    """See `source.Dialect`."""

    name = "v2"

    def shop(self, data: Node, channel: str) -> tuple[str, bool, frozenset[str] | None]:
        """The shop's own currency and tax setting; all warehouses."""
        return data["shop"]["defaultCurrency"], data["shop"]["includeTaxesInPrices"], None

    def variables(self, channel: str) -> dict[str, Any]:
        """Nothing."""
        return {}

    def published(self, node: Node, channel: str) -> bool:
        """The product's own flag."""
        return bool(node["isPublished"])

    def cost(self, variant: Node, channel: str) -> Node | None:
        """The variant's cost price."""
        return variant["costPrice"]

    def line_total(self, line: Node) -> tuple[Decimal, Decimal]:
        """2.10 stores unit prices; its totals are units times those."""
        price = line["unitPrice"]
        return Decimal(price["net"]["amount"]) * line["quantity"], Decimal(price["gross"]["amount"]) * line[
            "quantity"
        ]

    def discount(self, order: Node) -> tuple[Decimal, str]:
        """A voucher is taken off the order's total, net and gross alike."""
        discount = order["discount"]
        return (Decimal(discount["amount"]) if discount else Decimal(0)), order["discountName"] or "Discount"

    def paid(self, order: Node) -> Decimal:
        """Captured payments."""
        return Decimal(order["totalCaptured"]["amount"]) if order["totalCaptured"] else Decimal(0)
