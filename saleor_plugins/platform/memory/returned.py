"""Returned parcels of the in-memory shop, as Saleor 3 shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ...kernel import clock
from ...kernel.errors import NotFound
from ...kernel.ids import to_global
from ..port import CAME_BACK, Fulfillment, FulfillmentLine, Order, ReturnedItem, ReturnedState, Sale
from ..promises import SOLD
from ..returning import Move, Unit, check_money, effective, plan_moves, restated
from ..sorting import by_id
from .orders import new_line_id, refresh
from .parcels import ParcelsInMemory
from .state import State, next_number


class ReturnedInMemory(ParcelsInMemory):
    """`port.Returned`."""

    def mark_returned(
        self,
        order_id: str,
        items: Sequence[ReturnedItem],
        *,
        state: ReturnedState = ReturnedState.RETURNED,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> str | None:
        check_money(refund_amount, shipping_refund)
        with self.transaction() as data:
            self.order(order_id)
            lines = [
                Unit(line.id, parcel.id, parcel.status, line.quantity)
                for parcel in self.fulfillments(order_id)
                for line in parcel.lines
            ]
            moves = plan_moves(lines, items, effective(state, refund_amount))
            shown = [_move(data, move) for move in moves]
            _count_money(data, shown[0], refund_amount, shipping_refund)
            refresh(data, order_id)
            return shown[0]

    def restate_returned(
        self,
        order_id: str,
        fulfillment_id: str,
        state: ReturnedState,
        *,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> None:
        check_money(refund_amount, shipping_refund)
        with self.transaction() as data:
            self.order(order_id)
            row = data.fulfillments.get(fulfillment_id)
            if row is None or row.order_id != order_id:
                raise NotFound("No such fulfillment of this order.", field="fulfillmentId")
            target = restated(row.status, effective(state, refund_amount))
            data.fulfillments[row.id] = replace(row, status=target.value)
            _count_money(data, row.id, refund_amount, shipping_refund)
            refresh(data, order_id)

    def returned_sales(self, since: datetime, until: datetime) -> Iterator[Sale]:
        with self._lock:
            orders = [
                row
                for row in self.state.orders.values()
                if row.status in SOLD and since <= row.created < until
            ]
            parcels = [row for row in self.state.fulfillments.values() if row.status in CAME_BACK]
        rows = [sale for order in orders for parcel in parcels for sale in _came_back(order, parcel)]
        yield from sorted(rows, key=lambda row: (row.at, by_id(row.order_id), by_id(row.line_id)))


def _came_back(order: Order, parcel: Fulfillment) -> Iterator[Sale]:
    if parcel.order_id != order.id:
        return
    country = order.shipping_address.country if order.shipping_address else ""
    for row in parcel.lines:
        line = order.line(row.order_line_id)
        if line and line.variant_id:
            yield Sale(order.id, line.id, line.variant_id, row.quantity, order.created, country)


def _move(data: State, move: Move) -> str:
    """Show a move; the fulfilment that shows it."""
    parcel = data.fulfillments[move.fulfillment_id]
    if move.whole:
        data.fulfillments[parcel.id] = replace(parcel, status=move.target.value)
        return parcel.id
    moved: list[FulfillmentLine] = []
    rest: list[FulfillmentLine] = []
    for line in parcel.lines:
        units = move.units.get(line.id, 0)
        if 0 < units < line.quantity:
            moved.append(replace(line, id=new_line_id(), quantity=units))
            rest.append(replace(line, quantity=line.quantity - units))
        else:
            (moved if units else rest).append(line)
    data.fulfillments[parcel.id] = replace(parcel, lines=tuple(rest))
    made = Fulfillment(
        to_global("Fulfillment", next_number()),
        parcel.order_id,
        move.target.value,
        parcel.tracking_number,
        tuple(moved),
        clock.now(),
    )
    data.fulfillments[made.id] = made
    return made.id


def _count_money(data: State, fulfillment_id: str, refund_amount: int, shipping_refund: int) -> None:
    row = data.fulfillments[fulfillment_id]
    data.fulfillments[row.id] = replace(
        row,
        refund_amount=row.refund_amount + refund_amount,
        shipping_refund=row.shipping_refund + shipping_refund,
    )
