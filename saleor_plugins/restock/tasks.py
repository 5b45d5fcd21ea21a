"""The room's events, what it listens to, and what it looks for by itself."""

from __future__ import annotations

from ..delivery import Message, declare, emit, subscribe, sweeper
from ..kernel import clock

declare("purchase_order.proposed", "A draft purchase order waits for approval.")
declare("purchase_order.approved", "A purchase order was approved: the supplier owes it from now on.")
declare("purchase_order.received", "Every unit of a purchase order has arrived.")
declare("purchase_order.canceled", "A purchase order was cancelled; what had arrived stays booked.")
declare("stock.received", "Units of a purchase order were booked into a warehouse's stock.")


@subscribe("restock.order_seen", name="restock.note_order")
def note_order(message: Message) -> None:
    """An order of whatever age was placed or cancelled: read its day again."""
    from .settings import active
    from .usecases.note_order import note_order as note

    if active():
        note(message.data["orderId"])


@subscribe("restock.run_due", name="restock.replenish", atomic=False)
def replenish(message: Message) -> None:
    """Look through the shop. Repeatable: a second run proposes nothing twice."""
    from .settings import active
    from .usecases.replenish import replenish as run

    if active():
        run(warehouse_id=message.data.get("warehouseId"))


@sweeper("restock.daily")
def daily() -> None:
    """Once in each of the shop's days."""
    from ..platform import shop
    from .settings import active

    if active():
        day = clock.day_of(clock.now(), shop().time_zone())
        emit("restock.run_due", {"day": day.isoformat()}, key=day.isoformat())
