"""The plugin's settings by subject, and the domain's policy made from them."""

from __future__ import annotations

from typing import Any

from ...platform.settings import is_active, setting_values
from ..domain.facts import Policy
from . import alerts, expected, looks, orders, suppliers
from . import policy as policy_settings

PLUGIN_ID = "saleor_plugins.restock"
SETTINGS = (
    *policy_settings.SETTINGS,
    *orders.SETTINGS,
    *suppliers.SETTINGS,
    *expected.SETTINGS,
    *alerts.SETTINGS,
    *looks.SETTINGS,
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
        by_cost=found["aim"] == policy_settings.COST,
        service_level=float(found["service_level"]) / 100,
        review_days=found["review_days"],
        default_lead_days=found["default_lead_days"],
        order_cost=found["order_cost"],
        holding_rate=float(found["holding_percent"]) / 100,
    )
