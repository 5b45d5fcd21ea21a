"""Products whose attributes stay untold: Saleor 2.10 shows an app those of published products only.

They must not look as if they had none: options, metafields, barcodes and, as a sale is not told either,
prices stay as they are in Shopify.
"""

from __future__ import annotations

from dataclasses import replace

from .match import match_variants
from .model import Product


def completed(wanted: Product, seen: Product) -> Product:
    """`wanted` with the attributes and prices of `seen`. Variants that Shopify lacks have to wait."""
    pairs = match_variants(wanted, seen)
    variants = tuple(
        replace(
            variant,
            values=found.values,
            price=found.price,
            compare_at=found.compare_at,
            metafields=found.metafields,
            barcode=variant.barcode or found.barcode,
        )
        for variant in wanted.variants
        if (found := pairs.get(variant.key))
    )
    if not variants:
        return replace(wanted, refused="Saleor does not tell the attributes of an unpublished product")
    return replace(wanted, options=seen.options, metafields=seen.metafields, variants=variants)
