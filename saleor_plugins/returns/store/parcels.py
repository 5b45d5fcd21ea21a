"""Parcels: what the shop shows, and what came back in ours."""

from __future__ import annotations

from django.db.models import F, Sum
from django.db.models.functions import Least

from saleor_plugins.platform import shop

from ..domain.shipped import ParcelLine
from ..models import Receipt, ReceiptLine, Return, ReturnLine


def next_receipt(rma: Return) -> int:
    """The number of the return's next parcel."""
    return Receipt.objects.filter(rma=rma).count() + 1


def unjudged(line: ReturnLine) -> list[ReceiptLine]:
    """The line's parcels with units that nobody judged yet, oldest first."""
    rows = ReceiptLine.objects.select_related("receipt").filter(return_line=line)
    return list(rows.filter(judged__lt=F("quantity")).order_by("pk"))


def parcel_lines(order_id: str) -> list[ParcelLine]:
    """Every fulfilment line of the order."""
    return [
        ParcelLine(
            line.id,
            line.order_line_id,
            fulfillment.status,
            line.quantity,
            fulfillment.created,
            fulfillment.id,
        )
        for fulfillment in shop().fulfillments(order_id)
        for line in fulfillment.lines
    ]


def shown_returns(order_id: str) -> dict[str, int]:
    """Units per order line that came back, or were kept for money, and that the shop shows so."""
    rows = ReceiptLine.objects.filter(return_line__rma__order=order_id).exclude(shop_fulfillment_id="")
    shown = dict(rows.values_list("return_line__line").annotate(units=Sum("quantity")).order_by())
    kept = ReturnLine.objects.filter(rma__order=order_id, kept_shown__gt=0)
    for line_id, units in kept.values_list("line", Least("kept", "kept_shown")):
        shown[line_id] = shown.get(line_id, 0) + units
    return shown


def unshown_returns(order_id: str) -> dict[str, int]:
    """Units per fulfilment line that came back where the shop has no returned fulfilments."""
    rows = ReceiptLine.objects.filter(return_line__rma__order=order_id, shop_fulfillment_id="")
    return dict(rows.values_list("fulfillment_line_id").annotate(units=Sum("quantity")).order_by())
