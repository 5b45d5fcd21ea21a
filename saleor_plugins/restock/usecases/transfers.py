"""What the verbs of a transfer share: its event, its free stock, its references."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Invalid, KeyReused, NotFound, Required
from ...kernel.ids import to_global
from ...platform import shop
from ...platform.port import Stock
from ..domain.transfer import Line
from ..models import StockMovement, Transfer, TransferHandling, TransferLine
from ..store import transfers

MAX_REFERENCE = 100
MAX_NOTE = 500


def describe(transfer: Transfer, lines: Sequence[TransferLine]) -> dict[str, Any]:
    """The JSON of a ``transfer.*`` event."""
    return {
        "transferId": to_global("Transfer", transfer.pk),
        "number": transfer.number,
        "state": transfer.state,
        "sourceId": transfer.source_id,
        "targetId": transfer.target_id,
        "expectedOn": transfer.expected_on.isoformat() if transfer.expected_on else None,
        "lines": [
            {
                "lineId": to_global("TransferLine", line.pk),
                "variantId": line.variant_id,
                "quantity": line.quantity,
                "shipped": line.shipped,
                "received": line.received,
                "lost": line.lost,
            }
            for line in lines
        ],
    }


def as_lines(rows: Sequence[TransferLine]) -> list[Line]:
    """The rows as the domain sees them."""
    return [Line(str(r.pk), r.variant_id, r.quantity, r.shipped, r.received, r.lost) for r in rows]


def locked_free(rows: Sequence[TransferLine], source_id: str) -> dict[str, int]:
    """Units of each variant that are free at the source; their stocks stay locked for the transaction.

    Free is neither allocated to an order nor reserved by a checkout.
    """
    stocks: list[Stock] = shop().stocks({row.variant_id for row in rows}, lock=True)
    return {stock.variant_id: stock.free for stock in stocks if stock.warehouse_id == source_id}


def checked_reference(reference: str) -> str:
    """The reference without spaces around it. Raises Required, Invalid (field ``reference``)."""
    reference = reference.strip()
    if not reference:
        raise Required("Name the handling, e.g. by its waybill.", field="reference")
    return checked_text(reference, MAX_REFERENCE, "reference")


def checked_text(text: str, most: int, field: str) -> str:
    """The text, if it is not too long. Raises Invalid naming `field`."""
    if len(text) > most:
        raise Invalid(f"Must be at most {most} characters.", field=field)
    return text


def known(transfer: Transfer, kind: str, reference: str, asked: Any) -> TransferHandling | None:
    """The handling that was booked under that reference. Raises KeyReused when it was another one."""
    found = transfers.handling(transfer, kind, reference)
    if found and found.asked != asked:
        raise KeyReused("This reference was booked with other lines.", field="reference")
    return found


def move_units(
    handling: TransferHandling,
    units: Sequence[tuple[int, TransferLine, int]],
    warehouse_id: str,
) -> list[StockMovement]:
    """Move Saleor's stock by `units` (index in the request, line, units) and write the ledger beside it.

    In variant order, so that two transfers cannot deadlock. Raises NotFound for a warehouse (field
    ``id``) or variant (``lines.i.lineId``) that Saleor no longer has.
    """
    movements = []
    for index, line, delta in sorted(units, key=lambda row: row[1].variant_id):
        try:
            stock = shop().move_stock(line.variant_id, warehouse_id, delta)
        except NotFound as error:
            field = "id" if error.field == "warehouseId" else f"lines.{index}.lineId"
            raise NotFound(f"Saleor no longer has it: {error.message}", field=field) from error
        movements.append(
            StockMovement(
                handling=handling,
                transfer_line=line,
                variant_id=line.variant_id,
                warehouse_id=warehouse_id,
                quantity=delta,
                on_hand_after=stock.on_hand,
                at=handling.at,
            )
        )
    transfers.book(handling, movements)
    return movements


def new_handling(transfer: Transfer, kind: str, reference: str, asked: Any, by: str) -> TransferHandling:
    """A handling of now, not stored yet."""
    return TransferHandling(
        transfer=transfer, kind=kind, reference=reference, asked=asked, at=clock.now(), by=by
    )


def tell_stock(transfer: Transfer, handling: TransferHandling, movements: Sequence[StockMovement]) -> None:
    """Tell that units of a transfer were booked into stock."""
    if movements:
        emit(
            "stock.received",
            {
                "receiptId": to_global("TransferHandling", handling.pk),
                "transferId": to_global("Transfer", transfer.pk),
                "reference": handling.reference,
                "warehouseId": movements[0].warehouse_id,
                "lines": [
                    {"variantId": move.variant_id, "quantity": move.quantity, "onHand": move.on_hand_after}
                    for move in movements
                ],
            },
        )
