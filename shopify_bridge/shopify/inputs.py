"""From the normal form to Shopify's input objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from saleor_plugins.kernel.money import from_minor

from ..domain import fields
from ..domain.diff import FieldChange
from ..domain.match import match_variants
from ..domain.model import ATTRIBUTES, KEY, NAMESPACE, Metafield, Picture, Product, Variant

Input = dict[str, Any]


def custom_id(key: str) -> Input:
    """How a mirrored object is named by Saleor's id."""
    return {"namespace": NAMESPACE, "key": KEY, "value": key}


def metafield(key: str) -> Input:
    """The metafield that carries Saleor's id."""
    return custom_id(key) | {"type": "id"}


def attribute(item: Metafield) -> Input:
    """The metafield that carries an attribute."""
    return {"namespace": ATTRIBUTES, "key": item.key, "type": item.type, "value": item.value}


def money(minor: int | None, currency: str) -> str | None:
    """An amount as Shopify's Money and Decimal scalars have it."""
    return None if minor is None else str(from_minor(minor, currency))


def create_product(
    product: Product, currency: str, places: Mapping[str, str], collections: Iterable[str] = ()
) -> Input:
    """productSet's input for a product that is not there; its stock comes with it: none is overwritten."""
    there = list(dict.fromkeys(collections))
    return {
        **_scalars(product, fields.PRODUCT.keys()),
        **({"handle": product.handle} if product.handle else {}),
        "metafields": [metafield(product.key), *map(attribute, product.metafields)],
        "productOptions": _options(product, product.variants),
        "variants": [new_variant(variant, product, currency, places) for variant in product.variants],
        "files": [_file(picture) for picture in product.pictures],
        **({"collections": there} if there else {}),
    }


def update_product(
    wanted: Product,
    seen: Product,
    changes: Sequence[FieldChange],
    currency: str,
    places: Mapping[str, str],
    *,
    whole: bool = False,
) -> Input:
    """productSet's input with nothing but `changes`; pictures are a whole list, with the merchant's in it.

    `whole`: options and variants too, all of them. Metafields and collections are never in it, as others
    than ours would be deleted. Empty when there is nothing for productSet to do.
    """
    given = _scalars(wanted, [change.name for change in changes if change.kind == "field"])
    if whole:
        given |= _variants(wanted, seen, changes, currency, places)
    if any(change.kind == "picture" for change in changes):
        given["files"] = _files(wanted, seen)
    return given


def _variants(
    wanted: Product,
    seen: Product,
    changes: Sequence[FieldChange],
    currency: str,
    places: Mapping[str, str],
) -> Input:
    """Every variant there will be: in the order Shopify has them in, the new ones last."""
    pairs = match_variants(wanted, seen)
    ours = {pairs[variant.key].gid: variant for variant in wanted.variants if variant.key in pairs}
    named: dict[str, list[str]] = {}
    for change in changes:
        if change.kind == "variant":
            named.setdefault(change.of, []).append(change.name)
    made, kept = [], []
    for old in seen.variants:
        if variant := ours.get(old.gid):
            given = content(variant, named.get(variant.key, ()), currency)
            made.append({"id": old.gid, "optionValues": values_of(wanted, variant), **given})
            kept.append(variant)
        elif not old.key:
            made.append({"id": old.gid, "optionValues": values_of(wanted, old)})
            kept.append(old)
    new = [variant for variant in wanted.variants if variant.key not in pairs]
    made += [new_variant(variant, wanted, currency, places) for variant in new]
    return {"productOptions": _options(wanted, [*kept, *new]), "variants": made}


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


def values_of(product: Product, variant: Variant) -> list[Input]:
    """What a variant chooses of each option."""
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
        "optionValues": values_of(product, variant),
        "metafields": [metafield(variant.key), *map(attribute, variant.metafields)],
        **content(variant, fields.VARIANT.keys(), currency),
        **({"inventoryQuantities": quantities} if variant.tracked and quantities else {}),
    }


def content(variant: Variant, names: Collection[str], currency: str) -> Input:
    """The fields called `names` of a variant, as productSet has them."""
    every = {
        "sku": ("sku", variant.sku),
        "price": ("price", money(variant.price, currency)),
        "compare-at price": ("compareAtPrice", money(variant.compare_at, currency)),
        "barcode": ("barcode", variant.barcode),
        "taxable": ("taxable", variant.taxable),
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
    """Our pictures in our order, the merchant's in the places they have now."""
    there = {picture.key: picture for picture in seen.pictures if picture.key}
    ours = [
        {"id": there[picture.key].gid, "alt": picture.alt} if picture.key in there else _file(picture)
        for picture in wanted.pictures
    ]
    made: list[Input] = []
    for place, picture in enumerate(seen.pictures):
        if not picture.key:
            before = sum(1 for other in seen.pictures[:place] if other.key)
            while ours and len([m for m in made if m.get("ours")]) < before:
                made.append(ours.pop(0) | {"ours": True})
            made.append({"id": picture.gid})
    made += ours
    return [{name: value for name, value in item.items() if name != "ours"} for item in made]
