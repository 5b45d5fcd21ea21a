"""Orders and parcels, written to the tables of either generation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from saleor.core.exceptions import InsufficientStock as SaleorInsufficientStock
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.warehouse.models import Warehouse

from ...kernel.errors import Conflict, InsufficientStock, NotFound
from .. import port
from ..promises import Slots, as_slots, check_tracking, plan_allocations, plan_many, plan_shipment
from . import convert, promises
from .parcels import OrmParcels

VARIANT = ("variant__product__product_type",)


class OrmOrders(OrmParcels):
    """The writing half of `port.Orders`, and `port.Stocks.allocate`."""

    # Whether Saleor keeps the sum of a stock's allocations beside it.
    counts_allocations = False

    # -- what the generations supply ---------------------------------------------------------

    def _awaiting(self, orders: Sequence[port.Order]) -> Slots:
        """Promises that belong to parcels which wait for approval, so that nobody may move them."""
        return {}

    def _check_can_ship(self, order: Any, lines: list[Any]) -> None:
        """Saleor's own rules against shipping; raises Conflict."""

    def _ship(
        self, order: Any, parcels: dict[Any, list[dict[str, Any]]], tracking: str, notify: bool
    ) -> list[Any]:
        """Saleor's own fulfilment of `parcels`, by warehouse key."""
        raise NotImplementedError

    def _tracking_changed(self, row: Any, notify: bool) -> None:
        raise NotImplementedError

    def _cancel(self, row: Any, warehouse: Any) -> None:
        raise NotImplementedError

    def _note(self, row: Any, text: str) -> None:
        raise NotImplementedError

    def _allocations_changed(self, stock_keys: Sequence[Any]) -> None:
        """Called with the keys of the stocks whose allocation rows were rewritten."""

    # -- the promises they share -------------------------------------------------------------

    def _split(self, orders: Sequence[port.Order], held: Slots) -> tuple[Slots, Slots]:
        """What the orders hold and may move, and what waits with a parcel."""
        # Units of a waiting parcel already count as fulfilled.
        begun = [order for order in orders if any(line.quantity_fulfilled for line in order.lines)]
        awaiting = self._awaiting(begun) if begun else {}
        awaiting = {slot: min(units, held.get(slot, 0)) for slot, units in awaiting.items()}
        free = {slot: units - awaiting.get(slot, 0) for slot, units in held.items()}
        return {slot: units for slot, units in free.items() if units > 0}, awaiting

    def _rewrite(self, order: port.Order, stocks: Sequence[port.Stock], *parts: Slots) -> None:
        """Replace all of the order's allocation rows, whatever they say."""
        self._allocations_changed(promises.rewrite(order, _sum(*parts), stocks))

    def _change(
        self, orders: Sequence[port.Order], before: Slots, after: Slots, stocks: Sequence[port.Stock]
    ) -> None:
        promises.change(orders, before, after, stocks, counters=self.counts_allocations)

    def allocate(self, order_id: str, plan: Sequence[port.Allocation]) -> None:
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            stocks = self.stocks(_variants(order), lock=True)
            rows = as_slots(self.allocations(order.id))
            held, awaiting = self._split([order], rows)
            wanted = plan_allocations(order, plan, stocks, held, self._known(plan))
            self._change([order], rows, _sum(wanted, awaiting), stocks)

    def allocate_under_lock(
        self,
        order: port.Order,
        plan: Sequence[port.Allocation],
        *,
        stocks: Sequence[port.Stock],
        held: Sequence[port.Allocation],
    ) -> None:
        if not connection.in_atomic_block:
            raise RuntimeError("The locks end with the transaction: call it inside of theirs.")
        rows = as_slots(held)
        movable, awaiting = self._split([order], rows)
        known = {row.warehouse_id for row in plan}
        wanted = plan_allocations(order, plan, stocks, movable, known)
        self._change([order], rows, _sum(wanted, awaiting), stocks)

    def allocate_many(self, plans: Mapping[str, Sequence[port.Allocation]]) -> None:
        with transaction.atomic():
            orders = self._locked(list(plans))
            stocks = self.stocks({key for order in orders for key in _variants(order)}, lock=True)
            allocations = self.allocations_of(list(plans)).values()
            rows = as_slots(row for found in allocations for row in found)
            held, awaiting = self._split(orders, rows)
            known = self._known([row for plan in plans.values() for row in plan])
            wanted = plan_many(orders, plans, stocks, held, known)
            self._change(orders, rows, _sum(wanted, awaiting), stocks)

    def fulfill(
        self,
        order_id: str,
        items: Sequence[port.ShipItem],
        *,
        tracking_number: str = "",
        notify_customer: bool = False,
    ) -> list[port.Fulfillment]:
        check_tracking(tracking_number)
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            stocks = self.stocks(_variants(order), lock=True)
            held, awaiting = self._split([order], as_slots(self.allocations(order.id)))
            shipment = plan_shipment(order, items, stocks, held, self._known(items))
            # Saleor lets go of a line's promises in the order of stock keys, whichever warehouse ships:
            # with none left it cannot let go of a wrong one, and the right ones come back below.
            self._rewrite(order, stocks)
            made = self._ship_taken(order, shipment.taken, tracking_number, notify_customer)
            waiting = {} if made[0].status != "waiting_for_approval" else shipment.taken
            self._rewrite(order, stocks, shipment.kept, awaiting, _tracked(order, waiting))
        keys = {convert.gid("Fulfillment", row.pk) for row in made}
        return [row for row in self.fulfillments(order_id) if row.id in keys]

    def _ship_taken(self, order: port.Order, taken: Slots, tracking: str, notify: bool) -> list[Any]:
        lines = {
            convert.gid("OrderLine", row.pk): row
            for row in OrderLine.objects.filter(order_id=convert.pk(Order, order.id)).select_related(*VARIANT)
        }
        row = Order.objects.get(pk=convert.pk(Order, order.id))
        self._check_can_ship(row, [lines[line_id] for line_id, _ in taken])
        parcels: dict[Any, list[dict[str, Any]]] = {}
        for (line_id, warehouse_id), units in taken.items():
            item = {"order_line": lines[line_id], "quantity": units}
            parcels.setdefault(convert.pk(Warehouse, warehouse_id), []).append(item)
        try:
            return self._ship(row, parcels, tracking, notify)
        except SaleorInsufficientStock as error:
            raise InsufficientStock("Saleor found too little stock.", field="warehouseId") from error

    def set_tracking(
        self, fulfillment_id: str, tracking_number: str, *, notify_customer: bool = False
    ) -> None:
        check_tracking(tracking_number)
        with transaction.atomic():
            row = self._fulfillment(fulfillment_id)
            if row.tracking_number == tracking_number:
                return
            row.tracking_number = tracking_number
            row.save(update_fields=["tracking_number"])
            self._tracking_changed(row, notify_customer)

    def cancel_fulfillment(self, fulfillment_id: str, *, warehouse_id: str) -> None:
        with transaction.atomic():
            row = self._fulfillment(fulfillment_id)
            try:
                warehouse = Warehouse.objects.get(pk=convert.pk(Warehouse, warehouse_id, field="warehouseId"))
            except ObjectDoesNotExist:
                raise NotFound("No such warehouse.", field="warehouseId") from None
            if row.status not in ("fulfilled", "waiting_for_approval"):
                raise Conflict(f"The fulfillment is {row.status.upper()}.", field="fulfillmentId")
            self._cancel(row, warehouse)

    def _fulfillment(self, fulfillment_id: str) -> Any:
        """The fulfilment, with its order and lines locked first."""
        key = convert.pk(Fulfillment, fulfillment_id, field="fulfillmentId")
        order = Fulfillment.objects.filter(pk=key).values_list("order_id", flat=True).first()
        if order is None:
            raise NotFound("No such fulfillment.", field="fulfillmentId")
        self._locked([convert.gid("Order", order)])
        return Fulfillment.objects.select_related("order").get(pk=key)

    def add_note(self, order_id: str | port.Order, text: str) -> None:
        if isinstance(order_id, port.Order):
            # The number is given so that 3.x does not draw a new one.
            facts = {self.number_field: order_id.number, "pk": convert.pk(Order, order_id.id)}
            self._note(Order(**facts), text)
            return
        key = convert.pk(Order, order_id, field="orderId")
        # A system entry needs nothing of the order but its key.
        row = Order.objects.only("pk").filter(pk=key).first()
        if row is None:
            raise NotFound("No such order.", field="orderId")
        self._note(row, text)


def _sum(*parts: Slots) -> Slots:
    slots: Slots = {}
    for part in parts:
        for slot, units in part.items():
            slots[slot] = slots.get(slot, 0) + units
    return slots


def _variants(order: port.Order) -> set[str]:
    return {line.variant_id for line in order.lines if line.variant_id}


def _tracked(order: port.Order, slots: Slots) -> Slots:
    tracked = {line.id for line in order.lines if line.tracks_stock}
    return {slot: units for slot, units in slots.items() if slot[0] in tracked}
