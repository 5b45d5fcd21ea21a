"""Which Shopify product is which Saleor product: by our key first, then by SKU, never by guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Product, Variant


@dataclass(frozen=True)
class Match:
    """The Shopify product that belongs to a Saleor product, how it was found, or why none may be."""

    seen: Product | None = None
    by: str = ""
    refused: str = ""


def match_product(wanted: Product, by_key: Product | None, by_sku: Iterable[Product]) -> Match:
    """`by_key` carries our key; `by_sku` are all Shopify products that share a SKU with `wanted`.

    A product found by SKU that carries the key of another Saleor product is not ours to take, and two
    candidates are one too many.
    """
    if by_key is not None:
        return Match(by_key, "key")
    found = {product.gid: product for product in by_sku}
    others = [product for product in found.values() if product.key and product.key != wanted.key]
    if others:
        return Match(refused=f"a SKU of it is in “{others[0].title}”, the mirror of another product")
    if len(found) > 1:
        titles = ", ".join(f"“{product.title}”" for product in list(found.values())[:3])
        return Match(refused=f"its SKUs are in more than one Shopify product: {titles}")
    if found:
        return Match(next(iter(found.values())), "SKU")
    return Match()


def match_variants(wanted: Product, seen: Product) -> dict[str, Variant]:
    """Shopify's variant for each of Saleor's, by variant key: our key, then the SKU, then the options."""
    pairs: dict[str, Variant] = {}
    left = {variant.gid: variant for variant in seen.variants}

    def take(variant: Variant, candidates: list[Variant]) -> None:
        if len(candidates) == 1:
            pairs[variant.key] = candidates[0]
            del left[candidates[0].gid]

    for variant in wanted.variants:
        take(variant, [other for other in left.values() if other.key == variant.key])
    for variant in _unpaired(wanted, pairs):
        take(
            variant,
            [other for other in left.values() if variant.sku and not other.key and other.sku == variant.sku],
        )
    if wanted.options == seen.options:
        for variant in _unpaired(wanted, pairs):
            take(
                variant,
                [other for other in left.values() if not other.key and other.values == variant.values],
            )
    return pairs


def _unpaired(wanted: Product, pairs: dict[str, Variant]) -> list[Variant]:
    return [variant for variant in wanted.variants if variant.key not in pairs]
