"""What productVariantsBulkUpdate, -Create and -Delete are given: variants of ours, and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..domain import fields
from ..domain.diff import FieldChange
from ..domain.match import match_variants
from ..domain.model import Product
from .inputs import Input, attribute, content, metafield, values_of


def changed(wanted: Product, seen: Product, changes: Sequence[FieldChange], currency: str) -> list[Input]:
    """The variants that are there, each with the fields that `changes` name."""
    named: dict[str, list[str]] = {}
    for change in changes:
        named.setdefault(change.of, []).append(change.name)
    pairs = match_variants(wanted, seen)
    return [
        {
            "id": pairs[variant.key].gid,
            **({"optionValues": values_of(wanted, variant)} if "options" in named[variant.key] else {}),
            **_input(content(variant, named[variant.key], currency)),
        }
        for variant in wanted.variants
        if variant.key in pairs and variant.key in named
    ]


def added(wanted: Product, seen: Product, currency: str, places: Mapping[str, str]) -> list[Input]:
    """The variants that are not there, with everything, stocked at every mapped place."""
    pairs = match_variants(wanted, seen)
    made = []
    for variant in wanted.variants:
        if variant.key in pairs:
            continue
        quantities = [
            {"locationId": place, "availableQuantity": max(variant.stock.get(warehouse, 0), 0)}
            for warehouse, place in places.items()
        ]
        given = {
            "optionValues": values_of(wanted, variant),
            "metafields": [metafield(variant.key), *map(attribute, variant.metafields)],
            **_input(content(variant, fields.VARIANT.keys(), currency)),
        }
        made.append(given | ({"inventoryQuantities": quantities} if variant.tracked and quantities else {}))
    return made


def dropped(wanted: Product, seen: Product) -> list[str]:
    """The gids of variants of ours that Saleor no longer has."""
    kept = {variant.gid for variant in match_variants(wanted, seen).values()}
    return [variant.gid for variant in seen.variants if variant.key and variant.gid not in kept]


def _input(given: Input) -> Input:
    """A variant's fields as ProductVariantsBulkInput has them: the SKU is the item's there."""
    if "sku" not in given:
        return given
    rest = {name: value for name, value in given.items() if name != "sku"}
    return rest | {"inventoryItem": rest.get("inventoryItem", {}) | {"sku": given["sku"]}}
