"""In which steps a product that is there becomes what was planned.

Each step names nothing but what it changes, so that a variant the merchant makes meanwhile is not lost. Only
a change that Shopify takes no other way sends the whole list of variants.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .diff import FieldChange
from .match import match_variants
from .model import DEFAULT_VALUE, Product, Variant
from .split import MAX_VARIANTS

# The product's own fields; those with its pictures, a whole list; variants to be changed, made and deleted;
# everything in one, with the whole list of variants.
FIELDS, GALLERY, CHANGE, ADD, DROP, WHOLE = "fields", "gallery", "change", "add", "drop", "whole"
_ABOUT = {
    FIELDS: lambda item: item.kind == "field",
    GALLERY: lambda item: item.kind in ("field", "picture"),
    CHANGE: lambda item: item.kind == "variant" and item.name not in ("new", "gone"),
    ADD: lambda item: item.kind == "variant" and item.name == "new",
    DROP: lambda item: item.kind == "variant" and item.name == "gone",
    WHOLE: lambda item: True,
}


def part(step: str, changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Those of the changes that a step makes."""
    return [change for change in changes if _ABOUT[step](change)]


def steps(wanted: Product, seen: Product, changes: Sequence[FieldChange]) -> tuple[str, ...]:
    """The steps in the order in which they are to be taken."""
    lists = _of_variants(wanted, seen, changes)
    if WHOLE in lists:
        return (WHOLE,)
    pictures = any(change.kind == "picture" for change in changes)
    own = GALLERY if pictures else FIELDS
    return ((own,) if part(own, changes) else ()) + lists


def _of_variants(wanted: Product, seen: Product, changes: Sequence[FieldChange]) -> tuple[str, ...]:
    if any(change.kind == "option" for change in changes):
        return (WHOLE,)
    pairs = match_variants(wanted, seen)
    new = [variant for variant in wanted.variants if variant.key not in pairs]
    names = {change.of for change in part(CHANGE, changes) if change.name == "options"}
    renamed = [variant for variant in wanted.variants if variant.key in names]
    taken = {variant.gid for variant in pairs.values()}
    gone = [variant for variant in seen.variants if variant.key and variant.gid not in taken]
    kept = [variant for variant in seen.variants if not variant.key or variant.gid in taken]
    if (new or renamed or gone) and any(v.values == (DEFAULT_VALUE,) for v in seen.variants):
        return (WHOLE,)
    # Two variants of the same values, and two ways to write a value, are refused even for a moment.
    if {v.values for v in renamed} & {v.values for v in kept} or _respelled([*new, *renamed], seen):
        return (WHOLE,)
    found = tuple(step for step in (DROP, CHANGE, ADD) if part(step, changes))
    if kept or DROP not in found:
        return found
    # One has to stay, so that there is always one.
    clash = {v.values for v in new} & {v.values for v in gone}
    return (WHOLE,) if clash or len(new) + len(gone) > MAX_VARIANTS else (ADD, DROP)


def _respelled(variants: Iterable[Variant], seen: Product) -> bool:
    spelled = [
        {v.values[at].casefold(): v.values[at] for v in seen.variants} for at in range(len(seen.options))
    ]
    return any(
        names.get(value.casefold(), value) != value
        for variant in variants
        for names, value in zip(spelled, variant.values, strict=False)
    )
