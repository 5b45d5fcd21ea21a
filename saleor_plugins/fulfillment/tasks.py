"""What happens by itself: orders that were seen are routed, followed and, if wanted, shipped."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from ..delivery import Message, Retry, emit, subscribe, sweeper
from ..kernel import clock
from ..kernel.errors import Conflict, InsufficientStock, NotFound
from ..platform import shop
from . import config, store
from .domain.decision import Outcome
from .topics import ORDER_SEEN, SHIP_DUE
from .usecases.follow_parcels import follow_parcels
from .usecases.route_order import Routed, route_order, waiting_for
from .usecases.ship_order import ship_order

logger = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(minutes=10)
SOON = timedelta(seconds=30)
PAGE = 100


@subscribe(ORDER_SEEN, name="fulfillment.route")
def route_seen(message: Message) -> None:
    """Route the order and follow its parcels. A lost race for stock comes back in half a minute."""
    if not config.is_active():
        return
    order_id = message.data["orderId"]
    try:
        routed = route_order(order_id)
        follow_parcels(order_id)
    except NotFound:
        logger.info("fulfillment_order_gone", extra={"order_id": order_id})
        return
    except InsufficientStock as error:
        raise Retry("Lost a race for stock.", after=SOON) from error
    _ship_if_due(order_id, routed)


def _ship_if_due(order_id: str, routed: Routed) -> None:
    """Ask for the parcels of a decision once, so that a parcel somebody cancels stays cancelled."""
    decision = routed.decision
    if decision is None or routed.waiting or not config.values()["create_fulfillments"]:
        return
    if decision.plan["parcels"] and shop().order(order_id).is_paid:
        emit(SHIP_DUE, {"orderId": order_id, "decisionId": str(decision.pk)}, key=str(decision.pk))


@subscribe(SHIP_DUE, name="fulfillment.ship")
def ship_due(message: Message) -> None:
    """Create the fulfilments of a decision that is still in force."""
    order_id = message.data["orderId"]
    current = store.current(order_id)
    if not config.is_active() or current is None or str(current.pk) != message.data["decisionId"]:
        return
    try:
        ship_order(order_id)
    except InsufficientStock as error:
        raise Retry("Stock is short.", after=SOON) from error
    except Conflict as error:
        logger.info("fulfillment_not_shipped", extra={"order_id": order_id, "reason": error.message})


@sweeper("fulfillment.unrouted")
def find_unrouted() -> None:
    """Report open orders that no hook reported, and every ten minutes those that wait for stock."""
    if not config.is_active():
        return
    route_when, after = config.values()["route_when"], None
    while page := shop().orders_to_ship(after=after, limit=PAGE):
        after = page[-1].id
        due = [order.id for order in page if not waiting_for(order, route_when)]
        now = clock.now()
        done = store.settled(due, (Outcome.ROUTED, Outcome.NOTHING_TO_ROUTE), now - LOOK_AGAIN)
        slot = int(now.timestamp() // LOOK_AGAIN.total_seconds())
        with transaction.atomic():
            for order_id in due:
                if order_id not in done:
                    emit(ORDER_SEEN, {"orderId": order_id}, key=f"{order_id}:{slot}")
