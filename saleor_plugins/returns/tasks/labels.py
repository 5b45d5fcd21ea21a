"""What workers do about labels. Nothing is bought while the plugin is switched off."""

from __future__ import annotations

from uuid import UUID

from saleor_plugins.delivery import Message, emit, subscribe, sweeper
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import own_key

from .. import config
from ..domain.labels import GRACE, OVERDUE
from ..store.labels import move_label, unanswered, under_way, waiting
from ..usecases.buy_label import DUE, buy_label, reserve_label
from ..usecases.follow_labels import follow_labels
from ..usecases.void_label import VOID, void_at_carrier, void_label

FOLLOW = "returns.labels_followed"
_SLOT_SECONDS = 300
_ASK_SECONDS = 900


@subscribe("return.approved", name="returns.label_reserve")
def reserve(message: Message) -> None:
    """Goods that travel with a label get one."""
    if config.is_active():
        reserve_label(own_key(message.data["returnId"], "Return"))


@subscribe(DUE, name="returns.label_buy", atomic=False)
def buy(message: Message) -> None:
    """Buy a reserved label."""
    if config.is_active():
        buy_label(UUID(message.data["labelId"]))


def _ended(message: Message) -> None:
    void_label(own_key(message.data["returnId"], "Return"))


for _topic in ("return.canceled", "return.expired", "return.closed"):
    subscribe(_topic, name=f"returns.label_{_topic.partition('.')[2]}")(_ended)


@subscribe(VOID, name="returns.label_void", atomic=False)
def take_back(message: Message) -> None:
    """Tell the carrier that a label is not needed, also when the desk was switched off since."""
    void_at_carrier(UUID(message.data["labelId"]))


@subscribe(FOLLOW, name="returns.label_scans", atomic=False)
def follow(message: Message) -> None:
    """See which parcels the carrier has."""
    if config.is_active():
        follow_labels()


@sweeper("returns.labels")
def find_labels() -> None:
    """Wake labels that wait too long; what was asked for and never answered, nobody knows about."""
    if not config.is_active():
        return
    now = clock.now()
    slot = int(now.timestamp()) // _SLOT_SECONDS
    for key in waiting(now - OVERDUE):
        emit(DUE, {"labelId": str(key)}, key=f"{key}:{slot}")
    for label in unanswered(now - GRACE):
        move_label(label, "lose", message="The carrier's answer was lost.")
    if under_way(1):
        emit(FOLLOW, {}, key=str(int(now.timestamp()) // _ASK_SECONDS))
