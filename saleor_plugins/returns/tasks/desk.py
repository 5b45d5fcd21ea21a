"""What workers do for the desk. All of it does nothing while the plugin is switched off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from saleor_plugins.delivery import Message, emit_many, subscribe, sweeper
from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop

from .. import config, store
from ..models import Delivery
from ..store import books
from ..usecases.drafts import purge_drafts
from ..usecases.expire_return import expire_return
from ..usecases.give_credit import CARD_DUE
from ..usecases.refund_return import DUE
from ..usecases.send_refund import send_refund

# Longer than a worker needs for a refund whose event it has.
OVERDUE = timedelta(minutes=2)
_SLOT_SECONDS = 300
EXPIRED = "returns.return_overdue"


@subscribe(DUE, name="returns.refund", atomic=False)
def give_refund(message: Message) -> None:
    """Give back the money of a decided refund."""
    if config.is_active():
        send_refund(UUID(message.data["refundId"]))


@subscribe(CARD_DUE, name="returns.gift_card", atomic=False)
def send_card(message: Message) -> None:
    """Send a new gift card to whom it belongs, also when the desk was switched off since."""
    shop().send_gift_card(message.data["giftCardId"], order_id=message.data["orderId"])


@sweeper("returns.overdue_refunds")
def find_overdue() -> None:
    """Wake refunds that are reserved, sent or unknown for too long, each at most once per five minutes."""
    if not config.is_active():
        return
    now = clock.now()
    slot = int(now.timestamp()) // _SLOT_SECONDS
    for page in books.overdue(now - OVERDUE):
        emit_many(DUE, {f"{refund_id}:{slot}": {"refundId": str(refund_id)} for refund_id in page})


@sweeper("returns.expired")
def find_expired() -> None:
    """Wake approved returns whose goods nobody sent in time, each at most once a day."""
    if not config.is_active():
        return
    now = clock.now()
    overdue = store.expired(now)
    emit_many(EXPIRED, {f"{key}:{now.date()}": {"returnId": str(key)} for key in overdue})


@subscribe(EXPIRED, name="returns.expire")
def expire(message: Message) -> None:
    """Expire one return, unless something happened meanwhile."""
    if config.is_active():
        expire_return(UUID(message.data["returnId"]))


@sweeper("returns.drafts")
def purge_old_drafts() -> None:
    """Forget what shoppers began and never sent, also while the desk is switched off."""
    while purge_drafts():
        pass


@subscribe("shipment.delivered", name="returns.delivered")
def note_delivery(message: Message) -> None:
    """Keep when a parcel arrived: windows count from then. The first word of it stands."""
    data = message.data
    if config.is_active() and data.get("fulfillmentId"):
        Delivery.objects.get_or_create(
            fulfillment_id=data["fulfillmentId"],
            defaults={"order_id": data["orderId"], "at": message.created},
        )
