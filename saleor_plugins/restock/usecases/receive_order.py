"""Book goods in: Saleor's stock, our ledger and the order move together or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid, KeyReused, NotFound, Required
from ...kernel.ids import to_global
from ...platform import shop
from ..domain.order import RECEIVED, Arrival, Line, check_arrivals
from ..models import PurchaseOrder, PurchaseOrderLine, Receipt, StockMovement
from ..store import orders
from .describe import describe

MAX_REFERENCE = 100


def receive_order(order_id: UUID, reference: str, arrivals: Sequence[Arrival], *, by: str = "") -> Receipt:
    """Book `arrivals` (line ids are ours) under the merchant's `reference`, e.g. the delivery note.

    The same reference again answers the first receipt and moves nothing. Raises Required or Invalid
    (field ``reference``), KeyReused when the reference was used for other lines, NotFound (``id``),
    Conflict in a state that takes no goods, and what `check_arrivals` refuses.
    """
    reference = _checked(reference)
    asked = sorted((asdict(arrival) for arrival in arrivals), key=lambda line: line["line_id"])
    with transaction.atomic():
        order = orders.lock(order_id)
        known = orders.receipt(order, reference)
        if known:
            if known.asked != asked:
                raise KeyReused("This reference was booked with other lines.", field="reference")
            return known
        rows = {str(row.pk): row for row in orders.lines_of(order)}
        lines = [Line(key, r.variant_id, r.ordered, r.received, r.tolerance) for key, r in rows.items()]
        state, after = check_arrivals(order.state, lines, arrivals)
        receipt = Receipt(order=order, reference=reference, asked=asked, by=by, at=clock.now())
        receipt.arrived_on = clock.day_of(receipt.at, shop().time_zone())
        movements = _move_stock(receipt, rows, arrivals)
        orders.book(receipt, movements)
        _settle(order, rows, after, state, by)
        _tell(order, list(rows.values()), receipt, movements)
    return receipt


def _checked(reference: str) -> str:
    reference = reference.strip()
    if not reference:
        raise Required("Name the delivery, e.g. by its delivery note.", field="reference")
    if len(reference) > MAX_REFERENCE:
        raise Invalid(f"Must be at most {MAX_REFERENCE} characters.", field="reference")
    return reference


def _move_stock(
    receipt: Receipt, rows: dict[str, PurchaseOrderLine], arrivals: Sequence[Arrival]
) -> list[StockMovement]:
    """Put the units into Saleor's stock, in variant order so that two receipts cannot deadlock."""
    movements = []
    total = _in_shop({rows[arrival.line_id].variant_id for arrival in arrivals})
    numbered = sorted(enumerate(arrivals), key=lambda pair: rows[pair[1].line_id].variant_id)
    for index, arrival in numbered:
        line = rows[arrival.line_id]
        try:
            stock = shop().move_stock(line.variant_id, line.warehouse_id, arrival.quantity)
        except NotFound as error:
            field = "id" if error.field == "warehouseId" else f"lines.{index}.lineId"
            raise NotFound(f"Saleor no longer has it: {error.message}", field=field) from error
        total[line.variant_id] += arrival.quantity
        movements.append(
            StockMovement(
                receipt=receipt,
                line=line,
                variant_id=line.variant_id,
                warehouse_id=line.warehouse_id,
                quantity=arrival.quantity,
                on_hand_after=stock.on_hand,
                total_after=total[line.variant_id],
                unit_cost=line.price,
                currency=receipt.order.currency,
                at=receipt.at,
            )
        )
    return movements


def _in_shop(variant_ids: set[str]) -> Counter[str]:
    """Units on hand in all warehouses, their rows locked in id order."""
    total: Counter[str] = Counter()
    for stock in shop().stocks(variant_ids, lock=True):
        total[stock.variant_id] += stock.on_hand
    return total


def _settle(
    order: PurchaseOrder, rows: dict[str, PurchaseOrderLine], after: Sequence[Line], state: str, by: str
) -> None:
    for line in after:
        rows[line.id].received = line.received
        rows[line.id].open = bool(line.owed)
    orders.save_lines(list(rows.values()), ["received", "open"])
    if state == RECEIVED:
        orders.move(order, "receive all", closed_at=clock.now(), closed_by=by)
    else:
        orders.move(order, "receive part")


def _tell(
    order: PurchaseOrder,
    lines: Sequence[PurchaseOrderLine],
    receipt: Receipt,
    movements: Sequence[StockMovement],
) -> None:
    booked: dict[str, Any] = {
        "receiptId": to_global("PurchaseOrderReceipt", receipt.pk),
        "purchaseOrderId": to_global("PurchaseOrder", order.pk),
        "reference": receipt.reference,
        "warehouseId": order.warehouse_id,
        "lines": [
            {"variantId": move.variant_id, "quantity": move.quantity, "onHand": move.on_hand_after}
            for move in movements
        ],
    }
    emit("stock.received", booked)
    if order.state == RECEIVED:
        emit("purchase_order.received", describe(order, lines))
