"""Take in a parcel, or a part of what was approved."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, ReturnedItem

from .. import payloads, store
from ..domain.quantities import MAX_LINES
from ..domain.shipped import pick, with_customer
from ..models import Receipt, ReceiptLine, Return, ReturnLine
from ..store import Desk

Arrived = list[tuple[ReturnLine, int]]


def receive_parcel(
    asker: Asker, return_id: UUID, warehouse_id: str, items: Sequence[tuple[UUID, int]]
) -> Return:
    """`items` (return line, units) arrived at the warehouse; the shop shows them as returned.

    Raises NotFound (``id``, ``warehouseId``, ``lines.N.returnLineId``), Invalid (``lines.N.quantity``) for
    more than is still expected, Conflict (``state``) when the return is not approved.
    """
    check_warehouses({warehouse_id})
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "receive")
        arrived = find_lines(desk, items)
        for i, (line, quantity) in enumerate(arrived):
            now = store.buckets(line).receive(quantity, field=f"lines.{i}.quantity")
            store.save_buckets(line, now)
        _write(desk, warehouse_id, arrived)
        data = {
            "warehouseId": warehouse_id,
            "lines": [payloads.of_line(line, quantity) for line, quantity in arrived],
        }
        store.log(desk.request, "receive", asker, data)
        emit("return.received", payloads.of_return(desk, **data))
    return desk.request


def check_warehouses(ids: set[str]) -> None:
    """Raises NotFound (field ``warehouseId``) when one of them does not exist."""
    if ids - {warehouse.id for warehouse in shop().warehouses()}:
        raise NotFound("No such warehouse.", field="warehouseId")


def find_lines(desk: Desk, items: Sequence[tuple[UUID, int]], *, twice: bool = False) -> Arrived:
    """The return's lines by id; `twice` lets one repeat.

    Raises Required, NotFound, Invalid naming ``lines``.
    """
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    by_id = {line.pk: line for line in desk.request_lines}
    found: Arrived = []
    for i, (line_id, quantity) in enumerate(items):
        line = by_id.get(line_id)
        if line is None:
            raise NotFound("No such line in this return.", field=f"lines.{i}.returnLineId")
        if not twice and line in [known for known, _ in found]:
            raise Invalid("This line is named twice.", field=f"lines.{i}.returnLineId", code="DUPLICATE")
        found.append((line, quantity))
    return found


def _write(desk: Desk, warehouse_id: str, arrived: Arrived) -> None:
    left = with_customer(desk.parcels, store.unshown_returns(desk.order.id))
    taken = [
        (line, fulfillment_line, units)
        for line, quantity in arrived
        for fulfillment_line, units in pick(
            left.get(line.line_id, {}), quantity, line.fulfillment_line_id
        ).items()
    ]
    shown = shop().mark_returned(desk.order.id, _items(taken))
    receipt = Receipt.objects.create(
        rma=desk.request,
        sequence=store.next_receipt(desk.request),
        warehouse_id=warehouse_id,
        at=clock.now(),
    )
    ReceiptLine.objects.bulk_create(
        ReceiptLine(
            receipt=receipt,
            return_line=line,
            fulfillment_line_id=fulfillment_line,
            shop_fulfillment_id=shown or "",
            quantity=units,
        )
        for line, fulfillment_line, units in taken
    )


def _items(taken: list[tuple[ReturnLine, str, int]]) -> list[ReturnedItem]:
    """One item per fulfilment line: two lines of a return may draw on the same."""
    units: dict[str, int] = {}
    for _, fulfillment_line, quantity in taken:
        units[fulfillment_line] = units.get(fulfillment_line, 0) + quantity
    return [ReturnedItem(key, quantity) for key, quantity in units.items()]
