"""Refuse a request that the rules refuse, by the field that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from saleor_plugins.kernel.errors import Invalid, Required

from ..domain.rules import quantity, reasons, resolutions
from ..domain.rules.methods import METHODS
from ..domain.rules.terms import LineTerms, Terms
from ..models import ReturnLine

# Which input of a line a refusal is about; others are about the line.
_FIELDS = {
    reasons.NOT_OFFERED: ".reasonCode",
    resolutions.NOT_OFFERED: ".resolution",
    quantity.TOO_MANY: ".quantity",
}


def check_terms(
    terms: Terms, lines: Sequence[ReturnLine], method: str, photos: Mapping[str, int], *, staff: bool
) -> None:
    """Raises Invalid for the first line that is refused (``lines.N...`` with the rule's code), for missing
    ``photos`` (PHOTOS_REQUIRED), Required for a missing ``reason``, Invalid (``method``).

    `photos` counts those there are, by order line. Staff need none, and may take any method.
    """
    for i, (line, asked) in enumerate(zip(terms.lines, lines, strict=True)):
        if line.refused:
            raise Invalid(line.why, field=f"lines.{i}{_FIELDS.get(line.refused, '')}", code=line.refused)
        if not staff:
            _check_evidence(line, asked, photos.get(asked.line_id, 0), f"lines.{i}")
    offered = METHODS if staff else terms.methods
    if method and method not in offered:
        raise Invalid(f"Must be one of: {', '.join(offered)}.", field="method")


def _check_evidence(line: LineTerms, asked: ReturnLine, photos: int, field: str) -> None:
    if photos < line.photos:
        more = "a photo" if line.photos == 1 else f"{line.photos} photos"
        raise Invalid(f"{asked.reason_code} needs {more}.", field=f"{field}.photos", code="PHOTOS_REQUIRED")
    if line.note and not asked.reason:
        raise Required("Say what is wrong with it.", field=f"{field}.reason")
