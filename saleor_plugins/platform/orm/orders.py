"""Orders and parcels, as both generations of Saleor store them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from saleor.core.exceptions import InsufficientStock as SaleorInsufficientStock
from saleor.order import OrderStatus
from saleor.order.models import Fulfillment, Order, OrderLine
from saleor.warehouse.models import Warehouse

from ...kernel.errors import Conflict, InsufficientStock, NotFound
from .. import port
from ..promises import SHIPPABLE, Slots, as_slots, check_tracking, plan_allocations, plan_shipment
from . import convert, promises
from .stocks import OrmStocks

_VARIANT = ("variant__product__product_type", "variant__product__category")


class OrmOrders(OrmStocks):
    """`port.Orders` and `port.Stocks.allocate`; the underscored methods are each generation's own."""

    order_related: tuple[str, ...] = ("shipping_address", "user")
    order_prefetch: tuple[str, ...] = ()

    # -- what the generations supply ---------------------------------------------------------

    def _order_facts(self, row: Any) -> dict[str, Any]:
        """Number, channel, e-mail, payment state, and the totals of shipping."""
        raise NotImplementedError

    def _line_totals(self, row: Any) -> list[tuple[int, int]]:
        """Net and gross of each of the order's lines."""
        raise NotImplementedError

    def _line_facts(self, line: Any) -> dict[str, Any]:
        """What only some Saleors know of a line."""
        return {}

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

    # -- reading -----------------------------------------------------------------------------

    def order(self, order_id: str, *, lock: bool = False) -> port.Order:
        key = convert.pk(Order, order_id, field="orderId")
        if lock:
            self._lock(key)
        row = self._orders().filter(pk=key).first()
        if row is None:
            raise NotFound("No such order.", field="orderId")
        return self._to_order(row)

    def _lock(self, key: Any) -> None:
        list(Order.objects.filter(pk=key).select_for_update(of=("self",)).values_list("pk"))
        lines = OrderLine.objects.filter(order_id=key).order_by("pk")
        list(lines.select_for_update(of=("self",)).values_list("pk"))

    def _orders(self) -> QuerySet[Any]:
        lines = Prefetch("lines", OrderLine.objects.select_related(*_VARIANT).order_by("pk"))
        return Order.objects.select_related(*self.order_related).prefetch_related(lines, *self.order_prefetch)

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[port.Order]:
        unshipped = OrderLine.objects.filter(order=OuterRef("pk"), quantity__gt=F("quantity_fulfilled"))
        states = convert.stored_statuses(OrderStatus.CHOICES, SHIPPABLE)
        rows = self._orders().filter(Exists(unshipped), status__in=states)
        age = self.created_field
        last = after and Order.objects.filter(pk=convert.pk(Order, after, field="after")).values(age, "pk").first()
        if last:
            newer = Q(**{f"{age}__gt": last[age]})
            rows = rows.filter(newer | Q(**{age: last[age], "pk__gt": last["pk"]}))
        return [self._to_order(row) for row in rows.order_by(age, "pk")[:limit]]

    def _to_order(self, row: Any) -> port.Order:
        totals = self._line_totals(row)
        lines = zip(row.lines.all(), totals, strict=True)
        return port.Order(
            id=convert.gid("Order", row.pk),
            status=convert.status(row.status),
            created=getattr(row, self.created_field),
            currency=row.currency,
            total_net=convert.minor(row.total_net_amount, row.currency),
            total_gross=convert.minor(row.total_gross_amount, row.currency),
            lines=tuple(self._to_line(line, net, gross) for line, (net, gross) in lines),
            shipping_address=convert.address(row.shipping_address) if row.shipping_address else None,
            user_id=convert.gid_or_none("User", row.user_id),
            email=row.get_customer_email() or "",
            **self._order_facts(row),
        )

    def _to_line(self, line: Any, net: int, gross: int) -> port.OrderLine:
        variant = line.variant
        product = variant.product if variant else None
        facts: dict[str, Any] = {"tracks_stock": bool(variant and variant.track_inventory)}
        return port.OrderLine(
            id=convert.gid("OrderLine", line.pk),
            variant_id=convert.gid_or_none("ProductVariant", line.variant_id),
            sku=line.product_sku or "",
            name=str(line),
            quantity=line.quantity,
            quantity_fulfilled=line.quantity_fulfilled,
            total_net=net,
            total_gross=gross,
            requires_shipping=line.is_shipping_required,
            weight_grams=convert.grams(variant.get_weight()) if variant else None,
            product_id=convert.gid("Product", product.pk) if product else None,
            category_id=convert.gid_or_none("Category", product.category_id) if product else None,
            **{**facts, **self._line_facts(line)},
        )

    def fulfillments(self, order_id: str) -> list[port.Fulfillment]:
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return []
        rows = Fulfillment.objects.filter(order_id=key).prefetch_related("lines__stock").order_by("pk")
        return [convert.fulfillment(row) for row in rows]

    # -- writing -----------------------------------------------------------------------------

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
            for row in OrderLine.objects.filter(order_id=convert.pk(Order, order.id)).select_related(*_VARIANT)
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

    def set_tracking(self, fulfillment_id: str, tracking_number: str, *, notify_customer: bool = False) -> None:
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

