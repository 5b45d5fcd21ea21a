"""How the reports write what they tell."""

from __future__ import annotations

from datetime import datetime

from saleor_plugins.kernel.money import from_minor

NAMES = {
    "rates": "Return rate by variant and reason",
    "costs": "What the returns cost",
    "times": "Time to refund",
    "deadlines": "Refunds due by law",
    "unreceived": "Refunded and not received",
    "dispositions": "What became of the goods",
    "retained": "Revenue retained",
    "customers": "Who returns most",
}
MINUTE, HOUR, DAY = 60, 3600, 86400


def amount(minor: int, currency: str) -> str:
    """``-1,234.50 EUR``."""
    return f"{from_minor(minor, currency):,} {currency}".replace("-", "\u2212")


def percent(share: float | None) -> str:
    """``4.2 %``; a dash for nothing to compare with."""
    return "\u2013" if share is None else f"{share * 100:.1f}\u202f%"


def duration(seconds: float) -> str:
    """Minutes below an hour, hours below two days, days then."""
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.1f} h" if seconds < 2 * DAY else f"{seconds / DAY:.1f} days"


def sentence(code: str) -> str:
    """``TOO_SMALL`` as "Too small"."""
    return code.replace("_", " ").capitalize()


def day(at: datetime) -> str:
    """``2026-03-01``, in UTC."""
    return at.strftime("%Y-%m-%d")


def customer(key: str) -> str:
    """A customer's key, as much of it as tells them apart."""
    return key[:10]
