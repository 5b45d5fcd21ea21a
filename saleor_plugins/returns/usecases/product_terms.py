"""What products tell of their returns before the sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Product

from ..domain.shown import KEYS, Goods, Lens, Shown
from .case import rules_now


@dataclass(frozen=True)
class Judge:
    """The rules of one moment, to read products by."""

    lens: Lens

    @classmethod
    def now(cls) -> Judge:
        """Those that count now."""
        rules = rules_now()
        return cls(Lens(rules.book, rules.policy, shop().currencies()))

    def goods(self, products: Sequence[Product]) -> list[Goods]:
        """The products as rules see them, in one query for all their categories."""
        above = shop().lineage({product.category_id for product in products if product.category_id})
        return [
            Goods(
                product.id,
                product.product_type_id,
                frozenset(above.get(product.category_id or "", ())),
                {**product.type_metadata, **product.metadata},
                not product.requires_shipping,
            )
            for product in products
        ]


def product_terms(product_id: str, country: str = "", channel: str = "") -> Shown:
    """What holds for the product in a country (ISO 3166) and a channel, for anybody who asks.

    Raises NotFound (``productId``), Invalid (``country``).
    """
    products = shop().products_of([product_id])
    if not products:
        raise NotFound("No such product.", field="productId")
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid('Must be a country, such as "DE".', field="country")
    judge = Judge.now()
    (goods,) = judge.goods(products)
    return judge.lens.show(goods, country.upper(), channel)


def metadata_of(products: Sequence[Product], judge: Judge | None) -> dict[str, dict[str, str | None]]:
    """By product what is to be set of its metadata where it is not so yet; without a judge it is removed."""
    found: dict[str, dict[str, str | None]] = {}
    told = [judge.lens.metadata(goods) for goods in judge.goods(products)] if judge else [{}] * len(products)
    for product, values in zip(products, told, strict=True):
        wanted = {key: values.get(key) for key in KEYS}
        changes = {key: value for key, value in wanted.items() if product.metadata.get(key) != value}
        if changes:
            found[product.id] = changes
    return found
