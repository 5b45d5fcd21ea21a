"""Saleor 3.21 and later: channels with currencies and warehouses, discounts spread over the lines."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from saleor_plugins.kernel.errors import Invalid

Node = Mapping[str, Any]


class Saleor3:
    """See `source.Dialect`."""

    name = "v3"

    def shop(self, data: Node, channel: str) -> tuple[str, bool, frozenset[str] | None]:
        """The channel's currency, tax setting and warehouses; raises Invalid without such a channel."""
        found = next((item for item in data["channels"] or [] if item["slug"] == channel), None)
        if found is None:
            known = ", ".join(item["slug"] for item in data["channels"] or [])
            raise Invalid(f"Choose a channel: {known}.", field="channel", code="NOT_FOUND")
        places = frozenset(warehouse["id"] for warehouse in found["warehouses"])
        return found["currencyCode"], found["taxConfiguration"]["pricesEnteredWithTax"], places

    def variables(self, channel: str) -> dict[str, Any]:
        """The channel."""
        return {"channel": channel}

    def published(self, node: Node, channel: str) -> bool:
        """The flag of the product's listing in the channel."""
        listings = node["channelListings"] or []
        return any(item["isPublished"] for item in listings if item["channel"]["slug"] == channel)

    def cost(self, variant: Node, channel: str) -> Node | None:
        """The cost price of the variant's listing."""
        listings = variant["channelListings"] or []
        return next((item["costPrice"] for item in listings if item["channel"]["slug"] == channel), None)

    def line_total(self, line: Node) -> tuple[Decimal, Decimal]:
        """The stored total, after all discounts."""
        price = line["totalPrice"]
        return Decimal(price["net"]["amount"]), Decimal(price["gross"]["amount"])

    def discount(self, order: Node) -> tuple[Decimal, str]:
        """3.x has spread every discount over lines and shipping, so nothing is left to take off."""
        return Decimal(0), ""

    def paid(self, order: Node) -> Decimal:
        """What was charged, by payments and transactions."""
        return Decimal(order["totalCharged"]["amount"])
