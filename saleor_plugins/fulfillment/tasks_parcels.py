"""What happens to parcels by itself: carriers' messages are worked through, early scans find their parcel."""

from __future__ import annotations

from uuid import UUID

from ..delivery import Message, Park, subscribe, sweeper
from ..kernel.errors import NotFound
from . import config, store
from .topics import CARRIER_EVENTS
from .usecases.carrier_events import apply_events, forget_strays, from_json, settle_strays


@subscribe(f"inbox.{CARRIER_EVENTS}", name="fulfillment.carrier_events", atomic=False)
def carrier_events(message: Message) -> None:
    """Record what a carrier reported. Not one transaction: each parcel has its own, and may come twice."""
    try:
        apply_events(UUID(message.data["carrier"]), from_json(message.data["events"]))
    except NotFound as error:
        raise Park("The carrier is gone.") from error


@sweeper("fulfillment.strays")
def find_strays() -> None:
    """Give scans that came too early to parcels that have their number now, and forget the old ones."""
    if not config.is_active():
        return
    settle_strays(store.claimed_numbers())
    forget_strays()
