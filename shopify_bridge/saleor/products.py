"""A Saleor product in the normal form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.model import DEFAULT_OPTION, Collection, MarketPrice, Picture, Product, Units, Variant
from ..domain.policy import Policy
from ..domain.richtext import to_html
from .attributes import metafields_of, text_of
from .dialect import Dialect, Terms
from .lookups import Lookups
from .normal import BY_NAME, UnpricedError, grams_of, options_of, pictures_of, texts_of, values_of

Node = Mapping[str, Any]
# Prices of another channel, as nodes by variant.
Elsewhere = Mapping[str, Mapping[str, Node]]


@dataclass(frozen=True)
class Shelf:
    """How one channel's products are read. `languages`: the policy's name of each language Saleor names."""

    dialect: Dialect
    channel: str
    terms: Mapping[str, Terms]
    policy: Policy
    languages: Mapping[str, str]
    lookups: Lookups

    def product(self, node: Node, elsewhere: Elsewhere) -> Product:
        """A product; variants that the channel does not sell are left out."""
        variants = node["variants"] or []
        barcode = self.policy.barcode
        options = options_of(variants, barcode)
        made = []
        for variant, values in zip(variants, values_of(variants, options, barcode), strict=True):
            try:
                made.append(self._variant(variant, node, values, options, elsewhere))
            except UnpricedError:
                continue
        shown = self.dialect.shown(node)
        return Product(
            key=node["id"],
            title=node["name"],
            html=to_html(node["descriptionJson"]),
            handle=node["slug"],
            kind=node["productType"]["name"],
            status="ACTIVE" if self.channel in shown else "DRAFT",
            options=options,
            variants=tuple(made),
            pictures=pictures_of(node["images"] or []),
            seo_title=node["seoTitle"] or "",
            seo_description=node["seoDescription"] or "",
            metafields=metafields_of(node["attributes"], self.policy.attributes, barcode),
            collections=self._collections(node),
            published=shown,
            translations=texts_of(node, self.languages),
            updated=_latest(node, variants),
            partial=node.get("partial", False),
        )

    def collection(self, node: Node, shown: tuple[str, ...]) -> Collection:
        """A collection or a category."""
        image = node["backgroundImage"]
        return Collection(
            key=node["id"],
            title=node["name"],
            html=to_html(node["descriptionJson"]),
            handle=node["slug"],
            seo_title=node["seoTitle"] or "",
            seo_description=node["seoDescription"] or "",
            picture=Picture("", image["url"], image["alt"] or "") if image and image["url"] else None,
            published=shown,
            translations=texts_of(node, self.languages),
        )

    def _collections(self, node: Node) -> tuple[str, ...]:
        found = [
            item["id"]
            for item in (node["collections"] or [] if self.policy.collections else [])
            if self.dialect.listed(item, self.channel)
        ]
        if self.policy.categories and node["category"]:
            found += self.lookups.above(node["category"]["id"])
        return tuple(found)

    def _variant(
        self,
        node: Node,
        product: Node,
        values: tuple[str, ...],
        options: tuple[str, ...],
        elsewhere: Elsewhere,
    ) -> Variant:
        price, before = self._prices(node["pricing"], self.terms[self.channel])
        cost = self.dialect.cost(node, self.channel)
        weight = node["weight"] or product["weight"] or product["productType"]["weight"]
        # Attributes that tell no variants apart are worth showing all the same.
        chosen_by = () if options not in ((BY_NAME,), (DEFAULT_OPTION,)) else tuple(node["attributes"])
        described = [*node.get("described", ()), *chosen_by]
        return Variant(
            key=node["id"],
            sku=node["sku"] or "",
            price=price,
            compare_at=before,
            cost=minor(cost["amount"], self.terms[self.channel].currency) if cost else None,
            grams=grams_of(weight),
            values=values,
            tracked=bool(node["trackInventory"]),
            ships=bool(product["productType"]["isShippingRequired"]),
            barcode=self._barcode(node, product),
            taxable=self.dialect.taxable(product, self.terms[self.channel].taxed, self.lookups.untaxed),
            metafields=metafields_of(described, self.policy.attributes, self.policy.barcode),
            stock={place: units.free for place, units in units_of(node).items()},
            prices=self._markets(node["id"], elsewhere),
        )

    def _barcode(self, node: Node, product: Node) -> str:
        """The variant's own, or the product's where it has one variant only."""
        key = self.policy.barcode
        if not key:
            return ""
        places = [node] + ([product] if len(product["variants"]) == 1 else [])
        for place in places:
            selected = [*place["attributes"], *place.get("described", ())]
            if found := text_of(selected, key) or self.dialect.metadata(place, key):
                return found
        return ""

    def _markets(self, key: str, elsewhere: Elsewhere) -> dict[str, MarketPrice]:
        found = {}
        for channel, nodes in elsewhere.items():
            terms = self.terms[channel]
            try:
                price, before = self._prices(nodes.get(key), terms)
            except UnpricedError:
                continue
            found[channel] = MarketPrice(price, terms.currency, before)
        return found

    @staticmethod
    def _prices(pricing: Node | None, terms: Terms) -> tuple[int, int | None]:
        """The price, and the one before it: before the sale, or the prior price the merchant entered."""
        if not pricing or not pricing["price"]:
            raise UnpricedError
        price = _entered(pricing["price"], terms)
        full = _entered(pricing["priceUndiscounted"] or pricing["price"], terms)
        prior = _entered(pricing["pricePrior"], terms) if pricing.get("pricePrior") else 0
        before = max(full, prior)
        return price, before if before > price else None


def _entered(taxed: Node, terms: Terms) -> int:
    """The price as the merchant entered it: with taxes or without."""
    return minor(taxed["gross" if terms.with_tax else "net"]["amount"], terms.currency)


def minor(amount: Any, currency: str) -> int:
    """Minor units. A percentage off can leave fractions of a cent; Saleor charges them rounded half up."""
    exact = Decimal(amount).quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)
    return to_minor(exact, currency)


def units_of(variant: Node) -> dict[str, Units]:
    """The stocks of a variant by warehouse."""
    return {
        stock["warehouse"]["id"]: Units(
            stock["quantity"],
            stock["quantity"] - stock["quantityAllocated"] - stock.get("quantityReserved", 0),
        )
        for stock in variant["stocks"] or []
    }


def _latest(product: Node, variants: list[Node]) -> str:
    """When the product or a variant was last changed, in UTC."""
    moments = [
        datetime.fromisoformat(node["updatedAt"]) for node in [product, *variants] if node.get("updatedAt")
    ]
    return max(moments).astimezone(UTC).isoformat() if moments else ""
