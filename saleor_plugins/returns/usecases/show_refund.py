"""Show settled units where the shop's own users look: returned, refunded and replaced fulfilments."""

from __future__ import annotations

from django.db.models import Q, Sum

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import ReturnedItem, ReturnedState

from .. import store
from ..domain.machines import RefundState
from ..domain.plan import Component, PartKind
from ..domain.shipped import with_customer
from ..models import LedgerEntry, ReceiptLine, Refund, RefundAllocation, RefundPart, ReturnLine
from ..store import Desk

# Ways that the shop's screens leave open: whatever else staff made of the parcel there stays.
OPEN_STATES = ("RETURNED", "REFUNDED_AND_RETURNED")


def show_refund(desk: Desk, refund: Refund) -> int:
    """Restate what is settled now; answers the minor units that the shop shows for it.

    Money of units that cannot be shown yet (others of their parcel wait) is shown with the last of them.
    """
    lines = {line.pk: line for line in desk.request_lines if _settled(line)}
    replaced = _is_exchange(refund)
    amount = max(_given(desk) - _shown(desk), 0)
    shipping = min(_shipping(refund), amount)
    shown = 0
    state = ReturnedState.REPLACED if replaced else ReturnedState.REFUNDED_AND_RETURNED
    for parcel in _complete(desk, lines):
        shop().restate_returned(
            desk.order.id,
            parcel,
            state,
            refund_amount=amount - shown,
            shipping_refund=shipping if not shown else 0,
        )
        shown = amount
    for line in lines.values():
        items = _kept_items(desk, line)
        if items:
            target = ReturnedState.REPLACED if replaced else ReturnedState.REFUNDED
            first = 0 if shown else shipping
            shop().mark_returned(
                desk.order.id, items, state=target, refund_amount=amount - shown, shipping_refund=first
            )
            shown = amount
            line.kept_shown += sum(item.quantity for item in items)
            line.save(update_fields=["kept_shown"])
    return shown


def only_exchanged(refund: Refund) -> bool:
    """Whether all of it went into a new order."""
    kinds = set(refund.parts.exclude(state="REPLACED").values_list("kind", flat=True))
    return kinds == {PartKind.EXCHANGE.value}


def _is_exchange(refund: Refund) -> bool:
    return bool(refund.parts.filter(kind=PartKind.EXCHANGE.value).exists())


def _settled(line: ReturnLine) -> bool:
    """Whether nothing of what is here, or was kept, waits for anything."""
    now = store.buckets(line)
    return not (now.uninspected or now.uncredited or now.settled < now.credited) and now.settled > 0


def _complete(desk: Desk, settled: dict[object, ReturnLine]) -> list[str]:
    """Returned fulfilments of the return in which every line is settled and something was accepted."""
    rows = ReceiptLine.objects.filter(receipt__rma=desk.request).exclude(shop_fulfillment_id="")
    found: dict[str, list[ReceiptLine]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.shop_fulfillment_id, []).append(row)
    states = {parcel.fulfillment_id: parcel.status for parcel in desk.parcels}
    return [
        key
        for key, mine in found.items()
        if states.get(key) == OPEN_STATES[0]
        and all(row.return_line_id in settled for row in mine)
        and any(settled[row.return_line_id].accepted for row in mine)
    ]


def _kept_items(desk: Desk, line: ReturnLine) -> list[ReturnedItem]:
    """Kept units that the shop still shows as with the customer, no more than it has of them."""
    units = line.kept - line.kept_shown
    if units <= 0:
        return []
    out = with_customer(desk.parcels, store.unshown_returns(desk.order.id)).get(line.line_id, {})
    items = []
    for key in sorted(out, key=lambda key: key != line.fulfillment_line_id):
        take = min(out[key], units)
        if take:
            items.append(ReturnedItem(key, take))
            units -= take
    return items


def _given(desk: Desk) -> int:
    """What the return's settled refunds gave in money or store credit."""
    parts = RefundPart.objects.filter(
        refund__rma=desk.request, refund__state=RefundState.SUCCEEDED.value, state="SUCCEEDED"
    )
    return int(parts.filter(~Q(kind=PartKind.EXCHANGE.value)).aggregate(total=Sum("amount"))["total"] or 0)


def _shown(desk: Desk) -> int:
    entries = LedgerEntry.objects.filter(rma=desk.request, verb="refunded")
    return sum(data.get("shown", 0) for data in entries.values_list("data", flat=True))


def _shipping(refund: Refund) -> int:
    rows = RefundAllocation.objects.filter(refund=refund, component=Component.SHIPPING.value)
    sums = rows.aggregate(net=Sum("net"), tax=Sum("tax"))
    return int((sums["net"] or 0) + (sums["tax"] or 0))
