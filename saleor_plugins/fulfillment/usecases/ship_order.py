"""Ship what was routed: one parcel per warehouse."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ...kernel.errors import Conflict
from ...platform import shop
from ...platform.port import Order, ShipItem
from .. import store
from ..domain.sourcing.record import parcels_from, slots
from ..models import Shipment
from .follow_parcels import follow_parcels
from .hold_order import refuse_held


def ship_order(
    order_id: str,
    items: Sequence[ShipItem] | None = None,
    *,
    tracking_number: str = "",
    notify_customer: bool = False,
    by: str = "",
) -> list[Shipment]:
    """Create the fulfilments in Saleor and follow them; without `items`, as routed.

    Raises NotFound, Conflict (``orderId``) when there is nothing to ship as routed or the order is held
    (HELD), InsufficientStock (``warehouseId``), Invalid (``quantity``).
    """
    with transaction.atomic():
        order = shop().order(order_id, lock=True)
        refuse_held(order_id)
        follow_parcels(order_id)
        chosen = list(items) if items is not None else as_routed(order)
        made = {
            parcel.id
            for parcel in shop().fulfill(
                order_id, chosen, tracking_number=tracking_number, notify_customer=notify_customer
            )
        }
        found = [row for row in follow_parcels(order_id, by=by) if row.fulfillment_id in made]
        # What has left takes none of a day's capacity any more.
        store.parcels_left(order_id, {row.warehouse_id for row in shop().allocations(order_id)})
        return found


def as_routed(order: Order) -> list[ShipItem]:
    """What the decision in force ships and is still allocated, as items. Raises Conflict (``orderId``).

    Units that only stay promised while they wait are not among them.
    """
    decision = store.current(order.id)
    if decision is None:
        raise Conflict("The order has not been routed.", field="orderId")
    planned = slots(parcels_from(decision.plan))
    left = {line.id: line.to_ship for line in order.lines}
    items = []
    for row in shop().allocations(order.id):
        units = min(row.quantity, left.get(row.line_id, 0), planned.get((row.line_id, row.warehouse_id), 0))
        if units:
            items.append(ShipItem(row.line_id, row.warehouse_id, units))
            left[row.line_id] -= units
    if not items:
        raise Conflict("Nothing of the order is allocated and left to ship.", field="orderId")
    return items
