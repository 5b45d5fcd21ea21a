"""Reading a Shopify store into the normal form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.model import Picture, Place, Product, Variant
from .bulk import run_query
from .client import Client
from .shape import Shape

Node = Mapping[str, Any]
PAGE = 25
# Stores with more products are read by a bulk query, which costs no points.
MANY = 250
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
    """Reads with one client. `picture_of` names pictures by media gid, where our tables know them; `shape`
    says what is read of a product besides what every product has."""

    def __init__(
        self,
        client: Client,
        currency: str = "",
        picture_of: dict[str, str] | None = None,
        shape: Shape | None = None,
    ):
        self.client, self.currency, self.shape = client, currency, shape or Shape()
        self.picture_of = picture_of if picture_of is not None else {}
        self.name_of: Callable[[str], str] = lambda gid: self.picture_of.get(gid, "")

    def store(self) -> StoreInfo:
        """The shop and its active locations, the oldest first."""
        data = self.client.run("BridgeStore")
        shop, nodes = data["shop"], data["locations"]["nodes"]
        active = sorted((node for node in nodes if node["isActive"]), key=lambda node: _number(node["id"]))
        places = tuple(Place(n["id"], n["name"], n["address"]["countryCode"] or "") for n in active)
        return StoreInfo(
            shop["name"], shop["myshopifyDomain"], shop["currencyCode"], shop["taxesIncluded"], places
        )

    def count(self) -> int:
        """How many products there are."""
        return self.client.run("BridgeCount")["productsCount"]["count"]

    def nodes(self) -> Iterator[Node]:
        """Every product as Shopify tells it, page by page."""
        yield from self.client.pages(self.shape.document("BridgeProducts"), "products", first=PAGE)

    def lines(self) -> Iterator[Node]:
        """Every product by one bulk query: products, and what belongs to them with its `__parentId`.

        Raises BulkRefused and BulkFailed.
        """
        yield from run_query(self.client, self.shape.bulk())

    def products(self) -> Iterator[Product]:
        """Every product, page by page."""
        yield from (self.product_of(node) for node in self.nodes())

    def product(self, gid: str) -> Product | None:
        """One product by its gid."""
        node = self.client.run(self.shape.document("BridgeProduct"), id=gid)["product"]
        return self.product_of(node) if node else None

    def product_by_key(self, key: str) -> Product | None:
        """The product that carries a Saleor id."""
        document = self.shape.document("BridgeProductByKey")
        node = self.client.run(document, key=key)["productByIdentifier"]
        return self.product_of(node) if node else None

    def products_with(self, skus: Collection[str]) -> list[Product]:
        """Products that have one of `skus`, whatever their case."""
        found: dict[str, Product] = {}
        wanted = sorted({sku for sku in skus if sku})
        for start in range(0, len(wanted), 20):
            part = wanted[start : start + 20]
            query = " OR ".join(f"sku:{_quoted(sku)}" for sku in part)
            nodes = self.client.run("BridgeSku", first=100, query=query)["productVariants"]["nodes"]
            folded = {sku.casefold() for sku in part}
            for node in nodes:
                gid = node["product"]["id"]
                # Shopify's search may find more than was asked for.
                if (node["sku"] or "").casefold() in folded and gid not in found:
                    product = self.product(gid)
                    if product:
                        found[gid] = product
        return list(found.values())

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

    def definitions(self) -> dict[str, str | None]:
        """The type of the metafield for Saleor's id by owner type (PRODUCT, ORDER, ...); None: undefined."""
        found = self.client.run("BridgeDefinitions").items()
        return {owner: page["nodes"][0]["type"]["name"] if page["nodes"] else None for owner, page in found}

    def defined(self, owner: str) -> bool:
        """Whether objects of an owner type can carry Saleor's id."""
        return self.definitions()[owner] is not None

    def order(self, gid: str) -> Node | None:
        """An order with its lines, fulfilment orders and fulfilments, as Shopify tells it."""
        return self.client.run("BridgeOrder", id=gid)["order"]

    def order_by_key(self, key: str) -> Node | None:
        """The order that carries a Saleor id."""
        return self.client.run("BridgeOrderByKey", key=key)["orderByIdentifier"]

    def product_of(self, node: Node) -> Product:
        """A product from what a query, a mutation or a bulk operation told of it."""
        gid = node["id"]
        media = self._all(node, "media", "BridgeMoreMedia")
        return Product(
            key=_value(node["metafield"]),
            title=node["title"],
            html=node["descriptionHtml"] or "",
            handle=node["handle"],
            kind=node["productType"] or "",
            status=node["status"],
            options=tuple(option["name"] for option in node["options"]),
            gid=gid,
            variants=tuple(self._variant(item) for item in self._all(node, "variants", "BridgeMoreVariants")),
            pictures=tuple(self._picture(item) for item in media if item["mediaContentType"] == "IMAGE"),
            seo_title=node["seo"]["title"] or "",
            seo_description=node["seo"]["description"] or "",
            metafields=self.shape.metafields(node),
            collections=tuple(
                item["id"]
                for item in self._all(node, "collections", "BridgeMoreCollections")
                if by_hand(item)
            ),
            published=self.shape.published(node),
            translations=self.shape.translations(node),
            updated=node["updatedAt"],
        )

    def _all(self, node: Node, field: str, more: str) -> list[Node]:
        """The nodes of a nested connection, reading on where it has more than came with its parent."""
        page = node[field]
        nodes = list(page["nodes"])
        while page.get("pageInfo", {}).get("hasNextPage"):
            document = self.shape.document(more)
            page = self.client.run(document, id=node["id"], after=page["pageInfo"]["endCursor"])["product"][
                field
            ]
            nodes += page["nodes"]
        return nodes

    def _variant(self, node: Node) -> Variant:
        item = node["inventoryItem"]
        weight = item["measurement"]["weight"]
        return Variant(
            key=_value(node["metafield"]),
            sku=node["sku"] or "",
            price=self.minor(node["price"]) or 0,
            compare_at=self.minor(node["compareAtPrice"]),
            cost=self.minor(item["unitCost"]["amount"]) if item["unitCost"] else None,
            grams=(round(float(weight["value"]) * _GRAMS[weight["unit"]]) or None)
            if weight and weight["value"]
            else None,
            values=tuple(option["value"] for option in node["selectedOptions"]),
            tracked=item["tracked"],
            ships=item["requiresShipping"],
            barcode=node["barcode"] or "",
            taxable=node["taxable"],
            metafields=self.shape.metafields(node),
            gid=node["id"],
            item_gid=item["id"],
            stock=self.shape.stock(item),
        )

    def _picture(self, node: Node) -> Picture:
        url = (node.get("image") or {}).get("url") or ""
        named = _FILE.search(url)
        key = self.name_of(node["id"]) or (named[1] if named else "")
        return Picture(key=key, alt=node["alt"] or "", gid=node["id"], status=node["status"])

    def minor(self, amount: Any) -> int | None:
        """Minor units of an amount."""
        if amount is None:
            return None
        step = Decimal(1).scaleb(-exponent(self.currency))
        return to_minor(Decimal(str(amount)).quantize(step, ROUND_HALF_UP), self.currency)


def by_hand(collection: Node) -> bool:
    """Whether products are put into a collection by hand; none of its sources has conditions."""
    sources = collection.get("sources") or []
    return not any((source.get("inclusion") or {}).get("conditions") for source in sources)


def _number(gid: str) -> int:
    return int(gid.rsplit("/", 1)[-1])


def _value(metafield: Node | None) -> str:
    return metafield["value"] if metafield else ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
