"""Kits: variants that are sold as one and taken from the shelf as their parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


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
