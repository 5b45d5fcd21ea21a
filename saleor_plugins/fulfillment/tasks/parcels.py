"""What happens to parcels by itself: carriers' messages are worked through, early scans find their parcel."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from ...delivery import Message, Park, emit, subscribe, sweeper
from ...kernel import clock
from ...kernel.errors import Conflict, NotFound
from .. import config, store
from ..topics import CARRIER_EVENTS, CARRIER_POLL
from ..usecases.carrier_events import apply_events, forget_strays, from_json, settle_strays
from ..usecases.carrier_label import ask_carrier

EVERY = timedelta(minutes=30)
WORDS_KEPT = timedelta(days=180)
MOST_FORGOTTEN = 1000


@subscribe(f"inbox.{CARRIER_EVENTS}", name="fulfillment.carrier_events", atomic=False)
def carrier_events(message: Message) -> None:
    """Record what a carrier reported. Not one transaction: each parcel has its own, and may come twice."""
    try:
        apply_events(UUID(message.data["carrier"]), from_json(message.data["events"]))
    except NotFound as error:
        raise Park("The carrier is gone.") from error


@subscribe(CARRIER_POLL, name="fulfillment.carrier_poll", atomic=False, lease=timedelta(minutes=15))
def poll_carrier(message: Message) -> None:
    """Ask a carrier's own service what happened to its parcels."""
    if not config.is_active():
        return
    try:
        ask_carrier(UUID(message.data["carrier"]))
    except (NotFound, Conflict) as error:
        raise Park("The carrier's service is gone.") from error


@sweeper("fulfillment.carrier_polls")
def find_polls() -> None:
    """Every half hour, ask each carrier that has a service."""
    if not config.is_active():
        return
    slot = int(clock.now().timestamp() // EVERY.total_seconds())
    for key in store.carriers_to_ask():
        emit(CARRIER_POLL, {"carrier": str(key)}, key=f"{key}:{slot}")


@sweeper("fulfillment.strays")
def find_strays() -> None:
    """Give scans that came too early to parcels that have their number now, and forget the old ones."""
    if not config.is_active():
        return
    settle_strays(store.claimed_numbers())
    forget_strays()


@sweeper("fulfillment.forget")
def forget_people() -> None:
    """Forget what names people: words about parcels and the labels' content, half a year old."""
    before = clock.now() - WORDS_KEPT
    store.forget_words(before, MOST_FORGOTTEN)
    store.forget_labels(before)
