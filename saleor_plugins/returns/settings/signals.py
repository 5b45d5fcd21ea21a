"""From where on a return looks unusual."""

from __future__ import annotations

from typing import Any

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.settings import Parse, Setting, boolean, decimal, integer, text

MOST = 50


def _words(value: Any) -> str:
    """Grades between commas, as the merchant wrote them."""
    found = split(value)
    if len(found) > MOST or any(len(word) > 40 for word in found):
        raise Invalid(f"At most {MOST} grades of at most 40 characters.")
    return text(value)


def _categories(value: Any) -> str:
    """Global ids of categories between commas."""
    found = split(value)
    if len(found) > MOST:
        raise Invalid(f"At most {MOST} categories.")
    for each in found:
        from_global(each, "Category")
    return text(value)


def _amount(value: Any) -> str:
    given = text(value)
    if given:
        decimal("0", "999999999")(given)
    return given


def split(value: Any) -> list[str]:
    """The parts between commas."""
    return [part.strip() for part in text(value).split(",") if part.strip()]


def _number(name: str, default: int, label: str, words: str, most: int = 100_000, least: int = 0) -> Setting:
    parse: Parse = integer(least, most)
    return Setting(f"signal_{name}", str(default), f"Signals: {label}", words, parse=parse)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "signals_on",
        True,
        "Signals",
        "Returns that look unusual are flagged with the reason. A flag decides nothing.",
        kind="BOOLEAN",
        parse=boolean,
    ),
    _number("days", 365, "days looked back", "How far back returns and orders count.", 3650, least=1),
    _number("rate", 60, "return rate (%)", "Of a customer's bought units. 0: off.", 100),
    _number(
        "rate_units", 8, "least units bought", "Below so many bought units a rate says nothing.", least=1
    ),
    Setting(
        "signal_value",
        "",
        "Signals: value returned",
        "What a customer's returns are worth, in each order's currency. Empty: off.",
        parse=_amount,
    ),
    _number("address", 6, "returns of an address", "By several customers. 0: off."),
    _number("card", 6, "returns of a card", "By several customers. 0: off."),
    _number("closing_days", 3, "last days of the window", "How late is just before the end. 0: off.", 365),
    Setting(
        "signal_events",
        "",
        "Signals: categories for occasions",
        "Global ids of categories, with those below them, of what is worn once, between commas.",
        parse=_categories,
    ),
    Setting("signal_worn", "WORN, USED", "Signals: grades for worn", "Between commas.", parse=_words),
    Setting("signal_empty", "EMPTY, MISSING", "Signals: grades for empty", "Between commas.", parse=_words),
    Setting(
        "signal_wrong", "WRONG, SWITCHED", "Signals: grades for switched", "Between commas.", parse=_words
    ),
)
