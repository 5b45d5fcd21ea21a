"""A shop that has ordered: an order that waits, one that was changed, one that was cancelled."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from saleor_plugins.kernel import clock
from saleor_plugins.restock.models import PurchaseOrder
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.send_order import send_order
from tests.integration.restock.rooms import Room, make_room
from tests.integration.restock.suppliers import amend, page_of

# For looking at the pages: where to keep pictures of them.
KEEP = os.environ.get("KEEP_SCREENSHOTS", "")
GOODS = (
    ("Alpine Rain Jacket – Forest green / M", "NW-JACKET-GREEN-M", "AC-4410", 12, 7450),
    ("Merino Hiking Socks – 38-40", "NW-SOCKS-38", "AC-0077-B", 144, 615),
    (
        "Enamel Mug <b>“Aurora”</b>, 0.35 l, with a rather long description of its handle",
        "NW-MUG",
        "",
        48,
        480,
    ),
)


@dataclass
class Scene:
    """The shop's address and its orders."""

    address: str
    room: Room
    waits: PurchaseOrder
    changed: PurchaseOrder
    canceled: PurchaseOrder

    def url(self, order: PurchaseOrder, revision: int | None = None, **options: Any) -> str:
        """The supplier's page of an order."""
        return self.address + page_of(order, revision, **options)


def make_scene(live_server: Any) -> Scene:
    """Everything that a supplier may meet."""
    room = make_room()
    room.configure(order_sender="Northwind Outfitters GmbH; Hafenstr. 12; 20457 Hamburg")
    room.supplier.channel, room.supplier.email = "MAIL", "orders@acme.example"
    room.supplier.save()
    waits = _order(room)
    changed = _order(room)
    send_order(changed.pk)
    changed = amend(PurchaseOrder.objects.get(pk=changed.pk), ordered=24)
    canceled = _order(room)
    cancel_order(canceled.pk)
    return Scene(live_server.url, room, waits, changed, canceled)


def _order(room: Room) -> PurchaseOrder:
    order = approve_order(room.make_draft(*(units for *_, units, _ in GOODS)).pk)
    rows = order.lines.order_by("id")
    for line, (name, sku, theirs, units, price) in zip(rows, GOODS, strict=True):
        values = {"name": name, "sku": sku, "supplier_sku": theirs, "ordered": units, "price": price}
        order.lines.filter(pk=line.pk).update(**values)
    wanted = clock.day_of(clock.now(), "UTC") + timedelta(days=12)
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=wanted)
    order.refresh_from_db()
    return order
