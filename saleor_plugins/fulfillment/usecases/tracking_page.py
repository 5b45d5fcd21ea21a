"""What a shopper sees of an order's way: no name, no street, nothing that a person wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from ...platform import shop
from ...platform.port import OrderStatus
from .. import store
from ..domain.parcels.shipment import CANCELED, CREATED, OUTWARD, Scan, way_of
from ..models import Shipment
from .carrier_set import tracking_link

PLANNED = "PLANNED"


@dataclass(frozen=True)
class Item:
    """Units of something ordered."""

    name: str
    quantity: int


@dataclass(frozen=True)
class Step:
    """A state that was reached, and when."""

    state: str
    at: datetime


@dataclass(frozen=True)
class Parcel:
    """A parcel on the page. `state` is the shipment's, or PLANNED before it leaves."""

    state: str
    items: tuple[Item, ...]
    history: tuple[Step, ...] = ()
    tracking_number: str = ""
    carrier: str = ""
    link: str = ""
    arrives_on: date | None = None


@dataclass(frozen=True)
class Page:
    """The page of an order. `waiting` are units that no parcel has yet."""

    order_number: str
    canceled: bool
    parcels: tuple[Parcel, ...]
    waiting: tuple[Item, ...]

    @property
    def arrives_on(self) -> date | None:
        """The day by which everything is there; None when that is not known of every parcel."""
        if self.waiting or self.canceled:
            return None
        days = [row.arrives_on for row in self.parcels if row.state in (PLANNED, *OUTWARD)]
        return max((day for day in days if day), default=None) if days and all(days) else None


def tracking_page(order_id: str) -> Page:
    """The page of the order, in constant queries. Raises NotFound (field ``orderId``)."""
    order = shop().order(order_id)
    names = {line.id: line.name for line in order.lines}
    rows = [row for row in store.shipments_with_plans(order_id) if row.state != CANCELED]
    ledgers = store.ledgers_of([row.pk for row in rows])
    sent = [_sent(row, names, ledgers[row.pk]) for row in rows]
    planned = [row for row in store.planned_of([order_id]) if any(row.units.values())]
    left = {line.id: line.to_ship for line in order.lines if line.requires_shipping}
    coming = []
    for row in planned:
        units = {key: min(count, left.get(key, 0)) for key, count in row.units.items()}
        for key, count in units.items():
            left[key] = left.get(key, 0) - count
        items = _items(units, names)
        if items:
            coming.append(Parcel(PLANNED, items, arrives_on=row.arrives_on))
    canceled = order.status in (OrderStatus.CANCELED, OrderStatus.EXPIRED)
    waiting = () if canceled else _items(left, names)
    return Page(order.number, canceled, (*sent, *(() if canceled else coming)), waiting)


def _sent(row: Shipment, names: Mapping[str, str], scans: Iterable[Scan]) -> Parcel:
    units: dict[str, int] = {}
    for item in row.items:
        units[item["line_id"]] = units.get(item["line_id"], 0) + item["quantity"]
    steps = [Step(CREATED, row.created), *(Step(scan.state, scan.at) for scan in way_of(scans))]
    return Parcel(
        state=row.state,
        items=_items(units, names),
        history=tuple(reversed(steps)),
        tracking_number=row.tracking_number,
        carrier=row.carrier.name if row.carrier else "",
        link=tracking_link(row.carrier, row.tracking_number),
        arrives_on=store.arrival(row.decision.plan, row.warehouse_id) if row.decision else None,
    )


def _items(units: Mapping[str, int], names: Mapping[str, str]) -> tuple[Item, ...]:
    return tuple(Item(names.get(key, "?"), count) for key, count in units.items() if count > 0)
