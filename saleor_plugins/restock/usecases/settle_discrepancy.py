"""What came otherwise than ordered: note it when it shows later, settle it with the supplier."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, NotFound, Required
from ..domain.order import DRAFT, MAX_UNITS
from ..models import Discrepancy
from ..store import orders, receipts

MAX_NOTE = 500
LATER = ("DAMAGED", "PRICE", "SHORT")
"""What shows after a delivery was booked: in a box that is opened, in the supplier's bill."""


def note_discrepancy(order_id: UUID, line_id: UUID, kind: str, quantity: int, note: str) -> Discrepancy:
    """Note what was found later of a line: no stock moves, and the order stays as it is.

    Raises NotFound (``id``, ``lineId``), Invalid (``kind``, ``quantity``, ``note``), Required (``note``),
    Conflict for a draft.
    """
    if kind not in LATER:
        raise Invalid(f"Must be one of {', '.join(LATER)}.", field="kind")
    if not 1 <= quantity <= MAX_UNITS:
        raise Invalid(f"Must be from 1 to {MAX_UNITS}.", field="quantity")
    note = _note(note)
    with transaction.atomic():
        order = orders.lock(order_id)
        if order.state == DRAFT:
            raise Conflict("Nothing was ordered yet.", field="state")
        line = next((row for row in orders.lines_of(order) if row.pk == line_id), None)
        if line is None:
            raise NotFound("This order has no such line.", field="lineId")
        found = Discrepancy(
            order=order,
            line=line,
            kind=kind,
            variant_id=line.variant_id,
            sku=line.sku,
            quantity=quantity,
            note=note,
            at=clock.now(),
        )
        receipts.note([found])
    return found


def settle_discrepancy(discrepancy_id: UUID, note: str, *, by: str = "") -> Discrepancy:
    """Say how it was settled, once; the same again changes nothing.

    Raises NotFound (``id``), Required or Invalid (``note``), Conflict when it was settled otherwise.
    """
    note = _note(note)
    with transaction.atomic():
        found = receipts.lock_discrepancy(discrepancy_id)
        if found.settled_at is None:
            found.settled_at, found.settled_by, found.settled_note = clock.now(), by, note
            found.save(update_fields=["settled_at", "settled_by", "settled_note"])
        elif found.settled_note != note:
            raise Conflict("It is settled already, with another note.", field="id")
    return found


def _note(note: str) -> str:
    note = note.strip()
    if not note:
        raise Required("Say what it is about.", field="note")
    if len(note) > MAX_NOTE:
        raise Invalid(f"Must be at most {MAX_NOTE} characters.", field="note")
    return note
