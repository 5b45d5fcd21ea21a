"""Returns as the API shows them: what is asked for is read ahead, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import OuterRef, Prefetch

from ..models import (
    Flag,
    LedgerEntry,
    Photo,
    Receipt,
    Refund,
    Return,
    ReturnLabel,
    ReturnLine,
    ReturnMessage,
    SentMail,
)
from .photos import light

Asked = Mapping[str, Any]
_OF_TERMS = frozenset({"law", "refundDue", "payer", "labelFee", "refundOn", "review", "findings"})


def for_api(asked: Asked | None = None) -> Any:
    """Returns with what these fields of the API's Return (nested by name; None for all) show of them."""
    wanted = {name: {"data": {}} for name in _READS} if asked is None else asked
    ahead = [read(wanted[name]) for name, read in _READS.items() if name in wanted]
    rows = Return.objects.select_related("order", "rulebook")
    # What the rules said is as long as all else together, and their book longer still.
    deferred = ["policy", "rulebook__document"]
    if asked is not None and not _OF_TERMS & asked.keys():
        deferred.append("terms")
    return rows.defer(*deferred).prefetch_related(*ahead)


def listed(row: Any, relation: str) -> list[Any]:
    """The rows of a relation of a return or its line, from what was read ahead if it was."""
    ahead = getattr(row, f"listed_{relation}", None)
    return list(getattr(row, relation).all()) if ahead is None else ahead


def open_flags() -> Any:
    """Flags of an outer query's return that nobody has dismissed."""
    return Flag.objects.filter(rma=OuterRef("pk"), dismissed=None)


def _ahead(relation: str, rows: Any) -> Prefetch:
    # Without an attribute of its own Django makes a manager and a query for every single row.
    return Prefetch(relation, rows, to_attr=f"listed_{relation}")


def _timeline(asked: Asked) -> Prefetch:
    rows = LedgerEntry.objects.all()
    return _ahead("entries", rows if "data" in asked else rows.defer("data"))


def _lines(asked: Asked) -> Any:
    rows = ReturnLine.objects.select_related("line")
    return rows.prefetch_related(_ahead("photos", light(Photo.objects.all()))) if "photos" in asked else rows


_READS: dict[str, Callable[[Asked], Prefetch]] = {
    "lines": lambda asked: _ahead("lines", _lines(asked)),
    "label": lambda asked: _ahead("labels", ReturnLabel.objects.defer("content")),
    "receipts": lambda asked: _ahead(
        "receipts", Receipt.objects.prefetch_related("lines__inspections__followups")
    ),
    "refunds": lambda asked: _ahead("refunds", Refund.objects.prefetch_related("allocations", "parts")),
    "timeline": _timeline,
    "messages": lambda asked: _ahead("messages", ReturnMessage.objects.all()),
    "mails": lambda asked: _ahead("mails", SentMail.objects.all()),
    "flags": lambda asked: _ahead("flags", Flag.objects.all()),
}
