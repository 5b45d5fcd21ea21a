"""Saleor 3.21 and later: channels with currencies and warehouses, discounts spread over the lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid

from .client import SaleorClient
from .dialect import Run, Terms

Node = Mapping[str, Any]


class Saleor3:
    """See `source.Dialect`."""

    name = "v3"

    def channel(self, given: str) -> str:
        """The given one."""
        return given

    def terms(self, data: Node) -> dict[str, Terms]:
        """Of every channel."""
        return {
            item["slug"]: Terms(
                item["currencyCode"],
                item["taxConfiguration"]["pricesEnteredWithTax"],
                item["taxConfiguration"]["chargeTaxes"],
            )
            for item in data["channels"] or []
        }

    def warehouses(self, data: Node, channel: str) -> frozenset[str] | None:
        """The channel's; raises Invalid without such a channel."""
        found = next((item for item in data["channels"] or [] if item["slug"] == channel), None)
        if found is None:
            known = ", ".join(item["slug"] for item in data["channels"] or [])
            raise Invalid(f"Choose a channel: {known}.", field="channel", code="NOT_FOUND")
        return frozenset(warehouse["id"] for warehouse in found["warehouses"])

    def variables(self, channel: str, barcode: str) -> dict[str, Any]:
        """The channel, and the metadata that holds the barcode."""
        return {"channel": channel, "barcode": barcode}

    def product(self, run: Run, key: str) -> dict[str, Any] | None:
        """As it is."""
        return run("Product", id=key)["product"]

    def fill(self, client: SaleorClient, nodes: list[dict[str, Any]]) -> None:
        """They tell all."""

    def shown(self, node: Node) -> tuple[str, ...]:
        """The channels where it is published, and not only from a moment to come."""
        now = clock.now()
        return tuple(
            sorted(
                item["channel"]["slug"]
                for item in node["channelListings"] or []
                if item["isPublished"]
                and (not item["publishedAt"] or datetime.fromisoformat(item["publishedAt"]) <= now)
            )
        )

    def listed(self, node: Node, channel: str) -> bool:
        """Whether it has a listing there."""
        return any(item["channel"]["slug"] == channel for item in node["channelListings"] or [])

    def metadata(self, node: Node, key: str) -> str:
        """Only that key was asked for."""
        return node["barcode"] or ""

    def taxable(self, product: Node, taxed: bool, untaxed: frozenset[str]) -> bool:
        """Its tax class, or its type's; without one the country's own rate holds."""
        found = product["taxClass"] or product["productType"]["taxClass"]
        return taxed and not (found and found["id"] in untaxed)

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
