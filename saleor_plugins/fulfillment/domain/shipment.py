"""The life of a shipment."""

from __future__ import annotations

from ...kernel.transitions import Machine, transition

CREATED = "CREATED"
DELIVERED = "DELIVERED"
CANCELED = "CANCELED"
STATES = (CREATED, DELIVERED, CANCELED)

SHIPMENT = Machine(
    "shipment",
    [
        transition("track", [CREATED], CREATED, "staff, Saleor"),
        transition("deliver", [CREATED], DELIVERED, "staff"),
        transition("cancel", [CREATED, DELIVERED], CANCELED, "staff, Saleor"),
    ],
)
