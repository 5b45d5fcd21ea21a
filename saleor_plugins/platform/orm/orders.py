"""Orders and parcels, written to the tables of either generation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from saleor.core.exceptions import InsufficientStock as SaleorInsufficientStock
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.warehouse.models import Warehouse

from ...kernel.errors import Conflict, InsufficientStock, NotFound
from .. import port
from ..promises import Slots, as_slots, check_tracking, plan_allocations, plan_shipment
from . import convert, promises
from .reads import VARIANT, OrmReads


class OrmOrders(OrmReads):
    """The writing half of `port.Orders`, and `port.Stocks.allocate`."""

    # -- what the generations supply ---------------------------------------------------------

    def _awaiting(self, order: port.Order) -> Slots:
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
        """Called with the stocks whose allocation rows were rewritten."""

    # -- the promises they share -------------------------------------------------------------

    def _promises(self, order: port.Order) -> tuple[Slots, Slots]:
        """What the order holds and may move, and what waits with a parcel."""
        awaiting = self._awaiting(order)
        held = as_slots(self.allocations(order.id))
        awaiting = {slot: min(units, held.get(slot, 0)) for slot, units in awaiting.items()}
        free = {slot: units - awaiting.get(slot, 0) for slot, units in held.items()}
        return {slot: units for slot, units in free.items() if units > 0}, awaiting

    def _write_promises(self, order: port.Order, *parts: Slots) -> None:
        slots: Slots = {}
        for part in parts:
            for slot, units in part.items():
                slots[slot] = slots.get(slot, 0) + units
        self._allocations_changed(promises.write(order, slots))

    def allocate(self, order_id: str, plan: Sequence[port.Allocation]) -> None:
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            stocks = self.stocks(_variants(order), lock=True)
            held, awaiting = self._promises(order)
            wanted = plan_allocations(order, plan, stocks, held, self._known(plan))
            self._write_promises(order, wanted, awaiting)

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
            held, awaiting = self._promises(order)
            shipment = plan_shipment(order, items, stocks, held, self._known(items))
            # Saleor lets go of a line's promises in the order of stock keys, whichever warehouse ships:
            # with none left it cannot let go of a wrong one, and the right ones come back below.
            self._write_promises(order)
            made = self._ship_taken(order, shipment.taken, tracking_number, notify_customer)
            waiting = {} if made[0].status != "waiting_for_approval" else shipment.taken
            self._write_promises(order, shipment.kept, awaiting, _tracked(order, waiting))
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
        self._lock(order)
        return Fulfillment.objects.select_related("order").get(pk=key)

    def add_note(self, order_id: str, text: str) -> None:
        row = Order.objects.filter(pk=convert.pk(Order, order_id, field="orderId")).first()
        if row is None:
            raise NotFound("No such order.", field="orderId")
        with transaction.atomic():
            self._note(row, text)


def _variants(order: port.Order) -> set[str]:
    return {line.variant_id for line in order.lines if line.variant_id}


def _tracked(order: port.Order, slots: Slots) -> Slots:
    tracked = {line.id for line in order.lines if line.tracks_stock}
    return {slot: units for slot, units in slots.items() if slot[0] in tracked}
