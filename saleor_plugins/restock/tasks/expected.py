"""Keeps the days right on which sold-out variants are expected back."""

from __future__ import annotations

from ...delivery import Message, emit, subscribe, sweeper
from ...kernel import clock
from ...kernel.errors import NotFound
from ...kernel.ids import own_key
from ..usecases.approve_transfer import EXPECTED_MOVED
from ..usecases.expected_back import PAGE_DUE, publish, publish_page

SLOT_MINUTES = 5
TOPICS = (
    "purchase_order.approved",
    "purchase_order.sent",
    "purchase_order.confirmed",
    "purchase_order.amended",
    "purchase_order.postponed",
    "purchase_order.received",
    "purchase_order.canceled",
    "stock.received",
    "transfer.shipped",
    "transfer.received",
    "transfer.canceled",
    EXPECTED_MOVED,
)


def _moved(message: Message) -> None:
    """Goods move: look at their variants again."""
    from ..store.expected import variants_of

    data = message.data
    ids = {line["variantId"] for line in data.get("lines", ())} | set(data.get("variantIds", ()))
    if "purchaseOrderId" in data:
        ids |= set(variants_of(own_key(data["purchaseOrderId"], "PurchaseOrder")))
    publish(ids)


for topic in TOPICS:
    subscribe(topic, name=f"restock.expected_back.{topic}", atomic=False)(_moved)


@subscribe("restock.stock_seen", name="restock.expected_back.stock", atomic=False)
def stocked(message: Message) -> None:
    """Saleor said that a variant's stock changed."""
    publish([message.data["variantId"]])


@subscribe("restock.order_seen", name="restock.expected_back.sold", atomic=False)
def sold(message: Message) -> None:
    """A customer's order may have taken the last unit, or given one back."""
    from ...platform import shop

    try:
        lines = shop().order(message.data["orderId"]).lines
    except NotFound:
        return
    publish({line.variant_id for line in lines if line.variant_id})


@subscribe(PAGE_DUE, name="restock.expected_back.page", atomic=False)
def page(message: Message) -> None:
    """A page of everything that is on its way."""
    publish_page(message.data["after"], message.data["slot"])


@sweeper("restock.expected_back")
def look() -> None:
    """Every few minutes all of it, for days that have passed and stock that nobody reported."""
    from ..store.expected import any_published
    from ..usecases.expected_back import shown

    if shown() or any_published():
        minutes = int(clock.now().timestamp()) // 60
        slot = str(minutes // SLOT_MINUTES)
        emit(PAGE_DUE, {"after": "", "slot": slot}, key=f"{slot}:")
