"""What is mirrored of a product, field by field, and under which name the merchant says whose word counts.

Everything that is not named here is Shopify's and is neither read nor written: tags, vendor, templates,
further metafields, collections with rules, the handle once the product exists, variants and
pictures that the merchant added there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .model import Product, Variant

PRODUCT: Mapping[str, Callable[[Product], Any]] = {
    "title": lambda product: product.title,
    "description": lambda product: product.html,
    "type": lambda product: product.kind,
    "status": lambda product: product.status,
    "seo title": lambda product: product.seo_title,
    "seo description": lambda product: product.seo_description,
}

VARIANT: Mapping[str, Callable[[Variant], Any]] = {
    "sku": lambda variant: variant.sku,
    "price": lambda variant: variant.price,
    "compare-at price": lambda variant: variant.compare_at,
    "cost": lambda variant: variant.cost,
    "weight": lambda variant: variant.grams,
    "options": lambda variant: variant.values,
    "tracked": lambda variant: variant.tracked,
    "requires shipping": lambda variant: variant.ships,
    "barcode": lambda variant: variant.barcode,
    "taxable": lambda variant: variant.taxable,
}
MONEY = {"price", "compare-at price", "cost"}
# By field: the name in `policy.OWNABLE`. What is missing is Saleor's.
OWNED_AS: Mapping[str, str] = {
    "title": "title",
    "description": "description",
    "type": "type",
    "status": "status",
    "seo title": "seo",
    "seo description": "seo",
    "price": "price",
    "compare-at price": "price",
    "cost": "cost",
    "weight": "weight",
    "barcode": "barcode",
    "pictures": "pictures",
}
