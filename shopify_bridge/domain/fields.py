"""What is mirrored of a product, field by field, and whose word counts.

Everything named here is Saleor's: an edit made in Shopify shows up in the plan and is set back by the
next apply. Everything else is Shopify's and is neither read nor written: tags, vendor, collections,
templates, further metafields, publication, the handle once the product exists, variants and
pictures that the merchant added there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .model import Product, Variant

SALEOR = "saleor"

PRODUCT: dict[str, Callable[[Product], Any]] = {
    "title": lambda product: product.title,
    "description": lambda product: product.html,
    "type": lambda product: product.kind,
    "status": lambda product: product.status,
    "seo title": lambda product: product.seo_title,
    "seo description": lambda product: product.seo_description,
}

VARIANT: dict[str, Callable[[Variant], Any]] = {
    "sku": lambda variant: variant.sku,
    "price": lambda variant: variant.price,
    "compare-at price": lambda variant: variant.compare_at,
    "cost": lambda variant: variant.cost,
    "weight": lambda variant: variant.grams,
    "options": lambda variant: variant.values,
    "tracked": lambda variant: variant.tracked,
    "requires shipping": lambda variant: variant.ships,
}
MONEY = {"price", "compare-at price", "cost"}
