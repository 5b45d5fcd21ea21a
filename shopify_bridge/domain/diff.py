"""The difference between what Saleor says and what Shopify has, field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from . import fields
from .match import match_variants
from .model import Picture, Product, Variant

# Whether Shopify's form of a text is what became of the form we sent: (field, wanted, seen).
Echo = Callable[[str, str, str], bool]


@dataclass(frozen=True)
class FieldChange:
    """One field that differs. `path` names it for people; the values are as JSON knows them."""

    path: str
    before: Any
    after: Any
    owner: str = fields.SALEOR

    def as_json(self) -> dict[str, Any]:
        """For storing and for scripts."""
        return {"path": self.path, "before": self.before, "after": self.after, "owner": self.owner}


def no_echo(field: str, wanted: str, seen: str) -> bool:
    """Shopify has stored no text in another form."""
    return False


def product_changes(wanted: Product, seen: Product, echo: Echo = no_echo) -> list[FieldChange]:
    """What has to change in Shopify for `seen` to become `wanted`; stock is compared apart."""
    changes = []
    for name, value in fields.PRODUCT.items():
        new, old = value(wanted), value(seen)
        if new != old and not (isinstance(new, str) and echo(name, new, old)):
            changes.append(FieldChange(name, old, new))
    if wanted.options != seen.options:
        changes.append(FieldChange("options", list(seen.options), list(wanted.options)))
    changes += _variant_changes(wanted, seen)
    changes += _picture_changes(wanted, seen)
    return changes


def _variant_changes(wanted: Product, seen: Product) -> list[FieldChange]:
    pairs = match_variants(wanted, seen)
    changes = []
    for variant in wanted.variants:
        where, found = f"variant {label(variant)}", pairs.get(variant.key)
        if found is None:
            changes.append(FieldChange(where, None, "new"))
            continue
        if found.key != variant.key:
            changes.append(FieldChange(f"{where} key", found.key or None, variant.key))
        for name, value in fields.VARIANT.items():
            if value(variant) != value(found):
                changes.append(FieldChange(f"{where} {name}", plain(value(found)), plain(value(variant))))
    taken = {variant.gid for variant in pairs.values()}
    for found in seen.variants:
        # A variant with our key that Saleor no longer has; one without a key is the merchant's.
        if found.gid not in taken and found.key:
            changes.append(FieldChange(f"variant {label(found)}", "there", None))
    return changes


def _picture_changes(wanted: Product, seen: Product) -> list[FieldChange]:
    """Our pictures in their order; the merchant's own are left where they are."""
    ours = {picture.key: picture for picture in seen.pictures if picture.key}
    old = [(picture.key, picture.alt) for picture in seen.pictures if picture.key]
    new = [(picture.key, picture.alt) for picture in wanted.pictures]
    if old == new:
        return []
    changes = [
        FieldChange(
            f"picture {picture.key}",
            ours[picture.key].alt if picture.key in ours else None,
            picture.alt or "new",
        )
        for picture in wanted.pictures
        if (picture.key, picture.alt) not in old
    ]
    gone = ours.keys() - {picture.key for picture in wanted.pictures}
    changes += [FieldChange(f"picture {key}", ours[key].alt, None) for key in sorted(gone)]
    return changes or [FieldChange("picture order", [key for key, _ in old], [key for key, _ in new])]


def failed_pictures(seen: Product) -> list[Picture]:
    """Pictures that Shopify could not fetch: worth a word, but sending them again changes nothing."""
    return [picture for picture in seen.pictures if picture.status == "FAILED"]


def label(variant: Variant) -> str:
    """How a person knows a variant."""
    return variant.sku or " / ".join(variant.values)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def picture_key(key: str) -> str:
    """A name for a Saleor picture that survives Shopify's storing it: part of the file's name there."""
    return sha256(key.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class StockChange:
    """Free units of a variant at a place. `before` is None where it is not stocked yet."""

    variant_key: str
    label: str
    item_gid: str
    place: str
    before: int | None
    after: int


def stock_changes(wanted: Product, seen: Product, places: Mapping[str, str]) -> list[StockChange]:
    """Where Shopify's numbers differ, for tracked variants and mapped `places` (warehouse -> location)."""
    pairs = match_variants(wanted, seen)
    changes = []
    for variant in wanted.variants:
        found = pairs.get(variant.key)
        if found is None or not variant.tracked:
            continue
        for warehouse, free in variant.stock.items():
            place = places.get(warehouse)
            before = found.stock.get(place or "")
            if place and before != max(free, 0):
                changes.append(
                    StockChange(variant.key, label(variant), found.item_gid, place, before, max(free, 0))
                )
    return changes
