"""Note when goods are expected: a delivery that comes later is still the same delivery."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, NotFound
from ...kernel.ids import to_global
from ...platform import shop
from ..domain.order import OWED
from ..models import PurchaseOrder
from ..store import orders
from .describe import describe

MAX_AHEAD = timedelta(days=730)


def postpone_order(order_id: UUID, on: date | None, line_ids: Sequence[UUID] = ()) -> PurchaseOrder:
    """Expect the order, or some of its lines, on that shop day; None when nobody knows.

    What is owed counts as on order whenever it comes, so nothing is ordered again. A day for the whole order
    goes before days its lines had. Raises NotFound (``id``, ``lineIds.i``), Conflict unless it is owed,
    Invalid (``on`` in the past or years ahead, ``lineIds.i`` for a line that nothing is owed of).
    """
    _check_day(on)
    with transaction.atomic():
        order = orders.lock(order_id)
        if order.state not in OWED:
            raise Conflict(f"Nothing is expected of an order that is {order.state}.", field="state")
        rows = orders.lines_of(order)
        by_id = {row.pk: row for row in rows}
        for index, key in enumerate(line_ids):
            if key not in by_id:
                raise NotFound("This order has no such line.", field=f"lineIds.{index}")
            if not by_id[key].open:
                raise Invalid("Nothing is owed of this line.", field=f"lineIds.{index}")
        before = {row.pk: row.expected_on or order.expected_on for row in rows if row.open}
        whole = order.expected_on
        if not line_ids:
            orders.expect(order, on)
        for row in rows:
            if row.pk in line_ids:
                row.expected_on = on
            elif not line_ids and row.open:
                row.expected_on = None
        orders.save_lines(rows, ["expected_on"])
        after = {row.pk: row.expected_on or order.expected_on for row in rows if row.open}
        if after != before or whole != order.expected_on:
            moved = [to_global("PurchaseOrderLine", key) for key in after if after[key] != before[key]]
            told = {"expectedBefore": whole and whole.isoformat(), "movedLineIds": moved}
            emit("purchase_order.postponed", describe(order, rows) | told)
    return order


def _check_day(on: date | None) -> None:
    today = clock.day_of(clock.now(), shop().time_zone())
    if on is not None and on < today:
        raise Invalid("This day is over. Book what has arrived, or name the day it will.", field="on")
    if on is not None and on > today + MAX_AHEAD:
        raise Invalid("This day is more than two years ahead.", field="on")
