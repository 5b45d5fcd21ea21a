"""What a kit is made of: its sales are demand for its parts, and it is never bought itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ...kernel.errors import NotFound
from ...platform import shop
from ..domain.kits import Part, check_kit
from ..store import kits as store
from ..store import locks


def set_kit(variant_id: str, parts: Sequence[Part]) -> None:
    """Make the variant a kit of exactly `parts`; without any it is none any more.

    Raises NotFound (``variantId``, ``parts.i.variantId``) and what `check_kit` refuses: a kit inside of a kit
    above all.
    """
    with transaction.atomic():
        # Two who nest each other's kits must see each other.
        locks.take("kits")
        if parts:
            _check_known(variant_id, parts)
        named = [variant_id, *(part.part_id for part in parts)]
        check_kit(variant_id, parts, store.around(named))
        store.set_parts(variant_id, parts)


def _check_known(variant_id: str, parts: Sequence[Part]) -> None:
    known = {row.id for row in shop().variants([variant_id, *(part.part_id for part in parts)])}
    if variant_id not in known:
        raise NotFound("There is no such variant.", field="variantId")
    for index, part in enumerate(parts):
        if part.part_id not in known:
            raise NotFound("There is no such variant.", field=f"parts.{index}.variantId")
