"""Saleor 2.10: one currency, no channels, discounts on the order."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from saleor_plugins.kernel import clock

from .client import SaleorClient
from .dialect import ONLY_CHANNEL, Run, Terms
from .hidden import add_chosen, hidden

Node = Mapping[str, Any]


class Saleor2:
    """See `source.Dialect`."""

    name = "v2"

    def channel(self, given: str) -> str:
        """There is one."""
        return ONLY_CHANNEL

    def terms(self, data: Node) -> dict[str, Terms]:
        """The shop's own currency and tax setting."""
        shop = data["shop"]
        return {ONLY_CHANNEL: Terms(shop["defaultCurrency"], shop["includeTaxesInPrices"])}

    def warehouses(self, data: Node, channel: str) -> frozenset[str] | None:
        """All."""
        return None

    def variables(self, channel: str, barcode: str) -> dict[str, Any]:
        """Nothing."""
        return {}

    def product(self, run: Run, key: str) -> dict[str, Any] | None:
        """Published or not."""
        return run("Product", id=key)["product"] or hidden(run, key)

    def fill(self, client: SaleorClient, nodes: list[dict[str, Any]]) -> None:
        """Attributes and prices, as far as an app may see them."""
        add_chosen(client, nodes)

    def shown(self, node: Node) -> tuple[str, ...]:
        """Published, and not only from a day to come."""
        day = node["publicationDate"]
        now = not day or day <= clock.now().date().isoformat()
        return (ONLY_CHANNEL,) if node["isPublished"] and now else ()

    def listed(self, node: Node, channel: str) -> bool:
        """All do."""
        return True

    def metadata(self, node: Node, key: str) -> str:
        """All of it came."""
        return next((item["value"] for item in node["metadata"] if item["key"] == key), "")

    def taxable(self, product: Node, taxed: bool, untaxed: frozenset[str]) -> bool:
        """The product's own flag."""
        return bool(product["chargeTaxes"])

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
