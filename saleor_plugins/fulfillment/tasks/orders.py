"""What happens by itself: orders that were seen are routed, followed and, if wanted, shipped."""

from __future__ import annotations

import logging
from datetime import timedelta

from ...delivery import Message, Retry, emit, subscribe
from ...kernel.errors import Conflict, InsufficientStock, NotFound
from ...platform import shop
from .. import config, store
from ..models import RoutedOrder
from ..topics import ORDER_SEEN, SHIP_DUE
from ..usecases.follow_parcels import follow_parcels
from ..usecases.route_order import Routed, Trigger, route_order
from ..usecases.ship_order import ship_order

logger = logging.getLogger(__name__)

SOON = timedelta(seconds=30)


@subscribe(ORDER_SEEN, name="fulfillment.route")
def route_seen(message: Message) -> None:
    """Route the order and follow its parcels. A lost race for stock comes back in half a minute."""
    now = config.now()
    if not now.active:
        return
    order_id = message.data["orderId"]
    why = message.data.get("why", "")
    trigger = Trigger.REROUTE if why else Trigger.EVENT
    try:
        # Parcels first: what has left is no longer to be planned.
        follow_parcels(order_id)
        routed = route_order(order_id, trigger=trigger, why=why, settings=now.values)
    except NotFound:
        forget(order_id)
        return
    except InsufficientStock as error:
        raise Retry("Lost a race for stock.", after=SOON) from error
    _ship_if_due(order_id, routed, now)


def forget(order_id: str) -> None:
    """The shop has deleted the order."""
    logger.info("fulfillment_order_gone", extra={"order_id": order_id})
    store.parcels_left(order_id, ())
    row = store.routed(order_id)
    if row and row.state != RoutedOrder.CLOSED:
        store.close(row)


def _ship_if_due(order_id: str, routed: Routed, now: config.Now) -> None:
    """Ask for the parcels of a decision once, so that a parcel somebody cancels stays cancelled."""
    decision = routed.decision
    if decision is None or routed.waiting or routed.rules is None or routed.order is None:
        return
    wanted = routed.rules.create_fulfillments
    if wanted is None:
        wanted = now.values["create_fulfillments"]
    if wanted and decision.plan["parcels"] and routed.order.is_paid:
        emit(SHIP_DUE, {"orderId": order_id, "decisionId": str(decision.pk)}, key=str(decision.pk))


@subscribe(SHIP_DUE, name="fulfillment.ship")
def ship_due(message: Message) -> None:
    """Create the fulfilments of a decision that is still in force."""
    order_id = message.data["orderId"]
    if not config.is_active():
        return
    try:
        shop().order(order_id, lock=True)
        row = store.routed(order_id)
        if row is None or row.hold or str(row.decision_id) != message.data["decisionId"]:
            return
        ship_order(order_id)
    except InsufficientStock as error:
        raise Retry("Stock is short.", after=SOON) from error
    except (Conflict, NotFound) as error:
        logger.info("fulfillment_not_shipped", extra={"order_id": order_id, "reason": error.message})
