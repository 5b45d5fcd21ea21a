"""The life of a shipment."""

from __future__ import annotations

from ...kernel.transitions import Machine, transition

CREATED = "CREATED"
IN_TRANSIT = "IN_TRANSIT"
OUT_FOR_DELIVERY = "OUT_FOR_DELIVERY"
EXCEPTION = "EXCEPTION"
DELIVERED = "DELIVERED"
RETURNING = "RETURNING"
RETURNED = "RETURNED"
CANCELED = "CANCELED"
STATES = (CREATED, IN_TRANSIT, OUT_FOR_DELIVERY, EXCEPTION, DELIVERED, RETURNING, RETURNED, CANCELED)
ON_THE_WAY = (IN_TRANSIT, OUT_FOR_DELIVERY, EXCEPTION)

SHIPMENT = Machine(
    "shipment",
    [
        transition("track", [CREATED], CREATED, "staff, Saleor"),
        transition("deliver", [CREATED], DELIVERED, "staff"),
        transition("cancel", [CREATED, DELIVERED], CANCELED, "staff, Saleor"),
    ],
)
