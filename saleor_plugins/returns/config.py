"""The desk's settings, as the dashboard shows them, and the policy they make."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from .domain.plan import ShippingRule
from .domain.policy import Policy
from .domain.restocking import Rule
from .domain.rules.methods import LABEL, OWN, QR
from .settings import catalogue, desk, labels, mails, portal, privacy, signals

PLUGIN_ID = "saleor_plugins.returns"

SETTINGS = (
    *desk.SETTINGS,
    *catalogue.SETTINGS,
    *portal.SETTINGS,
    *labels.SETTINGS,
    *mails.SETTINGS,
    *signals.SETTINGS,
    *privacy.SETTINGS,
)


def check_together(values: Mapping[str, Any]) -> None:
    """Raises Invalids naming the setting that does not go with the others, or with the shop."""
    house = values["restock_warehouse"]
    if house and house not in {warehouse.id for warehouse in shop().warehouses()}:
        raise Invalids([Invalid("No such warehouse.", field="restock_warehouse")])
    if values["restock_into"] == Rule.FIXED and not house:
        raise Invalids([Invalid("FIXED needs a warehouse.", field="restock_warehouse", code="REQUIRED")])
    labels.check_labels(values)


def is_active() -> bool:
    """Whether the merchant has switched the desk on."""
    return platform_settings.is_active(PLUGIN_ID)


def return_methods() -> tuple[str, ...]:
    """The ways in which goods can travel back: labels and codes only where a carrier is set up."""
    values = platform_settings.setting_values(PLUGIN_ID, labels.SETTINGS)
    return (LABEL, QR, OWN) if values["label_carrier"] and values["label_service"] else (OWN,)


def policy() -> Policy:
    """The merchant's rules now."""
    values = platform_settings.setting_values(PLUGIN_ID, desk.SETTINGS)
    return Policy(
        window_days=values.pop("return_window_days"),
        refund_shipping=ShippingRule(values.pop("refund_shipping")),
        **values,
    )
