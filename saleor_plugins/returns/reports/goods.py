"""What became of the units of returns."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import F, Sum

from ..domain.reports.found import Fate
from ..domain.reports.scope import Scope
from ..models import Followup, Inspection, ReturnLine
from .within import asked

WORDS = {
    "RESTOCK": "Back in stock",
    "REFURBISH": "To be refurbished",
    "QUARANTINE": "In quarantine",
    "SCRAP": "Scrapped",
    "SEND_BACK": "Sent back to the customer",
    "KEPT": "Left with the customer",
    "WAITING": "Waits for inspection",
    "MISSING": "Never arrived",
}
_PILE = ("disposition", "grade")


def dispositions(scope: Scope) -> list[Fate]:
    """Units of returns asked for in the scope by what became of them until now, in the order of WORDS."""
    units: Counter[str] = Counter()
    grades: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, grade, number in _judged(scope):
        units[kind] += number
        if grade:
            grades[kind][grade] += number
    whole = ReturnLine.objects.filter(**asked(scope, "rma__")).aggregate(
        KEPT=Sum("kept"), MISSING=Sum("missing"), WAITING=Sum(F("received") - F("accepted") - F("rejected"))
    )
    units.update({name: number or 0 for name, number in whole.items()})
    return [
        Fate(kind, units[kind], {name: number for name, number in sorted(grades[kind].items()) if number})
        for kind in WORDS
        if units[kind]
    ]


def _judged(scope: Scope) -> Any:
    """(disposition, grade, units): what was put aside moves on to where it went later, with its grade."""
    first = Inspection.objects.filter(**asked(scope, "receipt_line__receipt__rma__")).order_by()
    yield from first.values_list(*_PILE).annotate(units=Sum("quantity"))
    later = Followup.objects.filter(**asked(scope, "inspection__receipt_line__receipt__rma__")).order_by()
    rows = later.values_list("inspection__disposition", "inspection__grade", "disposition")
    for before, grade, after, units in rows.annotate(units=Sum("quantity")):
        yield before, grade, -units
        yield after, grade, units
