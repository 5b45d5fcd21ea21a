"""The plugin's settings, and the domain's policy made from them."""

from __future__ import annotations

from typing import Any

from ..platform.settings import Setting, decimal, integer, is_active, setting_values
from .domain.rule import Policy

PLUGIN_ID = "saleor_plugins.restock"

SETTINGS = (
    Setting(
        "service_level",
        "95",
        "Service level (%)",
        "How many of 100 delivery periods should end without a stock-out: 50 to 99.9.",
        parse=decimal("50", "99.9"),
    ),
    Setting(
        "default_lead_days",
        "7",
        "Lead time (days)",
        "Days from ordering to arrival where a supplier item says nothing: 0 to 365.",
        parse=integer(0, 365),
    ),
    Setting(
        "review_days",
        "1",
        "Review period (days)",
        "Days between two looks at the proposals: 1 when you approve daily, 7 when weekly.",
        parse=integer(1, 90),
    ),
    Setting(
        "order_cost",
        "1.00",
        "Cost of an order line",
        "What ordering and booking one line costs you, in the currency of the supplier's price.",
        parse=decimal("0", "100000"),
    ),
    Setting(
        "holding_percent",
        "25",
        "Holding cost (% a year)",
        "What keeping stock for a year costs, in percent of its price: 1 to 200.",
        parse=decimal("1", "200"),
    ),
    Setting(
        "over_receipt_percent",
        "0",
        "Over-receipt tolerance (%)",
        "How much more than ordered may be booked in: 0 to 100.",
        parse=integer(0, 100),
    ),
)


def active() -> bool:
    """Whether the merchant has switched the plugin on."""
    return is_active(PLUGIN_ID)


def values() -> dict[str, Any]:
    """The parsed settings. Raises Invalids when what is stored is broken."""
    return setting_values(PLUGIN_ID, SETTINGS)


def policy() -> Policy:
    """How the shop wants to restock."""
    found = values()
    return Policy(
        service_level=float(found["service_level"]) / 100,
        review_days=found["review_days"],
        default_lead_days=found["default_lead_days"],
        order_cost=found["order_cost"],
        holding_rate=float(found["holding_percent"]) / 100,
    )
