"""The router's settings, as the dashboard shows them."""

from __future__ import annotations

from typing import Any

from ..platform import settings as platform_settings
from ..platform.settings import Setting, boolean, choice

PLUGIN_ID = "saleor_plugins.fulfillment"

WHEN_CONFIRMED = "confirmed"
WHEN_PAID = "paid"

SETTINGS = (
    Setting(
        "route_when",
        WHEN_CONFIRMED,
        "Route when",
        "confirmed: as soon as the order is confirmed; paid: once it is paid in full.",
        parse=choice(WHEN_CONFIRMED, WHEN_PAID),
    ),
    Setting(
        "create_fulfillments",
        False,
        "Create fulfilments automatically",
        "Paid orders are also shipped as routed: one fulfilment per warehouse, stock taken at once.",
        kind="BOOLEAN",
        parse=boolean,
    ),
)


def is_active() -> bool:
    """Whether the merchant has switched the router on."""
    return platform_settings.is_active(PLUGIN_ID)


def values() -> dict[str, Any]:
    """The parsed settings. Raises Invalids when what is stored is broken."""
    return platform_settings.setting_values(PLUGIN_ID, SETTINGS)
