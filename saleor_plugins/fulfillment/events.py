"""The public events of the router. Amounts are integer minor units."""

from __future__ import annotations

from ..delivery import declare

declare(
    "order.routed",
    "An order's units were assigned to warehouses and their stock was allocated: orderId, orderNumber, "
    "decisionId, version, outcome (ROUTED or PARTIAL), cost, currency, arrivesOn, "
    "parcels [warehouseId, warehouseName, cost, shipOn, arrivesOn, items [lineId, quantity]], "
    "unsourced [lineId, quantity, code].",
)
declare(
    "order.unroutable",
    "No unit of an order can be shipped now: the same payload as order.routed, outcome UNROUTABLE, or "
    "WAITING where the policy sends nothing until all of it is there.",
)
declare(
    "order.rerouted",
    "Units of a routed order moved to other warehouses, or have to wait: the payload of the order.routed or "
    "order.unroutable that goes with it, why (STOCK_CHANGED, ADDRESS_CHANGED, LINES_CHANGED, REJECTED, "
    "SHORT_PICK, LIFTED, RELEASED, ASKED or WAVE), "
    "moved [lineId, quantity, fromWarehouseId, toWarehouseId]; null is none.",
)
declare(
    "order.held",
    "An order waits for a person, neither routed nor shipped: orderId, orderNumber, holdId, code (MANUAL, "
    "LOOP or a rule's name), reason.",
)
declare("order.released", "A held order is routed again: the payload of order.held.")
declare(
    "shipment.created",
    "A parcel was created: shipmentId, orderId, fulfillmentId, warehouseId, trackingNumber, state, "
    "items [lineId, quantity].",
)
declare("shipment.tracking_updated", "A parcel's tracking number changed: the payload of shipment.created.")
declare("shipment.delivered", "A parcel was delivered: the payload of shipment.created.")
declare("shipment.in_transit", "A carrier has a parcel: the payload of shipment.created.")
declare("shipment.out_for_delivery", "A parcel is delivered today: the payload of shipment.created.")
declare("shipment.exception", "A parcel met a problem: the payload of shipment.created.")
declare("shipment.returning", "A parcel comes back to the sender: the payload of shipment.created.")
declare(
    "shipment.returned",
    "A parcel came back to the sender; its units are not in stock yet: the payload of shipment.created.",
)
declare("shipment.canceled", "A parcel was taken back: the payload of shipment.created.")
declare(
    "wave.finished",
    "Open orders were decided together: waveId, orders, moved, changed, method (WHOLE, ROLLED or SINGLE), "
    "currency, cost, singleCost, bound, note.",
)
