"""Amounts, days and codes as people read them."""

from __future__ import annotations

from ...kernel.money import exponent, from_minor

NAMES = {
    "dead": "Dead stock",
    "running-out": "About to run out",
    "value": "Stock value by class",
    "forecasts": "Forecast against actual",
    "suppliers": "Suppliers",
}
REMEDIES = {
    "STOP_REORDERING": "Order no more of it",
    "TRANSFER": "Send it where it sells",
    "DISCOUNT": "Sell it for less",
}
STEPS = {
    "ORDER": "Order now",
    "HURRY": "It comes too late: hurry it, or order nearer",
    "CHASE": "It is overdue: ask the supplier",
}


def amount(minor: int, currency: str) -> str:
    """As in 1,234.50."""
    return f"{from_minor(minor, currency):,.{exponent(currency)}f}"


def percent(part: float | None) -> str:
    """As in 97.5 %."""
    return "–" if part is None else f"{part:.1%}".replace("%", "\u202f%")


def signed(part: float | None) -> str:
    """As in +4.0 %: above zero more was expected than sold."""
    return "–" if part is None else f"{part:+.1%}".replace("%", "\u202f%")


def sentence(code: str) -> str:
    """A code in words."""
    return code.replace("_", " ").capitalize()
