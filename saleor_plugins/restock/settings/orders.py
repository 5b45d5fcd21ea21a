"""How orders to suppliers are handled."""

from __future__ import annotations

from ...platform.settings import Setting, integer

SETTINGS = (
    Setting(
        "over_receipt_percent",
        "0",
        "Over-receipt tolerance (%)",
        "How much more than ordered may be booked in: 0 to 100.",
        parse=integer(0, 100),
    ),
)
