"""What is printed about a parcel, and what a warehouse has to pick."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from ...kernel.clock import day_of
from ...kernel.errors import Invalid, NotFound
from ...platform import shop
from ...platform.port import Order, Variant, Warehouse
from .. import store
from ..domain.parcels.documents import PickList, Row, Slip, pick_list, sorted_rows
from ..domain.parcels.shipment import CANCELED

MOST_ORDERS = 500


def packing_slip(shipment: UUID) -> Slip:
    """The slip of a parcel that was made. Raises NotFound (``id``, ``orderId``)."""
    row = store.shipment(shipment)
    order = shop().order(row.order_id)
    units: dict[str, int] = {}
    for item in row.items:
        units[item["line_id"]] = units.get(item["line_id"], 0) + item["quantity"]
    codes = (("Order", order.number), ("Parcel", row.fulfillment_id))
    carrier = row.carrier.name if row.carrier else ""
    place = str(row.pk)
    return _slip(order, row.warehouse_id, units, codes, place, (row.tracking_number, carrier))


def planned_slip(parcel: UUID) -> Slip:
    """The slip of a parcel that is still to be made. Raises NotFound (``id``, ``orderId``)."""
    row = store.planned_parcel(parcel)
    order = shop().order(row.order_id)
    return _slip(order, row.warehouse_id, row.units, (("Order", order.number),), str(row.id), ("", ""))


def picks_of_day(warehouse_id: str, day: date) -> PickList:
    """What the warehouse takes from its shelves for the parcels of a day and for those that are late.

    Raises NotFound (``warehouseId``).
    """
    warehouse = _warehouse(warehouse_id)
    return _picks(warehouse, day, store.planned_due(warehouse_id, day))


def picks_of_orders(warehouse_id: str, order_ids: Collection[str]) -> PickList:
    """What the warehouse takes from its shelves for the orders.

    Raises NotFound (``warehouseId``), Invalid (``orderIds``) for more than 500.
    """
    if len(order_ids) > MOST_ORDERS:
        raise Invalid(f"At most {MOST_ORDERS} orders.", field="orderIds")
    warehouse = _warehouse(warehouse_id)
    planned = [row for row in store.planned_of(order_ids) if row.warehouse_id == warehouse_id]
    return _picks(warehouse, None, planned)


def _picks(warehouse: Warehouse, day: date | None, planned: Collection[store.Planned]) -> PickList:
    orders = _orders({row.order_id for row in planned})
    names = _variants(orders.values())
    wanted = []
    for parcel in planned:
        order = orders.get(parcel.order_id)
        # What an order no longer has to ship was sent or dropped since it was planned.
        left = {line.id: line.to_ship for line in order.lines} if order else {}
        units = {key: min(count, left.get(key, 0)) for key, count in parcel.units.items()}
        if order:
            wanted += [(order.number, row) for row in _rows(order, units, names)]
    return pick_list(warehouse.name, day, wanted)


def _orders(ids: Collection[str]) -> dict[str, Order]:
    keys = sorted(ids)
    found: dict[str, Order] = {}
    for start in range(0, len(keys), MOST_ORDERS):
        found |= {order.id: order for order in shop().orders_of(keys[start : start + MOST_ORDERS])}
    return found


def _slip(
    order: Order,
    warehouse_id: str,
    units: Mapping[str, int],
    codes: tuple[tuple[str, str], ...],
    place: str,
    moved: tuple[str, str],
) -> Slip:
    names = {row.id: row.name for row in shop().warehouses()}
    parcels = [str(row.pk) for row in store.shipments(order.id) if row.state != CANCELED]
    parcels += [str(row.id) for row in store.planned_of([order.id])]
    part = (parcels.index(place) + 1, len(parcels)) if place in parcels else (1, 1)
    recipient = shop().ship_to(order.id)
    return Slip(
        order_number=order.number,
        ordered_on=day_of(order.created, shop().time_zone()),
        warehouse=names.get(warehouse_id, ""),
        to=recipient.lines if recipient else (),
        rows=sorted_rows(_rows(order, units, _variants([order]))),
        codes=codes,
        tracking_number=moved[0],
        carrier=moved[1],
        part=part,
    )


def _rows(order: Order, units: Mapping[str, int], variants: Mapping[str, Variant]) -> list[Row]:
    rows = []
    for line in order.lines:
        count = units.get(line.id, 0)
        known = variants.get(line.variant_id or "")
        if count > 0 and known:
            rows.append(Row(line.sku or known.sku, known.product_name, known.name, count))
        elif count > 0:
            rows.append(Row(line.sku, line.name, "", count))
    return rows


def _variants(orders: Iterable[Order]) -> dict[str, Variant]:
    ids = {line.variant_id for order in orders for line in order.lines if line.variant_id}
    return {row.id: row for row in shop().variants(ids)} if ids else {}


def _warehouse(warehouse_id: str) -> Warehouse:
    found = next((row for row in shop().warehouses() if row.id == warehouse_id), None)
    if found is None:
        raise NotFound("No such warehouse.", field="warehouseId")
    return found
