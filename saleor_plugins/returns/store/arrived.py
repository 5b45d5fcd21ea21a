"""Writing down a parcel, and showing it where the shop's users look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import ReturnedItem

from ..domain.arrivals import Arrival
from ..domain.shipped import pick, with_customer
from ..models import Receipt, ReceiptLine, ReturnLine
from .desk import Desk
from .parcels import next_receipt, unshown_returns

REPLACED = "REPLACED"
# What the shop calls units that the customer keeps, and was given money or other goods for.
PAID_FOR = ("REFUNDED", REPLACED)


@dataclass(frozen=True)
class Arrived:
    """Units of a return's line, and how they had been expected."""

    line: ReturnLine
    how: Arrival


@dataclass(frozen=True)
class _Taken:
    line: ReturnLine
    fulfillment_line_id: str
    units: int


def write_receipt(desk: Desk, warehouse_id: str, tracking_number: str, arrived: Sequence[Arrived]) -> Receipt:
    """Store the parcel; its units come back from the fulfilments they went out with.

    Raises Conflict (NOT_WITH_CUSTOMER) when the shop says that fewer are out.
    """
    taken = _take(desk, arrived)
    shown = _show(desk, taken)
    receipt = Receipt.objects.create(
        rma=desk.request,
        sequence=next_receipt(desk.request),
        warehouse_id=warehouse_id,
        tracking_number=tracking_number,
        at=clock.now(),
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            return_line=each.line,
            fulfillment_line_id=each.fulfillment_line_id,
            shop_fulfillment_id=shown.get(each.fulfillment_line_id, ""),
            quantity=each.units,
        )
        for each in taken
    )
    return receipt


def _take(desk: Desk, arrived: Sequence[Arrived]) -> list[_Taken]:
    out = with_customer(desk.parcels, unshown_returns(desk.order.id))
    kept = _refunded(desk)
    taken: dict[tuple[ReturnLine, str], int] = {}
    for each in arrived:
        line, how = each.line, each.how
        # What the customer kept, the shop may already show as refunded; else it is among what is out.
        left = kept.get(line.line_id, {})
        unkept = min(how.unkept, line.kept_shown, sum(left.values()))
        _hide(line, how.unkept)
        parts = pick(left, unkept)
        parts |= pick(out.get(line.line_id, {}), how.quantity - unkept, line.fulfillment_line_id)
        for key, units in parts.items():
            taken[line, key] = taken.get((line, key), 0) + units
    return [_Taken(line, key, units) for (line, key), units in taken.items()]


def _hide(line: ReturnLine, unkept: int) -> None:
    """Units that come back are shown as returned, no longer as kept."""
    if unkept and line.kept_shown:
        line.kept_shown -= min(unkept, line.kept_shown)
        line.save(update_fields=["kept_shown"])


def _refunded(desk: Desk) -> dict[str, dict[str, int]]:
    """Per order line, fulfilment lines whose units the shop shows as paid for and not returned."""
    found: dict[str, dict[str, int]] = {}
    for status in PAID_FOR:
        for row in desk.parcels:
            if row.status == status:
                found.setdefault(row.order_line_id, {})[row.id] = row.quantity
    return found


def _show(desk: Desk, taken: Sequence[_Taken]) -> dict[str, str]:
    """The shop's returned fulfilment by the fulfilment line that came back; empty where it has none.

    One call per parcel, so that each answer is the one fulfilment that the units are in.
    """
    parcels = {row.id: row.fulfillment_id for row in desk.parcels}
    replaced = {row.id for row in desk.parcels if row.status == REPLACED}
    units: dict[str, dict[str, int]] = {}
    for each in taken:
        if each.fulfillment_line_id in replaced:
            continue
        lines = units.setdefault(parcels[each.fulfillment_line_id], {})
        lines[each.fulfillment_line_id] = lines.get(each.fulfillment_line_id, 0) + each.units
    # What was exchanged stays shown as that: the shop knows no other word for it then.
    shown = {each.fulfillment_line_id: parcels[each.fulfillment_line_id] for each in taken}
    for lines in units.values():
        items = [ReturnedItem(key, quantity) for key, quantity in lines.items()]
        answer = shop().mark_returned(desk.order.id, items)
        shown |= dict.fromkeys(lines, answer or "")
    return shown
