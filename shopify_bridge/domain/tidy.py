"""What Saleor allows and Shopify would change or refuse: mended where nothing is lost, else refused.

What Shopify would silently store otherwise would be planned again and again.
"""

from __future__ import annotations

from dataclasses import replace

from .model import Metafield, Picture, Product, Variant

MAX_TEXT, MAX_ALT, MAX_HTML = 255, 512, 512 * 1024
_ONE_LINE = ("single_line_text_field", "url", "id")


def tidy(product: Product) -> Product:
    """`product` as Shopify will keep it; `refused` where it cannot."""
    spelled, twins = _spelling(product)
    variants = tuple(_variant(variant, spelled) for variant in product.variants)
    given = replace(
        product,
        title=_line(product.title),
        html=product.html.strip(),
        kind=_line(product.kind)[:MAX_TEXT],
        seo_title=_line(product.seo_title),
        seo_description=_line(product.seo_description),
        options=tuple(_line(name) for name in product.options),
        variants=variants,
        pictures=tuple(_picture(picture) for picture in product.pictures),
        metafields=_metafields(product.metafields),
    )
    return given if given.refused else replace(given, refused=_wrong(given) or twins)


def _wrong(product: Product) -> str:
    if not product.title:
        return "it has no title"
    if len(product.title) > MAX_TEXT:
        return f"its title is longer than {MAX_TEXT} characters"
    if len(product.html.encode()) > MAX_HTML:
        return f"its description is longer than {MAX_HTML // 1024} KB"
    if len({name.casefold() for name in product.options}) < len(product.options):
        return "two of its options have the same name"
    for variant in product.variants:
        if len(variant.sku) > MAX_TEXT:
            return f"a SKU is longer than {MAX_TEXT} characters"
        if any(not value or len(value) > MAX_TEXT for value in variant.values):
            return f"an option value is empty or longer than {MAX_TEXT} characters"
        if variant.price < 0 or (variant.cost or 0) < 0 or (variant.grams or 0) < 0:
            return f"a price or weight of {variant.sku or ' / '.join(variant.values)} is negative"
    return ""


def _spelling(product: Product) -> tuple[list[dict[str, str]], str]:
    """By option: how each value is written. Shopify takes values that differ only in case for one."""
    spelled: list[dict[str, str]] = [{} for _ in product.options]
    for variant in product.variants:
        for names, value in zip(spelled, variant.values, strict=False):
            names.setdefault(_line(value).casefold(), _line(value))
    seen: dict[tuple[str, ...], Variant] = {}
    for variant in product.variants:
        folded = tuple(_line(value).casefold() for value in variant.values)
        if folded in seen and seen[folded].values != variant.values:
            return spelled, f"two of its variants differ only in how {' / '.join(variant.values)} is written"
        seen[folded] = variant
    return spelled, ""


def _variant(variant: Variant, spelled: list[dict[str, str]]) -> Variant:
    return replace(
        variant,
        sku=variant.sku.strip(),
        barcode=_line(variant.barcode)[:MAX_TEXT],
        values=tuple(
            names[_line(value).casefold()] for names, value in zip(spelled, variant.values, strict=False)
        ),
        metafields=_metafields(variant.metafields),
        # Shopify shows a price before a sale only where it is higher.
        compare_at=variant.compare_at if (variant.compare_at or 0) > variant.price else None,
        grams=variant.grams or None,
    )


def _picture(picture: Picture) -> Picture:
    return replace(picture, alt=_line(picture.alt)[:MAX_ALT])


def _metafields(given: tuple[Metafield, ...]) -> tuple[Metafield, ...]:
    """One for each key, none without a value: Shopify refuses an empty one."""
    found = {item.key: item for item in given if item.value.strip()}
    return tuple(
        replace(item, value=_line(item.value)) if item.type in _ONE_LINE else item for item in found.values()
    )


def _line(text: str) -> str:
    return " ".join(text.split())
