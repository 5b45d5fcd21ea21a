"""What sold and what was sold out: orders that changed, and hourly looks at the stock."""

from __future__ import annotations

from ...delivery import Message, emit, subscribe, sweeper
from ...kernel import clock


@subscribe("restock.order_seen", name="restock.note_order")
def note_order(message: Message) -> None:
    """An order of whatever age was placed, changed or cancelled: read its day again."""
    from ..settings import active
    from ..usecases.note_order import note_order as note

    if active():
        note(message.data["orderId"])


@subscribe("return.inspected", name="restock.note_inspected")
@subscribe("return.refunded", name="restock.note_refunded")
@subscribe("return.exchanged", name="restock.note_exchanged")
def note_return(message: Message) -> None:
    """Units came back: the day of their sale is read again."""
    note_order(message)


@subscribe("restock.stock_seen", name="restock.look_at_stock")
def look_at_stock(message: Message) -> None:
    """Saleor says that a variant ran out, or came back."""
    from ..settings import active
    from ..usecases.stock_outs import look_at

    if active():
        look_at([message.data["variantId"]])


@subscribe("restock.stock_due", name="restock.look_through_stock", atomic=False)
def look_through_stock(message: Message) -> None:
    """Look through the whole stock. Repeatable: the same look notes nothing twice."""
    from ..settings import active
    from ..usecases.stock_outs import look_through

    if active():
        look_through()


@sweeper("restock.hourly")
def hourly() -> None:
    """Once in each hour: Saleor's own events of stock are not sent for every change."""
    from ..settings import active

    if active():
        hour = clock.now().strftime("%Y-%m-%dT%H")
        emit("restock.stock_due", {"hour": hour}, key=hour)
