"""Kits: variants that are sold as one and taken from the shelf as their parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, Invalids


@dataclass(frozen=True)
class Part:
    """`quantity` units of a variant are in one unit of a kit."""

    kit_id: str
    part_id: str
    quantity: int


Uses = dict[str, list[tuple[str, int]]]
"""By what is sold: the variants it is demand for, and how many units of each one unit takes."""


def uses(variant_ids: Collection[str], parts: Iterable[Part]) -> Uses:
    """What has to be read to know the demand of `variant_ids`.

    A variant is demand for itself, a kit only for its parts. `parts` are those of every kit that is one of
    the variants or holds one of them; others do no harm.
    """
    wanted = set(variant_ids)
    rows = sorted(parts, key=lambda part: (part.kit_id, part.part_id))
    kits = {part.kit_id for part in rows}
    found: Uses = {variant: [(variant, 1)] for variant in sorted(wanted - kits)}
    for part in rows:
        if part.part_id in wanted and part.part_id not in kits:
            found.setdefault(part.kit_id, []).append((part.part_id, part.quantity))
    return found


MAX_PARTS = 100
"""Parts of one kit."""

MAX_IN_KIT = 10_000
"""Units of a part in one unit of a kit."""


def check_kit(kit_id: str, parts: Sequence[Part], around: Iterable[Part]) -> None:
    """Whether `kit_id` may be made of `parts`; `around` are all parts of kits that any of them is of or in.

    Raises Invalids: ``parts.i.quantity``, ``parts.i.variantId`` for the kit itself, a part named twice and
    one that is a kit (code NESTED), ``variantId`` (NESTED) when it is a part of another kit.
    """
    errors, named = [], set()
    rows = [row for row in around if row.kit_id != kit_id]
    kits, inside = {row.kit_id for row in rows}, {row.part_id for row in rows}
    if len(parts) > MAX_PARTS:
        errors.append(Invalid(f"At most {MAX_PARTS} parts.", field="parts"))
    if parts and kit_id in inside:
        errors.append(Invalid("It is a part of another kit.", field="variantId", code="NESTED"))
    for index, part in enumerate(parts):
        field = f"parts.{index}.variantId"
        if part.part_id == kit_id:
            errors.append(Invalid("A kit is no part of itself.", field=field))
        elif part.part_id in named:
            errors.append(Invalid("It is named twice.", field=field))
        elif part.part_id in kits:
            errors.append(Invalid("It is a kit itself: name its parts.", field=field, code="NESTED"))
        if not 1 <= part.quantity <= MAX_IN_KIT:
            errors.append(Invalid(f"Must be from 1 to {MAX_IN_KIT}.", field=f"parts.{index}.quantity"))
        named.add(part.part_id)
    if errors:
        raise Invalids(errors)
