"""Orders go out when they are approved or changed, and are called off when they are cancelled."""

from __future__ import annotations

from ...delivery import Message, subscribe
from ...kernel.ids import own_key


def _send(message: Message) -> None:
    from ..settings import active
    from ..usecases.send_order import send_order

    if active():
        send_order(own_key(message.data["purchaseOrderId"], "PurchaseOrder"))


@subscribe("purchase_order.approved", name="restock.send_approved", atomic=False)
def send_approved(message: Message) -> None:
    """A new order."""
    _send(message)


@subscribe("purchase_order.amended", name="restock.send_amended", atomic=False)
def send_amended(message: Message) -> None:
    """A new revision of an order."""
    _send(message)


@subscribe("restock.send_due", name="restock.send_asked", atomic=False)
def send_asked(message: Message) -> None:
    """Staff asked for it."""
    _send(message)


@subscribe("purchase_order.canceled", name="restock.send_canceled", atomic=False)
def send_canceled(message: Message) -> None:
    """An order that the supplier has, or may have, is none any more."""
    from ..settings import active
    from ..usecases.send_order import send_cancellation

    if active():
        send_cancellation(own_key(message.data["purchaseOrderId"], "PurchaseOrder"))
