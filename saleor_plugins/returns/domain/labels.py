"""A label's life: bought once, and never again while nobody knows what became of the last one."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from saleor_plugins.kernel.transitions import Machine, transition

# Longer than any carrier takes to answer.
GRACE = timedelta(minutes=15)
# Longer than a worker needs for a label whose event it has.
OVERDUE = timedelta(minutes=2)
# How long its picture is kept, with the address on it.
KEPT = timedelta(days=90)


class LabelState(StrEnum):
    """Where a label stands."""

    RESERVED = "RESERVED"
    SENT = "SENT"
    UNKNOWN = "UNKNOWN"
    BOUGHT = "BOUGHT"
    FAILED = "FAILED"
    VOIDED = "VOIDED"


LABEL = Machine(
    "label",
    [
        transition("send", ["RESERVED"], "SENT", "worker"),
        transition("succeed", ["SENT", "UNKNOWN"], "BOUGHT", "carrier, staff"),
        transition("fail", ["RESERVED", "SENT", "UNKNOWN"], "FAILED", "carrier, staff"),
        transition("lose", ["SENT"], "UNKNOWN", "carrier gave no answer"),
        transition("void", ["RESERVED", "BOUGHT"], "VOIDED", "the return ended"),
    ],
)
