"""Transfers between warehouses: their states, and what may be shipped and received."""

from __future__ import annotations

from saleor_plugins.kernel.transitions import Machine, transition

DRAFT = "DRAFT"
APPROVED = "APPROVED"
SHIPPED = "SHIPPED"
PARTLY_RECEIVED = "PARTLY_RECEIVED"
RECEIVED = "RECEIVED"
CANCELED = "CANCELED"

STATES = (DRAFT, APPROVED, SHIPPED, PARTLY_RECEIVED, RECEIVED, CANCELED)
PROMISED = (APPROVED,)
"""States in which the source still has the units, and nobody else may count on them."""

UNDERWAY = (APPROVED, SHIPPED, PARTLY_RECEIVED)
"""States in which the target may count on what is to come."""

MACHINE = Machine(
    "transfer",
    (
        transition("approve", [DRAFT], APPROVED, "staff"),
        transition("ship", [APPROVED], SHIPPED, "staff at the source"),
        transition("receive part", [SHIPPED, PARTLY_RECEIVED], PARTLY_RECEIVED, "staff at the target"),
        transition("receive all", [SHIPPED, PARTLY_RECEIVED], RECEIVED, "staff at the target"),
        transition("cancel", [DRAFT, APPROVED], CANCELED, "staff"),
        transition("withdraw", [DRAFT], CANCELED, "the nightly run, when the need is gone"),
    ),
)
