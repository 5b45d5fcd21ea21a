"""Amounts, days and times as the shopper's language writes them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_time

from saleor_plugins.kernel import wording
from saleor_plugins.kernel.wording import locale_of


def money(minor: int, currency: str, language: str) -> str:
    """An amount in minor units, written as where its currency is at home: $5.00 in dollars of the USA."""
    return wording.amount(minor, currency, locale_of(language, currency[:2]))


def day(value: date, language: str) -> str:
    """A day, its month in words."""
    return wording.day(value, locale_of(language))


def moment(value: datetime, language: str, zone: str) -> str:
    """A day and a time of the shop's zone."""
    local = value.astimezone(ZoneInfo(zone))
    time = format_time(local.time(), "short", locale=locale_of(language))
    return f"{day(local.date(), language)}, {time}"
