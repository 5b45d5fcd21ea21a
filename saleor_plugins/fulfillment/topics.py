"""Internal topics of the router."""

ORDER_SEEN = "fulfillment.order_seen"
SHIP_DUE = "fulfillment.ship_due"
