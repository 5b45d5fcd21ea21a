"""The desk's settings, as the dashboard shows them, and the policy they make."""

from __future__ import annotations

from typing import Any

from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform.settings import Parse, Setting, boolean, choice, decimal, integer, text

from .domain.plan import ShippingRule
from .domain.policy import Policy

PLUGIN_ID = "saleor_plugins.returns"
RESTOCK_INTO = ("ARRIVED", "ORIGIN", "NEAREST", "CHEAPEST", "SPECIALISED", "FIXED")


def _warehouse(value: Any) -> str:
    """A warehouse's global id, or nothing."""
    given = text(value)
    if given:
        from_global(given, "Warehouse")
    return given


def _named(*options: str) -> Parse:
    """One of `options`, in any case of letters."""
    known = choice(*options)
    return lambda value: known(text(value).upper())


def _percent(value: Any) -> str:
    """A number of percent, as the merchant wrote it."""
    decimal("0", "100")(value)
    return text(value)


SETTINGS = (
    Setting(
        "return_window_days",
        "30",
        "Return window (days)",
        "Days after an item arrived (or was sent, where no delivery is known) in which a shopper may ask to "
        "return it. EU law asks for at least 14.",
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
        "expiry_days",
        "0",
        "Approval expires (days)",
        "Days in which approved goods must be on their way: without a carrier's scan the return expires. "
        "0: never.",
        parse=integer(0, 3650),
    ),
    Setting(
        "refund_shipping",
        "none",
        "Refund shipping",
        "none; standard: all of it, once the last unit of the order came back; proportional: by units.",
        parse=_named(*(rule.value for rule in ShippingRule)),
    ),
    Setting(
        "standard_shipping",
        "",
        "Standard delivery cost",
        "What your cheapest ordinary delivery costs. Whoever chose a dearer one gets this much of it back. "
        "Empty: all of what was paid.",
    ),
    Setting(
        "restocking_fee_percent",
        "0",
        "Restocking fee (%)",
        "Kept of each item's price; never of what is faulty, wrong, late or withdrawn from by law.",
        parse=_percent,
    ),
    Setting(
        "label_fee",
        "",
        "Return postage",
        "Kept once per return for the label you pay; never for "
        "what is faulty, wrong, late or withdrawn from by law.",
    ),
    Setting(
        "restock_into",
        "ARRIVED",
        "Restock into",
        "ARRIVED: where the parcel arrived; ORIGIN: where the item was sent from; NEAREST, CHEAPEST or "
        "SPECIALISED: chosen per item; FIXED: the warehouse named below.",
        parse=_named(*RESTOCK_INTO),
    ),
    Setting(
        "restock_warehouse",
        "",
        "Restock into warehouse",
        "Global id of a warehouse, for FIXED.",
        parse=_warehouse,
    ),
    Setting("restock_map", "", "Specialised warehouses", "Which warehouse takes what, for SPECIALISED."),
    Setting(
        "transfer_costs", "", "Transfer costs", "What a parcel between two warehouses costs, for CHEAPEST."
    ),
)


def is_active() -> bool:
    """Whether the merchant has switched the desk on."""
    return platform_settings.is_active(PLUGIN_ID)


def policy() -> Policy:
    """The merchant's rules now."""
    values = platform_settings.setting_values(PLUGIN_ID, SETTINGS)
    return Policy(
        window_days=values.pop("return_window_days"),
        refund_shipping=ShippingRule(values.pop("refund_shipping")),
        **values,
    )
