"""A product that is too large for Shopify in parts, each a product there with a key of its own.

Which part a variant is in depends on the variant, not on the others, so that parts stay what they are when
variants come and go: first by the values of the options Shopify has no room for, then, where a part still has
too many variants, by the bits of a digest of the variant's key. What was parted once stays parted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from hashlib import sha256

from .model import DEFAULT_OPTION, DEFAULT_VALUE, Product, Variant

MAX_VARIANTS, MAX_OPTIONS = 2048, 3
_DIGITS = 10


def is_part(key: str) -> bool:
    """Whether a key names a part of a Saleor product."""
    return "#" in key


def parts(product: Product, known: Collection[str] = ()) -> list[Product]:
    """The product itself, or its parts in the order of their first variants.

    `known` are the keys of parts that are there already.
    """
    suffixes = {key.partition("#")[2] for key in known if key.startswith(f"{product.key}#")}
    small = len(product.variants) <= MAX_VARIANTS and len(product.options) <= MAX_OPTIONS
    if product.refused or (small and not suffixes):
        return [product]
    found = []
    for chosen, variants in _by_options(product, suffixes).items():
        name = _digest(*chosen) if chosen else "all"
        for bits, some in _blocks(variants, "", {s[len(name) :] for s in suffixes if s.startswith(name)}):
            found.append(_part(product, chosen, f"{name}{bits}", some))
    return found


def _by_options(product: Product, suffixes: set[str]) -> dict[tuple[str, ...], list[Variant]]:
    """Variants by their values of the first options: as many as Shopify has no room for, or the first when
    there are too many variants and it has more than one value."""
    count = max(0, len(product.options) - MAX_OPTIONS)
    whole = any(suffix.startswith("all") for suffix in suffixes)
    if not count and not whole and len(product.options) > 1:
        count = 1
    groups: dict[tuple[str, ...], list[Variant]] = {}
    for variant in product.variants:
        groups.setdefault(variant.values[:count], []).append(variant)
    return groups


def _blocks(variants: list[Variant], bits: str, known: set[str]) -> Iterator[tuple[str, list[Variant]]]:
    deeper = any(len(other) > len(bits) and other.startswith(bits) for other in known)
    if len(variants) <= MAX_VARIANTS and not deeper:
        yield bits, variants
        return
    for bit in ("0", "1"):
        some = [variant for variant in variants if _bits(variant)[len(bits)] == bit]
        if some:
            yield from _blocks(some, bits + bit, known)


def _bits(variant: Variant) -> str:
    return f"{int(sha256(variant.key.encode()).hexdigest(), 16):0256b}"


def _digest(*values: str) -> str:
    return sha256("\0".join(values).encode()).hexdigest()[:_DIGITS] + "."


def _part(product: Product, chosen: tuple[str, ...], name: str, variants: list[Variant]) -> Product:
    bits = name.partition(".")[2] if chosen else name.removeprefix("all")
    said = " / ".join(chosen) + (f" ({int(bits, 2) + 1})" if bits else "")
    options = product.options[len(chosen) :] or (DEFAULT_OPTION,)
    return replace(
        product,
        key=f"{product.key}#{name}",
        title=f"{product.title} – {said}" if said else product.title,
        handle=f"{product.handle}-{name.rstrip('.').replace('.', '-')}",
        options=options,
        variants=tuple(
            replace(variant, values=variant.values[len(chosen) :] or (DEFAULT_VALUE,)) for variant in variants
        ),
    )
