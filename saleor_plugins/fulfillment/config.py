"""The router's settings, as the dashboard shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..platform import settings as platform_settings
from ..platform import shop
from ..platform.settings import Setting, boolean, choice, integer
from .config_checkout import CHECKOUT_SETTINGS
from .domain.life.loop import LIMIT

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
    Setting(
        "reroute_limit",
        str(LIMIT),
        "Reroutes per day",
        "An order that has moved between warehouses by itself so often within 24 hours is held for a person.",
        parse=integer(1, 1000),
    ),
    Setting(
        "tracking_days",
        "90",
        "Tracking page, days",
        "How long a link to an order's public tracking page can be opened after it was made.",
        parse=integer(1, 730),
    ),
    *CHECKOUT_SETTINGS,
)


def is_active() -> bool:
    """Whether the merchant has switched the router on."""
    return platform_settings.is_active(PLUGIN_ID)


def values() -> dict[str, Any]:
    """The parsed settings. Raises Invalids when what is stored is broken."""
    return platform_settings.setting_values(PLUGIN_ID, SETTINGS)


@dataclass(frozen=True)
class Now:
    """The switch and the settings, read together. `values` are parsed when they are asked for."""

    active: bool
    stored: Mapping[str, Any]

    @cached_property
    def values(self) -> dict[str, Any]:
        """The parsed settings. Raises Invalids when what is stored is broken."""
        return platform_settings.parse_settings(SETTINGS, self.stored)


def now() -> Now:
    """The switch and the settings, in one query."""
    found = shop().plugin_configuration(PLUGIN_ID)
    return Now(found.active, found.values)
