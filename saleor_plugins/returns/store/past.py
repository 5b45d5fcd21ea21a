"""Past requests as rules would see them again, read in pages of constant queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import F, Func, JSONField, Max, Q, TextField, Value
from django.db.models.functions import Cast

from ..models import Delivery, Return, ReturnLine

PAGE = 2000


class PastLine(NamedTuple):
    """Units that were asked for; `void` of them came to nothing. Amounts of the order line are gross."""

    line_id: str
    quantity: int
    void: int
    reason: str
    resolution: str
    name: str
    product_id: str
    category_id: str
    paid: int
    sold: int


@dataclass(slots=True)
class Past:
    """A request. `since` are the days on which each line's window began, as they were judged then."""

    id: str
    number: str
    order_id: str
    state: str
    created: datetime
    requested_by: str
    withdrawal: bool
    method: str
    currency: str
    country: str
    channel: str
    user_id: str
    customer: str
    since: list[str | None]
    lines: list[PastLine] = field(default_factory=list)


_SINCE = Func(
    F("terms"), Value("$.lines[*].since"), function="jsonb_path_query_array", output_field=JSONField()
)
_HEAD = (
    "key",
    "number",
    "order_id",
    "state",
    "created",
    "requested_by",
    "withdrawal",
    "method",
    "order__currency",
    "order__country",
    "order__channel",
    "order__user_id",
    "order__customer_key",
    "began",
)
_LINE = (
    "key",
    "line_id",
    "requested",
    "void",
    "reason_code",
    "resolution",
    "line__name",
    "line__product_id",
    "line__category_id",
    "paid",
    "line__sold",
)


def count(since: datetime, until: datetime) -> int:
    """How many there are."""
    return Return.objects.filter(created__gte=since, created__lt=until).count()


def pages(since: datetime, until: datetime, size: int = PAGE) -> Iterator[list[Past]]:
    """Requests made in [since, until), oldest first. Parcels that nobody announced were no requests."""
    rows = Return.objects.filter(created__gte=since, created__lt=until).order_by("created", "pk")
    rows = rows.annotate(key=_text("pk"), began=_SINCE).values_list(*_HEAD)
    page = _page(rows[:size])
    while page:
        yield page
        last = page[-1]
        later = Q(created__gt=last.created) | Q(created=last.created, pk__gt=last.id)
        page = _page(rows.filter(later, created__gte=last.created)[:size])


def _page(rows: Any) -> list[Past]:
    found = {row[0]: Past(*row) for row in rows}
    lines = ReturnLine.objects.filter(rma__in=list(found)).order_by("rma", "position")
    paid = F("line__paid_net") + F("line__paid_tax")
    void = F("declined") + F("missing")
    for key, *values in lines.annotate(key=_text("rma_id"), void=void, paid=paid).values_list(*_LINE):
        found[key].lines.append(PastLine(*values))
    return list(found.values())


def _text(column: str) -> Cast:
    """A UUID as text: nobody computes with it, and thousands cost Python more than reading them does."""
    return Cast(column, TextField())


def delivered(order_ids: list[str]) -> dict[str, datetime]:
    """When the last parcel of each order arrived, where anybody knows."""
    rows = Delivery.objects.filter(order_id__in=order_ids).values_list("order_id")
    return dict(rows.annotate(last=Max("at")).order_by())
