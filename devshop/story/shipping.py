"""The parcel leaves, with a tracking number."""

from __future__ import annotations

from devshop.story.routing import allocations
from devshop.story.sale import QUANTITIES
from devshop.story.stage import Outcome, Stage, check

TITLE = "Shipped"
TRACKING = "1Z999AA10123456784"
_SHIP = """mutation($order: ID!, $tracking: String!) {
  shipmentCreate(orderId: $order, trackingNumber: $tracking, idempotencyKey: "the-parcel") {
    shipments { id state trackingNumber warehouseId fulfillmentId } errors { field message code } } }"""
_ORDER = """query($id: ID!) { order(id: $id) { status
  fulfillments { id status trackingNumber warehouse { id name } lines { quantity } } } }"""


def play(stage: Stage) -> Outcome:
    """Ship twice with one idempotency key, as a nervous client would: one parcel leaves."""
    ship = stage.plugin("fulfillment")
    first, second = (ship(_SHIP, order=stage.order, tracking=TRACKING)["shipmentCreate"] for _ in range(2))
    check(first["shipments"] == second["shipments"] and len(first["shipments"]) == 1, "the key did not hold")
    order = stage.staff(_ORDER, id=stage.order)["order"]
    check(order["status"] == "FULFILLED", f"Saleor says {order['status']}")
    check(len(order["fulfillments"]) == 1, f"Saleor has {len(order['fulfillments'])} fulfilments")
    parcel = order["fulfillments"][0]
    check(parcel["trackingNumber"] == TRACKING, f"its tracking number is {parcel['trackingNumber']}")
    check(parcel["warehouse"]["id"] == stage.near, f"it left from {parcel['warehouse']}")
    check(sum(line["quantity"] for line in parcel["lines"]) == sum(QUANTITIES), "units are missing")
    check(allocations(stage) == {}, "allocations are left")
    return Outcome(
        f"One parcel of {sum(QUANTITIES)} from {parcel['warehouse']['name']}, tracking {TRACKING};"
        " asked for twice, sent once",
        "Saleor GraphQL: order.fulfillments\nPostgres: warehouse_allocation is empty",
    )
