"""Reading a Shopify store into the normal form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.model import Picture, Place, Product, Variant
from .client import Client

Node = Mapping[str, Any]
PAGE = 10
_FILE = re.compile(r"/saleor-([0-9a-f]{16})[._]")
_GRAMS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "OUNCES": 28.349523125, "POUNDS": 453.59237}


@dataclass(frozen=True)
class StoreInfo:
    """What the store is."""

    name: str
    domain: str
    currency: str
    taxes_included: bool
    locations: tuple[Place, ...]


class Reader:
    """Reads with one client. `picture_of` names pictures by media gid, where our tables know them."""

    def __init__(self, client: Client, currency: str = "", picture_of: dict[str, str] | None = None):
        self.client, self.currency, self.picture_of = client, currency, picture_of or {}

    def store(self) -> StoreInfo:
        """The shop and its active locations, the oldest first."""
        data = self.client.run("BridgeStore")
        shop, nodes = data["shop"], data["locations"]["nodes"]
        active = sorted((node for node in nodes if node["isActive"]), key=lambda node: _number(node["id"]))
        places = tuple(Place(n["id"], n["name"], n["address"]["countryCode"] or "") for n in active)
        return StoreInfo(
            shop["name"], shop["myshopifyDomain"], shop["currencyCode"], shop["taxesIncluded"], places
        )

    def products(self) -> Iterator[Product]:
        """Every product, page by page."""
        after = None
        while True:
            page = self.client.run("BridgeProducts", first=PAGE, after=after)["products"]
            yield from (self._product(node) for node in page["nodes"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return

    def product(self, gid: str) -> Product | None:
        """One product by its gid."""
        node = self.client.run("BridgeProduct", id=gid)["product"]
        return self._product(node) if node else None

    def product_by_key(self, key: str) -> Product | None:
        """The product that carries a Saleor id."""
        node = self.client.run("BridgeProductByKey", key=key)["productByIdentifier"]
        return self._product(node) if node else None

    def product_of(self, node: Node) -> Product:
        """A product from a mutation's payload."""
        return self._product(node)

    def levels(self, items: list[str], location: str) -> dict[str, int | None]:
        """Free units of inventory items at a location; None where one is not stocked there."""
        found: dict[str, int | None] = {}
        for start in range(0, len(items), 200):
            nodes = self.client.run("BridgeLevels", ids=items[start : start + 200], location=location)[
                "nodes"
            ]
            for node in nodes:
                if node:
                    level = node["inventoryLevel"]
                    found[node["id"]] = level["quantities"][0]["quantity"] if level else None
        return found

    def defined(self, owner: str) -> bool:
        """Whether objects of an owner type (PRODUCT, ORDER, ...) can carry Saleor's id."""
        return bool(self.client.run("BridgeDefinitions", owner=owner)["metafieldDefinitions"]["nodes"])

    def order(self, gid: str) -> Node | None:
        """An order with its lines, fulfilment orders and fulfilments, as Shopify tells it."""
        return self.client.run("BridgeOrder", id=gid)["order"]

    def order_by_key(self, key: str) -> Node | None:
        """The order that carries a Saleor id."""
        return self.client.run("BridgeOrderByKey", key=key)["orderByIdentifier"]

    def _product(self, node: Node) -> Product:
        gid = node["id"]
        options = tuple(option["name"] for option in node["options"])
        variants = self._all(node["variants"], "BridgeMoreVariants", gid, "product", "variants")
        media = self._all(node["media"], "BridgeMoreMedia", gid, "product", "media")
        return Product(
            key=_value(node["metafield"]),
            title=node["title"],
            html=node["descriptionHtml"],
            handle=node["handle"],
            kind=node["productType"],
            status=node["status"],
            options=options,
            gid=gid,
            variants=tuple(self._variant(item) for item in variants),
            pictures=tuple(self._picture(item) for item in media if item["mediaContentType"] == "IMAGE"),
            seo_title=node["seo"]["title"] or "",
            seo_description=node["seo"]["description"] or "",
        )

    def _all(self, page: Node, more: str, gid: str, root: str, field: str) -> list[Node]:
        """The nodes of a nested connection, reading on where it has more than came with its parent."""
        nodes = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            page = self.client.run(more, id=gid, after=page["pageInfo"]["endCursor"])[root][field]
            nodes += page["nodes"]
        return nodes

    def _variant(self, node: Node) -> Variant:
        item = node["inventoryItem"]
        levels = self._all(
            item["inventoryLevels"], "BridgeMoreLevels", item["id"], "inventoryItem", "inventoryLevels"
        )
        weight = item["measurement"]["weight"]
        return Variant(
            key=_value(node["metafield"]),
            sku=node["sku"] or "",
            price=self._minor(node["price"]) or 0,
            compare_at=self._minor(node["compareAtPrice"]),
            cost=self._minor(item["unitCost"]["amount"]) if item["unitCost"] else None,
            grams=round(float(weight["value"]) * _GRAMS[weight["unit"]])
            if weight and weight["value"]
            else None,
            values=tuple(option["value"] for option in node["selectedOptions"]),
            tracked=item["tracked"],
            ships=item["requiresShipping"],
            gid=node["id"],
            item_gid=item["id"],
            stock={level["location"]["id"]: level["quantities"][0]["quantity"] for level in levels},
        )

    def _picture(self, node: Node) -> Picture:
        url = (node.get("image") or {}).get("url") or ""
        named = _FILE.search(url)
        key = self.picture_of.get(node["id"]) or (named[1] if named else "")
        return Picture(key=key, alt=node["alt"] or "", gid=node["id"], status=node["status"])

    def _minor(self, amount: Any) -> int | None:
        if amount is None:
            return None
        step = Decimal(1).scaleb(-exponent(self.currency))
        return to_minor(Decimal(str(amount)).quantize(step, ROUND_HALF_UP), self.currency)


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[-1])


def _value(metafield: Node | None) -> str:
    return metafield["value"] if metafield else ""
