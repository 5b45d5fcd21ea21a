"""What workers do for the desk. All of it does nothing while the plugin is switched off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from saleor_plugins.delivery import Message, Retry, emit, subscribe, sweeper
from saleor_plugins.kernel import clock

from . import config
from .store import books
from .usecases.refund_return import DUE
from .usecases.send_refund import send_refund

# Longer than a worker needs for a refund whose event it has.
OVERDUE = timedelta(minutes=2)
_SLOT_SECONDS = 300


@subscribe(DUE, name="returns.refund", atomic=False)
def give_refund(message: Message) -> None:
    """Give back the money of a decided refund."""
    if config.is_active() and not send_refund(UUID(message.data["refundId"])):
        raise Retry("Another refund of the payment is in flight.", after=timedelta(seconds=30))


@sweeper("returns.overdue_refunds")
def find_overdue() -> None:
    """Wake refunds that are reserved, sent or unknown for too long, each at most once per five minutes."""
    if not config.is_active():
        return
    now = clock.now()
    slot = int(now.timestamp()) // _SLOT_SECONDS
    for refund_id in books.overdue(now - OVERDUE):
        emit(DUE, {"refundId": str(refund_id)}, key=f"{refund_id}:{slot}")
