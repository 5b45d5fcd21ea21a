"""From the normal form to Shopify's input objects."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from saleor_plugins.kernel.money import from_minor

from ..domain import fields
from ..domain.match import match_variants
from ..domain.model import KEY, NAMESPACE, Picture, Product, Variant

Input = dict[str, Any]


def custom_id(key: str) -> Input:
    """How a mirrored object is named by Saleor's id."""
    return {"namespace": NAMESPACE, "key": KEY, "value": key}


def metafield(key: str) -> Input:
    """The metafield that carries Saleor's id."""
    return custom_id(key) | {"type": "id"}


def money(minor: int | None, currency: str) -> str | None:
    """An amount as Shopify's Money and Decimal scalars have it."""
    return None if minor is None else str(from_minor(minor, currency))


def create_product(product: Product, currency: str, places: Mapping[str, str]) -> Input:
    """productSet's input for a product that is not there; its stock comes with it: none is overwritten."""
    return {
        **_scalars(product, fields.PRODUCT.keys()),
        "handle": product.handle,
        "metafields": [metafield(product.key)],
        "productOptions": _options(product, product.variants),
        "variants": [new_variant(variant, product, currency, places) for variant in product.variants],
        "files": [_file(picture) for picture in product.pictures],
    }


def update_product(
    wanted: Product, seen: Product, changed: Collection[str], currency: str, places: Mapping[str, str]
) -> Input:
    """productSet's input with nothing but what changed; lists are whole, with what the merchant made in them.

    `changed` are the paths of the planned field changes. Empty when there is nothing for productSet to do.
    """
    given = _scalars(wanted, changed)
    if any(_is_variants(path) for path in changed):
        pairs = match_variants(wanted, seen)
        taken = {variant.gid for variant in pairs.values()}
        foreign = [variant for variant in seen.variants if variant.gid not in taken and not variant.key]
        given["productOptions"] = _options(wanted, (*wanted.variants, *foreign))
        given["variants"] = [
            _changed_variant(variant, pairs[variant.key], wanted, currency)
            if variant.key in pairs
            else new_variant(variant, wanted, currency, places)
            for variant in wanted.variants
        ] + [{"id": variant.gid, "optionValues": _values(wanted, variant)} for variant in foreign]
    if any(path.startswith("picture ") for path in changed):
        given["files"] = _files(wanted, seen)
    return given


def _is_variants(path: str) -> bool:
    return path == "options" or (path.startswith("variant ") and not path.endswith(" key"))


def _scalars(product: Product, names: Collection[str]) -> Input:
    every = {
        "title": ("title", product.title),
        "description": ("descriptionHtml", product.html),
        "type": ("productType", product.kind),
        "status": ("status", product.status),
    }
    given: Input = {target: value for name, (target, value) in every.items() if name in names}
    seo = {
        "seo title": ("title", product.seo_title),
        "seo description": ("description", product.seo_description),
    }
    if wanted := {target: value for name, (target, value) in seo.items() if name in names}:
        given["seo"] = wanted
    return given


def _options(product: Product, variants: Collection[Variant]) -> list[Input]:
    """Options with the values that variants use, in the order of their first use."""
    return [
        {"name": name, "values": [{"name": value} for value in dict.fromkeys(v.values[i] for v in variants)]}
        for i, name in enumerate(product.options)
    ]


def _values(product: Product, variant: Variant) -> list[Input]:
    return [
        {"optionName": name, "name": value}
        for name, value in zip(product.options, variant.values, strict=True)
    ]


def new_variant(variant: Variant, product: Product, currency: str, places: Mapping[str, str]) -> Input:
    """A variant with everything, stocked at every mapped place."""
    quantities = [
        {"locationId": place, "name": "available", "quantity": max(variant.stock.get(warehouse, 0), 0)}
        for warehouse, place in places.items()
    ]
    return {
        "optionValues": _values(product, variant),
        "metafields": [metafield(variant.key)],
        **_content(variant, fields.VARIANT.keys(), currency),
        **({"inventoryQuantities": quantities} if variant.tracked and quantities else {}),
    }


def _changed_variant(wanted: Variant, seen: Variant, product: Product, currency: str) -> Input:
    names = [name for name, value in fields.VARIANT.items() if value(wanted) != value(seen)]
    return {"id": seen.gid, "optionValues": _values(product, wanted), **_content(wanted, names, currency)}


def _content(variant: Variant, names: Collection[str], currency: str) -> Input:
    every = {
        "sku": ("sku", variant.sku),
        "price": ("price", money(variant.price, currency)),
        "compare-at price": ("compareAtPrice", money(variant.compare_at, currency)),
    }
    item = {
        "tracked": ("tracked", variant.tracked),
        "requires shipping": ("requiresShipping", variant.ships),
        "cost": ("cost", money(variant.cost, currency)),
        "weight": ("measurement", {"weight": {"value": float(variant.grams or 0), "unit": "GRAMS"}}),
    }
    given: Input = {target: value for name, (target, value) in every.items() if name in names}
    if wanted := {target: value for name, (target, value) in item.items() if name in names}:
        given["inventoryItem"] = wanted
    return given


def _file(picture: Picture) -> Input:
    """A new file, named so that it is recognised later, as Shopify keeps the name but not the source."""
    ending = picture.url.split("?")[0].rsplit(".", 1)[-1].lower()
    ending = ending if ending in ("jpg", "jpeg", "png", "webp", "gif") else "jpg"
    return {
        "originalSource": picture.url,
        "filename": f"saleor-{picture.key}.{ending}",
        "alt": picture.alt,
        "contentType": "IMAGE",
    }


def _files(wanted: Product, seen: Product) -> list[Input]:
    there = {picture.key: picture for picture in seen.pictures if picture.key}
    ours = [
        {"id": there[picture.key].gid, "alt": picture.alt} if picture.key in there else _file(picture)
        for picture in wanted.pictures
    ]
    return ours + [{"id": picture.gid} for picture in seen.pictures if not picture.key]


def with_pictures(wanted: Product, written: Product) -> Product:
    """`written` with its pictures named, by the order they were sent in: their URLs are not known yet."""
    known = [picture.key for picture in wanted.pictures]
    pictures = tuple(
        replace(picture, key=picture.key or (known[i] if i < len(known) else ""))
        for i, picture in enumerate(written.pictures)
    )
    return replace(written, pictures=pictures)
