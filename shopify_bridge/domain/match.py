"""Which Shopify product is which Saleor product: by our key first, then by SKU, never by guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from .model import Product, Variant


@dataclass(frozen=True)
class Match:
    """The Shopify product that belongs to a Saleor product, how it was found, or why none may be."""

    seen: Product | None = None
    by: str = ""
    refused: str = ""


def match_product(wanted: Product, by_key: Product | None, by_sku: Iterable[Product]) -> Match:
    """`by_key` carries our key; `by_sku` are all Shopify products that share a SKU with `wanted`, however it
    is written.

    A product found by SKU that carries the key of another Saleor product is not ours to take, two
    candidates are one too many, and a SKU written in other case is for the merchant to decide.
    """
    if by_key is not None:
        return Match(by_key, "key")
    # The other parts of a product that is split, and the whole it was before, share its SKUs.
    found = {product.gid: product for product in by_sku if base(product.key) != base(wanted.key)}
    mine = {variant.sku for variant in wanted.variants if variant.sku}
    exact = [product for product in found.values() if mine & {variant.sku for variant in product.variants}]
    others = [product for product in exact if product.key]
    if others:
        return Match(refused=f"a SKU of it is in “{others[0].title}”, the mirror of another product")
    if len(exact) > 1:
        titles = ", ".join(f"“{product.title}”" for product in exact[:3])
        return Match(refused=f"its SKUs are in more than one Shopify product: {titles}")
    if exact:
        return Match(exact[0], "SKU")
    return _alike(mine, [product for product in found.values() if not product.key])


def _alike(mine: set[str], found: list[Product]) -> Match:
    """A product the merchant made with the same SKU in other case: taking it would be a guess, and so would
    making it a second time."""
    folded = {fold(sku): sku for sku in mine}
    for product in found:
        for variant in product.variants:
            if variant.sku and fold(variant.sku) in folded:
                ours = folded[fold(variant.sku)]
                return Match(
                    refused=f"its SKU {ours} is written {variant.sku} in “{product.title}”; make them equal"
                )
    return Match()


def unkeyed(product: Product) -> Product:
    """A mirror of what Saleor has no more, as one of the merchant's own."""
    variants = tuple(replace(variant, key="") for variant in product.variants)
    return replace(product, key="", variants=variants)


def fold(sku: str) -> str:
    """A SKU without what people write one way or the other."""
    return sku.strip().casefold()


def base(key: str) -> str:
    """Saleor's id of a product, of which a split product's key is a part."""
    return key.partition("#")[0]


def match_variants(wanted: Product, seen: Product) -> dict[str, Variant]:
    """Shopify's variant for each of Saleor's, by variant key: our key, then the SKU, then the options.

    A SKU or options that two variants share decide nothing.
    """
    pairs: dict[str, Variant] = {}
    taken: set[str] = set()

    def join(name: Callable[[Variant], object], ours: list[Variant], theirs: list[Variant]) -> None:
        groups: dict[object, list[Variant]] = {}
        for other in theirs:
            groups.setdefault(name(other), []).append(other)
        mine: dict[object, list[Variant]] = {}
        for variant in ours:
            mine.setdefault(name(variant), []).append(variant)
        for what, (variant, *more) in mine.items():
            found = groups.get(what, [])
            if what and not more and len(found) == 1:
                pairs[variant.key] = found[0]
                taken.add(found[0].gid)

    def left() -> tuple[list[Variant], list[Variant]]:
        ours = [variant for variant in wanted.variants if variant.key not in pairs]
        return ours, [other for other in seen.variants if not other.key and other.gid not in taken]

    join(lambda variant: variant.key, list(wanted.variants), list(seen.variants))
    join(lambda variant: variant.sku, *left())
    if wanted.options == seen.options:
        join(lambda variant: variant.values, *left())
    return pairs
