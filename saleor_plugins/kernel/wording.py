"""Amounts, days and numbers as people of a language write them, by CLDR's data (Babel 2.8 and later)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.numbers import format_decimal, parse_pattern

from .money import exponent, from_minor

# Where the language is at home; elsewhere its readers expect the first one's way to write.
_HOMES = {
    "en": ("GB", "US", "IE", "CA", "AU", "NZ"),
    "de": ("DE", "AT", "CH", "LI", "LU"),
    "pl": ("PL",),
}
_LETTERS = re.compile(r"(?<=[^\W\d_])(?=-?\d)|(?<=\d)(?=[^\W\d_])")


@cache
def locale_of(language: str, country: str = "") -> Locale:
    """The way to write amounts and days in one of our languages for a reader in `country`, "" for unknown."""
    homes = _HOMES[language]
    return Locale(language, country if country in homes else homes[0])


def amount(minor: int, currency: str, locale: Locale) -> str:
    """An amount with the currency's own decimals: CLDR's would round what some currencies do have."""
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (exponent(currency),) * 2
    text = pattern.apply(from_minor(minor, currency), locale, currency=currency, currency_digits=False)
    # CLDR parts letters from digits; Babel does not.
    return _LETTERS.sub("\u00a0", text)


def number(value: int, locale: Locale) -> str:
    """A whole number."""
    return str(format_decimal(value, locale=locale))


def day(value: date, locale: Locale) -> str:
    """A calendar day with the month's name, which no line break parts from its number."""
    return str(format_date(value, "long", locale=locale)).replace(" ", "\u00a0", 1)


def moment(instant: datetime, zone: str, locale: Locale) -> str:
    """Day and time to the second where people live by `zone`, and how far that is from UTC."""
    local = instant.astimezone(ZoneInfo(zone))
    offset = local.strftime("%z")
    time = format_time(local.time(), "medium", locale=locale)
    return f"{day(local.date(), locale)}, {time} (UTC{offset[:3]}:{offset[3:]})"


def plural(value: int, forms: Mapping[str, str], locale: Locale) -> str:
    """The form of `forms` (CLDR's one, few, many, other) for `value`, with the number in it."""
    return forms[locale.plural_form(value)].format(n=number(value, locale))
