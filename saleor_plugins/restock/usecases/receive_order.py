"""Book goods in: Saleor's stock, our ledger and the order move together or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid, KeyReused, Required
from ...kernel.ids import to_global
from ...platform import shop
from ..domain.arrivals import CLOSED, Booked, check_arrivals
from ..domain.order import PARTLY_RECEIVED, RECEIVED, Arrival
from ..models import PurchaseOrder, PurchaseOrderLine, Receipt, StockMovement
from ..store import orders, receipts
from .describe import describe
from .receive_lines import Unordered, as_line, book_goods, check_unordered

MAX_REFERENCE = 100
MAX_BACK = timedelta(days=366)
"""A delivery dated further back is a typing error."""


def receive_order(
    order_id: UUID,
    reference: str,
    arrivals: Sequence[Arrival],
    *,
    arrived_on: date | None = None,
    unordered: Sequence[Unordered] = (),
    accept_over: bool = False,
    by: str = "",
) -> Receipt:
    """Book `arrivals` (line ids are ours) under the merchant's `reference`, e.g. the delivery note.

    `arrived_on` is the shop day on which they came, today unless said. The same reference again answers
    the first receipt and moves nothing. Raises Required or Invalid (fields ``reference``, ``arrivedOn``),
    KeyReused when the reference was used for something else, NotFound (``id``), Conflict in a state that
    takes no goods, and what `check_arrivals` and `check_unordered` refuse.
    """
    reference = _checked(reference)
    day = _day(arrived_on)
    asked = _asked(arrivals, arrived_on, unordered, accept_over)
    with transaction.atomic():
        order = orders.lock(order_id)
        known = receipts.receipt(order, reference)
        if known:
            if known.asked != asked:
                raise KeyReused("This reference was booked with something else.", field="reference")
            return known
        rows = {str(row.pk): row for row in orders.lines_of(order)}
        lines = [as_line(row) for row in rows.values()]
        booked = check_arrivals(
            order.state, lines, arrivals, accept_over=accept_over, unordered=bool(unordered)
        )
        strays = check_unordered(unordered, rows.values())
        receipt = Receipt(order=order, reference=reference, asked=asked, arrived_on=day, by=by)
        receipt.at = clock.now()
        movements = book_goods(receipt, rows, arrivals, booked, strays)
        if movements:
            emit("stock.received", _stock(order, receipt, movements))
        if order.state not in CLOSED:
            _settle(order, rows, booked, by)
    return receipt


def _day(arrived_on: date | None) -> date:
    today = clock.day_of(clock.now(), shop().time_zone())
    if arrived_on is None:
        return today
    if arrived_on > today:
        raise Invalid("Goods that have not come cannot be booked: this day is yet to be.", field="arrivedOn")
    if arrived_on < today - MAX_BACK:
        raise Invalid("This day is more than a year ago.", field="arrivedOn")
    return arrived_on


def _checked(reference: str) -> str:
    reference = reference.strip()
    if not reference:
        raise Required("Name the delivery, e.g. by its delivery note.", field="reference")
    if len(reference) > MAX_REFERENCE:
        raise Invalid(f"Must be at most {MAX_REFERENCE} characters.", field="reference")
    return reference


def _asked(
    arrivals: Sequence[Arrival], arrived_on: date | None, unordered: Sequence[Unordered], accept_over: bool
) -> dict[str, Any]:
    """What is asked for, in an order of its own: the same delivery typed in another way is the same."""
    return {
        "lines": sorted(map(asdict, arrivals), key=lambda line: line["line_id"]),
        "unordered": sorted(map(asdict, unordered), key=lambda goods: (goods["variant_id"], goods["sku"])),
        "arrivedOn": arrived_on and arrived_on.isoformat(),
        "acceptOver": accept_over,
    }


def _settle(order: PurchaseOrder, rows: dict[str, PurchaseOrderLine], booked: Booked, by: str) -> None:
    """Move the lines and the order."""
    for line in booked.lines:
        rows[line.id].received, rows[line.id].open = line.received, line.open
    orders.save_lines(list(rows.values()), ["received", "open"])
    if booked.state == RECEIVED:
        orders.move(order, "receive all", closed_at=clock.now(), closed_by=by)
        emit("purchase_order.received", describe(order, list(rows.values())))
    elif booked.state == PARTLY_RECEIVED:
        orders.move(order, "receive part")


def _stock(order: PurchaseOrder, receipt: Receipt, movements: Sequence[StockMovement]) -> dict[str, Any]:
    told: dict[str, dict[str, Any]] = {}
    for move in movements:
        units = told.get(move.variant_id, {}).get("quantity", 0) + move.quantity
        told[move.variant_id] = {
            "variantId": move.variant_id,
            "quantity": units,
            "onHand": move.on_hand_after,
        }
    return {
        "receiptId": to_global("PurchaseOrderReceipt", receipt.pk),
        "purchaseOrderId": to_global("PurchaseOrder", order.pk),
        "reference": receipt.reference,
        "warehouseId": order.warehouse_id,
        "lines": list(told.values()),
    }
