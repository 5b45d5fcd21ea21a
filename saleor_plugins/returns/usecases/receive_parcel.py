"""Take in a parcel, or a part of what was approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.arrivals import Arrival, arrive
from ..domain.quantities import MAX_LINES, Buckets, positive
from ..domain.reasons import Reason
from ..models import Return, ReturnLine
from ..store import Desk
from ..store.arrived import Arrived, write_receipt

Item = tuple[UUID | str, int]
"""A return's line (its key) or an order's line (the shop's id), and units of it."""


@dataclass(frozen=True)
class Parcel:
    """What arrived. `accept_unexpected` lets units in that nobody asked to return."""

    warehouse_id: str
    items: Sequence[Item]
    tracking_number: str = ""
    accept_unexpected: bool = False


def receive_parcel(
    asker: Asker,
    return_id: UUID,
    warehouse_id: str,
    items: Sequence[Item],
    *,
    tracking_number: str = "",
    accept_unexpected: bool = False,
) -> Return:
    """`items` arrived at the warehouse; the shop shows them as returned.

    Units of an expired return, missing ones and kept ones may come too. Raises NotFound (``id``,
    ``warehouseId``, ``lines.N.returnLineId``, ``lines.N.orderLineId``), Invalid (``lines.N.quantity``,
    OVER_RECEIPT) for more than is expected, Conflict (``lines.N.quantity``, UNRETURNABLE) for what
    another return has taken, Conflict (``state``) when the return is not approved.
    """
    parcel = Parcel(warehouse_id, items, tracking_number, accept_unexpected)
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "receive")
        take_in(desk, asker, parcel)
    return desk.request


def take_in(desk: Desk, asker: Asker, parcel: Parcel, **more: Any) -> None:
    """Write the parcel of a return that is RECEIVING, inside the caller's transaction."""
    check_warehouses({parcel.warehouse_id})
    number = clean(parcel.tracking_number, field="trackingNumber", most=255)
    arrived = [
        Arrived(line, _arrive(line, quantity, parcel.accept_unexpected, f"lines.{i}.quantity"))
        for i, line, quantity in _lines(desk, parcel)
    ]
    write_receipt(desk, parcel.warehouse_id, number, arrived)
    data = {
        "warehouseId": parcel.warehouse_id,
        "trackingNumber": number,
        "lines": [_payload(each) for each in arrived],
        **more,
    }
    store.log(desk.request, "receive", asker, data)
    emit("return.received", payloads.of_return(desk, **data))


def check_warehouses(ids: set[str], field: str = "warehouseId") -> None:
    """Raises NotFound (naming `field`) when one of them does not exist."""
    if ids - {warehouse.id for warehouse in shop().warehouses()}:
        raise NotFound("No such warehouse.", field=field)


def _arrive(line: ReturnLine, quantity: int, unexpected: bool, field: str) -> Arrival:
    new = line._state.adding
    before = Buckets(0) if new else store.buckets(line)
    arrival = arrive(before, quantity, line.line.available, accept_unexpected=unexpected, field=field)
    if new:
        line.requested = line.approved = quantity
        line.save(force_insert=True)
        line.line.reserved += quantity
    store.save_buckets(line, arrival.now)
    return arrival


def _payload(arrived: Arrived) -> dict[str, Any]:
    how = arrived.how
    told = {"late": how.late, "unkept": how.unkept, "unexpected": how.unexpected}
    return payloads.of_line(
        arrived.line, how.quantity, received=how.quantity, **{name: n for name, n in told.items() if n}
    )


def find_lines(desk: Desk, items: Sequence[tuple[UUID, int]]) -> list[tuple[ReturnLine, int]]:
    """The return's lines by id; one may repeat. Raises Required, NotFound, Invalid naming ``lines``."""
    check_count(items)
    by_id = {line.pk: line for line in desk.request_lines}
    for i, (key, _) in enumerate(items):
        if key not in by_id:
            raise NotFound("No such line in this return.", field=f"lines.{i}.returnLineId")
    return [(by_id[key], quantity) for key, quantity in items]


def check_count(items: Sequence[Any]) -> None:
    """Raises Required or Invalid (field ``lines``) for none, and for too many to be meant."""
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")


def _lines(desk: Desk, parcel: Parcel) -> list[tuple[int, ReturnLine, int]]:
    """(the item's place, line, units): an order line's units are spread over the lines that expect them."""
    check_count(parcel.items)
    names = [key for key, _ in parcel.items]
    by_id = {line.pk: line for line in desk.request_lines}
    found: list[tuple[int, ReturnLine, int]] = []
    for i, (key, quantity) in enumerate(parcel.items):
        name = "returnLineId" if isinstance(key, UUID) else "orderLineId"
        if names.index(key) != i:
            raise Invalid("This line is named twice.", field=f"lines.{i}.{name}", code="DUPLICATE")
        positive(quantity, field=f"lines.{i}.quantity")
        if isinstance(key, str):
            found += [(i, line, units) for line, units in _spread(desk, key, quantity, parcel, i)]
        elif key in by_id:
            found.append((i, by_id[key], quantity))
        else:
            raise NotFound("No such line in this return.", field=f"lines.{i}.{name}")
    both = [line.pk for _, line, _ in found]
    if len(both) > len(set(both)):
        raise Invalid("A line is named by its own id and by its order's.", field="lines", code="DUPLICATE")
    return found


def _spread(
    desk: Desk, order_line_id: str, quantity: int, parcel: Parcel, i: int
) -> list[tuple[ReturnLine, int]]:
    """The return's lines of an order line, in their order; the last takes what is beyond all of them."""
    lines = [line for line in desk.request_lines if line.line_id == order_line_id]
    if not lines:
        if order_line_id not in desk.accounts:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if not parcel.accept_unexpected:
            raise NotFound("The return does not expect this line.", field=f"lines.{i}.orderLineId")
        return [(_new_line(desk, order_line_id), quantity)]
    spread = []
    for line in lines:
        now = store.buckets(line)
        units = min(now.awaited + now.missing + now.kept, quantity)
        quantity -= units
        spread.append((line, units))
    line, units = spread[-1]
    spread[-1] = (line, units + quantity)
    return [(line, units) for line, units in spread if units]


def _new_line(desk: Desk, order_line_id: str) -> ReturnLine:
    """A line nobody asked for: it is stored with what arrives of it."""
    line = ReturnLine(
        rma=desk.request,
        line=desk.accounts[order_line_id],
        position=len(desk.request_lines),
        reason_code=Reason.UNANNOUNCED.value,
    )
    desk.lines = [*desk.request_lines, line]
    return line
