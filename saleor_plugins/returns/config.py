"""The desk's settings, as the dashboard shows them, and the policy they make."""

from __future__ import annotations

from typing import Any

from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform.settings import Setting, boolean, choice, integer, text

from .domain.plan import ShippingRule
from .domain.policy import Policy

PLUGIN_ID = "saleor_plugins.returns"


def _warehouse(value: Any) -> str:
    """A warehouse's global id, or nothing."""
    given = text(value)
    if given:
        from_global(given, "Warehouse")
    return given


SETTINGS = (
    Setting(
        "return_window_days",
        "30",
        "Return window (days)",
        "How long after shipping a shopper may ask to return. EU law asks for at least 14 from delivery.",
        parse=integer(0, 3650),
    ),
    Setting(
        "auto_approve",
        False,
        "Approve automatically",
        "Requests inside the window are approved at once.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    Setting(
        "refund_shipping",
        "none",
        "Refund shipping",
        "none; standard: all of it, once the last unit of the order came back; proportional: by units.",
        parse=choice(*(rule.value.lower() for rule in ShippingRule)),
    ),
    Setting(
        "restock_warehouse",
        "",
        "Restock into warehouse",
        "Global id of a warehouse. Empty: the warehouse that received the parcel.",
        parse=_warehouse,
    ),
)


def is_active() -> bool:
    """Whether the merchant has switched the desk on."""
    return platform_settings.is_active(PLUGIN_ID)


def policy() -> Policy:
    """The merchant's rules now."""
    values = platform_settings.setting_values(PLUGIN_ID, SETTINGS)
    return Policy(
        window_days=values["return_window_days"],
        auto_approve=values["auto_approve"],
        refund_shipping=ShippingRule(values["refund_shipping"].upper()),
        restock_warehouse=values["restock_warehouse"],
    )
