"""What mails say beyond which return it is: from an event's data and from how the return stands now.

None: by now there is nothing to say any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import own_key
from saleor_plugins.kernel.money import to_minor
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import AskerKind

from ..domain.machines import ReturnState
from ..domain.plan import PartKind
from ..models import Return, ReturnableLine, ReturnMessage
from ..store import buckets
from ..views.links import drop_off_url, label_url, slip_url
from .mail_return import units

Data = Mapping[str, Any]
Facts = dict[str, Any]


def requested(rma: Return, data: Data) -> Facts | None:
    """Only while it waits for an answer: an approval says the same and more."""
    return {} if rma.state == ReturnState.REQUESTED else None


def approved(rma: Return, data: Data) -> Facts | None:
    """Where the goods go, while somebody waits for them."""
    if rma.state != ReturnState.APPROVED or not awaited(rma):
        return None
    papers = _papers(rma)
    return {
        **of_lines(data, "approved"),
        "declined": of_lines(data, "declined")["lines"],
        "until": last_day(rma),
        **papers,
        "address": "" if papers.get("label") or papers.get("label_follows") else _address(rma),
    }


def declined(rma: Return, data: Data) -> Facts:
    """Staff's reason."""
    return {"reason": rma.decline_reason}


def received(rma: Return, data: Data) -> Facts:
    """The units of this parcel."""
    return of_lines(data, "received")


def kept(rma: Return, data: Data) -> Facts:
    """The units that stay with the shopper."""
    return of_lines(data, "kept")


def refunded(rma: Return, data: Data) -> Facts | None:
    """Row by row: what the new order of an exchange took is one of them. None when no money was given."""
    names = _names(row["orderLineId"] for row in data["rows"] if row["orderLineId"])
    parts = [_part(part) for part in data["parts"] if part["kind"] != PartKind.EXCHANGE.value]
    taken = [_part(part, -1) for part in data["parts"] if part["kind"] == PartKind.EXCHANGE.value]
    total = sum(minor for *_, minor, _ in parts)
    if not total:
        return None
    rows = [
        (row["component"], names.get(row["orderLineId"], ""), row["quantity"] or 1, *_amount(row))
        for row in sorted(data["rows"], key=lambda row: _ORDER.index(row["component"]))
    ]
    return {"rows": [*rows, *taken], "total": (total, data["currency"]), "parts": parts}


def exchanged(rma: Return, data: Data) -> Facts:
    """The new order, and what is left to pay or given back."""
    difference, currency = _amount(data["difference"])
    return {
        **of_lines(data, "quantity"),
        "new_order": data["newOrderNumber"],
        "price": _amount(data["price"]),
        "to_pay": (difference, currency) if difference > 0 else None,
        "back": (-difference, currency) if difference < 0 else None,
    }


def message(rma: Return, data: Data) -> Facts | None:
    """What staff wrote to the shopper."""
    written = ReturnMessage.objects.filter(pk=own_key(data["messageId"], "ReturnMessage")).first()
    if written is None or written.internal or written.author_kind == AskerKind.CUSTOMER or not written.body:
        return None
    return {"message": written.body}


def reminder(rma: Return, data: Data) -> Facts | None:
    """How long there is, while nothing is on its way."""
    last = last_day(rma)
    if rma.state != ReturnState.APPROVED or rma.scanned or last is None or not awaited(rma):
        return None
    left = (last - clock.day_of(clock.now(), shop().time_zone())).days
    if left < 0:
        return None
    papers = {name: link for name, link in _papers(rma).items() if name in ("label", "slip")}
    return {**units(awaited(rma)), "until": last, "left": left, **papers}


def label_ready(rma: Return, data: Data) -> Facts | None:
    """The label, or the code to show at a counter, while goods are awaited."""
    papers = _papers(rma)
    if rma.state != ReturnState.APPROVED or not papers.get("label"):
        return None
    return {"label": papers["label"], "drop_off": papers.get("drop_off"), "until": last_day(rma)}


def expired(rma: Return, data: Data) -> Facts | None:
    """Unless a parcel came after all."""
    return {} if rma.state == ReturnState.EXPIRED else None


def nothing(rma: Return, data: Data) -> Facts:
    """Only which return it is."""
    return {}


_ORDER = ("ITEM", "SHIPPING", "FEE", "LABEL", "ADJUSTMENT")


def awaited(rma: Return) -> list[tuple[str, int]]:
    """Names and units that are approved and not here yet."""
    rows = rma.lines.select_related("line").order_by("position")
    return [(row.line.name, buckets(row).awaited) for row in rows if buckets(row).awaited]


def last_day(rma: Return) -> date | None:
    """The day whose end is the deadline."""
    if rma.expires is None:
        return None
    return clock.day_of(rma.expires - timedelta(microseconds=1), shop().time_zone())


def of_lines(data: Data, bucket: str) -> Facts:
    """The units that `bucket` won, by the lines' names."""
    won = [(line["orderLineId"], line.get(bucket) or 0) for line in data["lines"]]
    names = _names(key for key, _ in won)
    return units([(names.get(key, ""), quantity) for key, quantity in won if quantity > 0])


def _papers(rma: Return) -> Facts:
    """Links to what is printed or shown, by how the goods travel."""
    if rma.method in ("LABEL", "QR"):
        if not rma.labels.filter(state="BOUGHT").exists():
            return {"label_follows": True}
        more = {"drop_off": drop_off_url(rma)} if rma.method == "QR" else {}
        return {"label": label_url(rma), **more}
    if rma.method == "DROP_OFF":
        return {"drop_off": drop_off_url(rma)}
    return {"slip": slip_url(rma)}


def _address(rma: Return) -> str:
    try:
        return "\n".join(shop().warehouse_address(rma.destination_id).lines)
    except NotFound:
        return ""


def _names(keys: Iterable[str]) -> dict[str, str]:
    return dict(ReturnableLine.objects.filter(pk__in=set(keys)).values_list("pk", "name"))


def _amount(money: Mapping[str, str]) -> tuple[int, str]:
    return to_minor(Decimal(money["amount"]), money["currency"]), money["currency"]


def _part(part: Mapping[str, str], sign: int = 1) -> tuple[str, str, int, int, str]:
    minor, currency = _amount(part)
    return part["kind"], "", 1, sign * minor, currency
