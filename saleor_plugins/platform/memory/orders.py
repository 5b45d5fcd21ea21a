"""Orders and parcels of the in-memory shop, with Saleor 3's order states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ...kernel import clock
from ...kernel.errors import Conflict
from ...kernel.ids import to_global
from ..port import Fulfillment, FulfillmentLine, Order, OrderLine, OrderStatus, ShipItem
from ..promises import PLACED, SHIPPABLE, as_slots, check_tracking, plan_shipment
from ..sorting import by_id
from .state import State, found, next_number
from .stocks import StocksInMemory


class OrdersInMemory(StocksInMemory):
    """`port.Orders`."""

    def order(self, order_id: str, *, lock: bool = False) -> Order:
        with self._lock:
            row: Order = found(self.state.orders, order_id, "orderId")
            return row

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[Order]:
        with self._lock:
            rows = [
                order
                for order in self.state.orders.values()
                if order.status in SHIPPABLE and any(line.to_ship for line in order.lines)
            ]
            last = self.state.orders.get(after) if after else None
        rows.sort(key=_age)
        return [row for row in rows if last is None or _age(row) > _age(last)][:limit]

    def orders(self, since: datetime, until: datetime) -> Iterator[Order]:
        with self._lock:
            rows = [row for row in self.state.orders.values() if row.status in PLACED]
        yield from (row for row in sorted(rows, key=_age) if since <= row.created < until)

    def fulfillments(self, order_id: str) -> list[Fulfillment]:
        with self._lock:
            rows = [row for row in self.state.fulfillments.values() if row.order_id == order_id]
        return sorted(rows, key=lambda row: by_id(row.id))

    def fulfill(
        self,
        order_id: str,
        items: Sequence[ShipItem],
        *,
        tracking_number: str = "",
        notify_customer: bool = False,
    ) -> list[Fulfillment]:
        check_tracking(tracking_number)
        with self.transaction() as state:
            order = self.order(order_id)
            held = as_slots(self.allocations(order_id))
            stocks = self.stocks({line.variant_id for line in order.lines if line.variant_id})
            shipment = plan_shipment(order, items, stocks, held, state.warehouses)
            for slot in held:
                del state.allocations[slot]
            state.allocations.update(shipment.kept)
            parcels: dict[str, list[FulfillmentLine]] = {}
            for (line_id, warehouse_id), units in shipment.taken.items():
                line = order.line(line_id)
                if line and line.tracks_stock and line.variant_id:
                    state.on_hand[line.variant_id, warehouse_id] -= units
                row = FulfillmentLine(new_line_id(), line_id, units, warehouse_id)
                parcels.setdefault(warehouse_id, []).append(row)
                _fulfilled(state, order_id, line_id, units)
            made = [
                self._store(state, order_id, "FULFILLED", tracking_number, rows) for rows in parcels.values()
            ]
            refresh(state, order_id)
            return made

    def set_tracking(
        self, fulfillment_id: str, tracking_number: str, *, notify_customer: bool = False
    ) -> None:
        check_tracking(tracking_number)
        with self.transaction() as state:
            row: Fulfillment = found(state.fulfillments, fulfillment_id, "fulfillmentId")
            state.fulfillments[row.id] = replace(row, tracking_number=tracking_number)

    def cancel_fulfillment(self, fulfillment_id: str, *, warehouse_id: str) -> None:
        with self.transaction() as state:
            row: Fulfillment = found(state.fulfillments, fulfillment_id, "fulfillmentId")
            found(state.warehouses, warehouse_id, "warehouseId")
            if row.status not in ("FULFILLED", "WAITING_FOR_APPROVAL"):
                raise Conflict(f"The fulfillment is {row.status}.", field="fulfillmentId")
            order = self.order(row.order_id)
            for item in row.lines:
                line = order.line(item.order_line_id)
                if line and line.tracks_stock and line.variant_id:
                    self.move_stock(line.variant_id, warehouse_id, item.quantity)
                    slot = (line.id, warehouse_id)
                    state.allocations[slot] = state.allocations.get(slot, 0) + item.quantity
                _fulfilled(state, row.order_id, item.order_line_id, -item.quantity)
            state.fulfillments[row.id] = replace(row, status="CANCELED")
            refresh(state, row.order_id)

    def add_note(self, order_id: str | Order, text: str) -> None:
        order_id = order_id.id if isinstance(order_id, Order) else order_id
        with self.transaction() as state:
            self.order(order_id)
            state.notes[order_id] = (*state.notes.get(order_id, ()), text)

    def _store(
        self, state: State, order_id: str, status: str, tracking: str, rows: list[FulfillmentLine]
    ) -> Fulfillment:
        key = to_global("Fulfillment", next_number())
        state.fulfillments[key] = Fulfillment(key, order_id, status, tracking, tuple(rows), clock.now())
        return state.fulfillments[key]


def _age(order: Order) -> tuple[object, tuple[str, int, str]]:
    return order.created, by_id(order.id)


def new_line_id() -> str:
    """An id for a new fulfilment line."""
    return to_global("FulfillmentLine", next_number())


def _fulfilled(state: State, order_id: str, line_id: str, units: int) -> None:
    order = state.orders[order_id]

    def counted(line: OrderLine) -> OrderLine:
        if line.id != line_id:
            return line
        return replace(line, quantity_fulfilled=line.quantity_fulfilled + units)

    state.orders[order_id] = replace(order, lines=tuple(counted(line) for line in order.lines))


def refresh(state: State, order_id: str) -> None:
    """The status Saleor 3 gives (`saleor.order.utils.determine_order_status`)."""
    order = state.orders[order_id]
    units: Counter[str] = Counter()
    for row in state.fulfillments.values():
        if row.order_id == order_id:
            units[row.status] += sum(line.quantity for line in row.lines)
    # What was replaced counts as if it had not been ordered.
    total = sum(line.quantity for line in order.lines) - units["REPLACED"]
    fulfilled = sum(line.quantity_fulfilled for line in order.lines) - units["REPLACED"]
    returned = units["RETURNED"] + units["REFUNDED_AND_RETURNED"]
    if not total:
        return
    if fulfilled <= 0:
        status = OrderStatus.UNFULFILLED
    elif 0 < returned < total:
        status = OrderStatus.PARTIALLY_RETURNED
    elif returned == total:
        status = OrderStatus.RETURNED
    else:
        status = OrderStatus.FULFILLED if fulfilled >= total else OrderStatus.PARTIALLY_FULFILLED
    state.orders[order_id] = replace(order, status=status)
