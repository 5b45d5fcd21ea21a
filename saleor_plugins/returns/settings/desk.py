"""The desk: windows, fees, where goods go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.settings import Parse, Setting, boolean, choice, decimal, integer, text

from ..domain.plan import ShippingRule
from ..domain.restocking import Rule
from ..domain.tables import parse_costs, parse_map


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


def _amount(value: Any) -> str:
    """An amount in the order's currency as the merchant wrote it, or nothing."""
    given = text(value)
    if given:
        decimal("0", "999999999")(given)
    return given


def _table(parse: Callable[[str], object]) -> Parse:
    """The rows as the merchant wrote them, when `parse` can read them."""

    def check(value: Any) -> str:
        given = text(value)
        parse(given)
        return given

    return check


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
        parse=_amount,
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
        parse=_amount,
    ),
    Setting(
        "withdrawal_postage",
        "MERCHANT",
        "Postage of a withdrawal",
        "Who pays the way back when a customer withdraws by law (EU, UK): CUSTOMER only if your shop says so "
        "before the sale.",
        parse=_named("MERCHANT", "CUSTOMER"),
    ),
    Setting(
        "restock_into",
        "ARRIVED",
        "Restock into",
        "ARRIVED: where the parcel arrived; ORIGIN: where the item was sent from; NEAREST, CHEAPEST or "
        "SPECIALISED: chosen per item; FIXED: the warehouse named below.",
        parse=_named(*(rule.value for rule in Rule)),
    ),
    Setting(
        "restock_warehouse",
        "",
        "Restock into warehouse",
        "Global id of a warehouse, for FIXED.",
        parse=_warehouse,
    ),
    Setting(
        "restock_map",
        "",
        "Specialised warehouses",
        "For SPECIALISED: class = warehouse (id or name), one a line or after a ;. A product's class is its "
        "metadata return_class.",
        parse=_table(parse_map),
    ),
    Setting(
        "transfer_costs",
        "",
        "Transfer costs",
        "For CHEAPEST: from > to = cost, one a line or after a ;. Warehouses by id or name, or a customer's "
        "country > warehouse.",
        parse=_table(parse_costs),
    ),
)
