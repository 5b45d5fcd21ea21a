"""Internal topics of the router."""

ORDER_SEEN = "fulfillment.order_seen"
SHIP_DUE = "fulfillment.ship_due"
# What the inbox makes of a carrier's message: its source is "carrier".
CARRIER_EVENTS = "carrier.events"
# A what-if run waits for a worker.
BACKTEST_DUE = "fulfillment.backtest_due"
# A wave waits for a worker.
WAVE_DUE = "fulfillment.wave_due"
CARRIER_POLL = "fulfillment.carrier_poll"
