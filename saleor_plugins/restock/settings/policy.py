"""How needs are found."""

from __future__ import annotations

import re
from typing import Any

from ...kernel.errors import Invalid
from ...kernel.money import to_minor
from ...platform.settings import Setting, choice, decimal, integer, text

_CODE = re.compile("[A-Z]{3}")


def currency(value: Any) -> str:
    """A currency code, or "". Raises Invalid."""
    code = text(value).upper()
    if code and not _CODE.fullmatch(code):
        raise Invalid("Must be three letters, such as EUR.")
    return code


def amounts(value: Any) -> dict[str, int]:
    """Minor units by currency, from "500 EUR, 450 USD". Raises Invalid for anything else."""
    found: dict[str, int] = {}
    for part in filter(None, (piece.strip() for piece in text(value).split(","))):
        number, _, code = part.partition(" ")
        code = code.strip().upper()
        if not _CODE.fullmatch(code) or code in found:
            raise Invalid("Must be amounts such as '500 EUR, 450 USD', one for each currency.")
        found[code] = _minor(number, code)
    return found


def _minor(number: str, code: str) -> int:
    try:
        amount = to_minor(decimal("0", "1000000000")(number), code)
    except ValueError:
        raise Invalid(f"{code} has fewer decimals than {number}.") from None
    return amount


COST, SERVICE = "cost", "service level"

SETTINGS = (
    Setting(
        "aim",
        COST,
        "Aim",
        f"'{COST}': the least for ordering, holding and lost sales; '{SERVICE}': the level below everywhere.",
        parse=choice(COST, SERVICE),
    ),
    Setting(
        "service_level",
        "95",
        "Service level (%)",
        "How many of 100 delivery periods should end without a stock-out: 50 to 99.9. With the aim 'cost' it"
        " holds where no selling price says what a lost sale costs.",
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
        "What ordering and booking one line costs you, in the currency below.",
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
        "currency",
        "",
        "Currency",
        "Three letters: what suggestions are reckoned in. Empty: the one that most channels sell in.",
        parse=currency,
    ),
    Setting(
        "auto_approve",
        "",
        "Approve by itself below",
        "Amounts such as '500 EUR, 450 USD': smaller drafts without any flag are approved by the run.",
        parse=amounts,
    ),
)
