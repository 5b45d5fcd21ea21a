"""The supplier answers an order: when they deliver, under which number, and what they cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...http.texts import clean, one_line
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, Invalids, Required
from ...kernel.ids import to_global
from ...platform import shop
from ..domain import order as rules
from ..models import PurchaseOrder, PurchaseOrderLine
from ..store import orders, sending
from .describe import describe
from .send_order import settle_order

MAX_REFERENCE, MAX_NOTE, MAX_DAYS = 100, 500, 730
_MAX_STORED = 1000


@dataclass(frozen=True)
class Answer:
    """What a supplier typed: a day as ISO text, texts, and the ids of lines they cannot deliver."""

    expected_on: str = ""
    reference: str = ""
    note: str = ""
    cannot: frozenset[str] = frozenset()


def confirm_order(order_id: UUID, revision: int, answer: Answer) -> bool:
    """Store the answer; False when the same was stored already.

    Without any line left that they can deliver it is a refusal: nothing is confirmed, staff decide. A later
    answer replaces an earlier one. Raises NotFound (``id``), Conflict (``revision``, ``state``) when the
    order is another one by now, Invalids (``expectedOn`` with REQUIRED, INVALID, PAST or FAR, ``reference``,
    ``note``, ``lines``).
    """
    with transaction.atomic():
        order = orders.lock(order_id)
        if order.revision != revision:
            raise Conflict("The order was changed.", field="revision")
        if order.state not in rules.OWED:
            raise Conflict(f"The order is {order.state}.", field="state")
        lines = [line for line in orders.lines_of(order) if line.open]
        cannot = _cannot(lines, answer.cannot)
        declined = len(cannot) == len(lines)
        values = _values(order, answer, cannot, declined)
        if all(getattr(order, name) == value for name, value in values.items()):
            return False
        if not declined:
            values["confirmed_at"] = clock.now()
        PurchaseOrder.objects.filter(pk=order.pk).update(**values)
        for name, value in values.items():
            setattr(order, name, value)
        # Whoever answers has the order, whatever became of the worker that sent it.
        row = sending.find(order, revision)
        if row is not None and not row.sent:
            settle_order(order, row)
        _tell(order, cannot, declined)
    return True


def _tell(order: PurchaseOrder, cannot: Sequence[PurchaseOrderLine], declined: bool) -> None:
    data = {
        **describe(order, orders.lines_of(order)),
        "revision": order.revision,
        "expectedOn": order.expected_on.isoformat() if order.expected_on else None,
        "supplierReference": order.supplier_reference,
        "cannotDeliver": [to_global("PurchaseOrderLine", line.pk) for line in cannot],
    }
    emit("purchase_order.declined" if declined else "purchase_order.confirmed", data)


def _values(
    order: PurchaseOrder, answer: Answer, cannot: Sequence[PurchaseOrderLine], declined: bool
) -> dict[str, object]:
    """The columns to store. Raises Invalids."""
    wrong: list[Invalid] = []
    values: dict[str, object] = {}
    try:
        day = _day(answer.expected_on) if not declined or answer.expected_on.strip() else None
        values |= {"confirmed_revision": None if declined else order.revision}
        if not declined:
            values["expected_on"] = day
    except Invalid as error:
        wrong.append(error)
    try:
        values["supplier_reference"] = one_line(answer.reference, field="reference", most=MAX_REFERENCE)
    except Invalid as error:
        wrong.append(error)
    try:
        values["supplier_note"] = _note(clean(answer.note, field="note", most=MAX_NOTE), cannot)
    except Invalid as error:
        wrong.append(error)
    if wrong:
        raise Invalids(wrong)
    return values


def _day(text: str) -> date:
    text = text.strip()
    if not text:
        raise Required("Say when you deliver.", field="expectedOn")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid("Must be a day such as 2027-03-31.", field="expectedOn") from None
    today = clock.day_of(clock.now(), shop().time_zone())
    if day < today:
        raise Invalid("Must not be in the past.", field="expectedOn", code="PAST")
    if day > today + timedelta(days=MAX_DAYS):
        raise Invalid(f"Must be within {MAX_DAYS} days.", field="expectedOn", code="FAR")
    return day


def _cannot(lines: Sequence[PurchaseOrderLine], named: frozenset[str]) -> list[PurchaseOrderLine]:
    if named - {str(line.pk) for line in lines}:
        raise Invalids([Invalid("This order has no such line.", field="lines")])
    return [line for line in lines if str(line.pk) in named]


def _note(note: str, cannot: Sequence[PurchaseOrderLine]) -> str:
    """What staff read: the lines first, then the supplier's own words."""
    if not cannot:
        return note
    said = "Cannot deliver: " + ", ".join(line.supplier_sku or line.sku or line.name for line in cannot)
    room = _MAX_STORED - len(note) - 2
    said = said if len(said) <= room else said[: room - 1] + "…"
    return f"{said}\n{note}".strip()
