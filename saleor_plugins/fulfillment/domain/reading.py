"""Reading what a merchant enters: each field with its own check, all that is wrong at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, time
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from ...kernel.errors import Invalid, Invalids, OpsError
from ...kernel.geo import country_codes
from ...kernel.money import exponent, to_minor
from .calendar import is_region

HIGHEST = 10**9
Parse = Callable[[Any], Any]


class Reading:
    """Reads the fields of one input and collects what is wrong with them, by camelCase name."""

    def __init__(self, row: Mapping[str, Any]):
        self.row = row
        self.errors: list[Invalid] = []

    def read(self, name: str, parse: Parse, default: Any = None) -> Any:
        """The parsed field; `default` where it is missing, empty or wrong."""
        value = self.row.get(name)
        if _empty(value):
            return default
        try:
            return parse(value)
        except OpsError as error:
            self.refuse(name, error.message, error.code)
        return default

    def required(self, name: str, parse: Parse) -> Any:
        """The parsed field; a missing one is wrong."""
        if _empty(self.row.get(name)):
            self.refuse(name, "Must be given.", "REQUIRED")
        return self.read(name, parse)

    def refuse(self, name: str, message: str, code: str = "INVALID") -> None:
        """Note what is wrong with a field."""
        self.errors.append(Invalid(message, field=name, code=code))

    def done(self) -> None:
        """Raise Invalids with everything that is wrong, if anything is."""
        if self.errors:
            raise Invalids(self.errors)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def amount_in(currency: str) -> Parse:
    """An amount from 0 to a billion, in minor units of `currency`."""

    def parse(value: Any) -> int:
        text = str(value).strip()
        if not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
            raise Invalid("Must be a number such as 4.90.")
        number = Decimal(text)
        if not 0 <= number <= HIGHEST:
            raise Invalid(f"Must be from 0 to {HIGHEST:,}.")
        # "1.500" may be meant as fifteen hundred.
        if len(text.partition(".")[2].removesuffix("0" if text.endswith(".0") else "")) > exponent(currency):
            raise Invalid(f"Has more decimals than {currency} allows.")
        return to_minor(number, currency)

    return parse


def whole(least: int, most: int) -> Parse:
    """A whole number from `least` to `most`."""

    def parse(value: Any) -> int:
        text = str(value).strip()
        if isinstance(value, bool) or not re.fullmatch(r"[+-]?[0-9]{1,12}", text):
            raise Invalid("Must be a whole number.")
        if not least <= int(text) <= most:
            raise Invalid(f"Must be from {least} to {most}.")
        return int(text)

    return parse


def degrees(most: int) -> Parse:
    """A latitude or longitude from -`most` to `most` degrees."""

    def parse(value: Any) -> float:
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise Invalid("Must be a number of degrees.") from None
        # A NaN compares false with everything, so it is refused here too.
        if not -most <= number <= most:
            raise Invalid(f"Must be from -{most} to {most}.")
        return number

    return parse


def words(most: int) -> Parse:
    """Stripped text of at most so many printable characters."""

    def parse(value: Any) -> str:
        text = str(value).strip()
        if len(text) > most or not text.isprintable():
            raise Invalid(f"Must have at most {most} printable characters.")
        return text

    return parse


def country(value: Any) -> str:
    """An ISO 3166 country code."""
    if str(value).strip() not in country_codes():
        raise Invalid("Must be a country code such as DE, or empty for any.")
    return str(value).strip()


def currency_code(value: Any) -> str:
    """An ISO 4217 currency code, by its form. Raises Invalid (``currency``)."""
    if not re.fullmatch(r"[A-Z]{3}", str(value or "")):
        raise Invalid("Must be a currency code such as EUR.", field="currency")
    return str(value)


def one_of(options: Collection[str]) -> Parse:
    """One of some upper-case words."""

    def parse(value: Any) -> str:
        if str(value) not in options:
            raise Invalid(f"Must be one of {', '.join(options)}.")
        return str(value)

    return parse


def some(parse: Parse, most: int = 1000) -> Parse:
    """A list without repeats, each of which `parse` reads."""

    def read(value: Any) -> list[Any]:
        found = list(dict.fromkeys(parse(each) for each in value))
        if len(found) > most:
            raise Invalid(f"At most {most}.")
        return found

    return read


def day(value: Any) -> date:
    """A date, as one or as 2026-12-24."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise Invalid("Must be a day such as 2026-12-24.") from None


def time_of_day(value: Any) -> time:
    """A time such as 15:00."""
    text = str(value).strip()
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise Invalid("Must be a time such as 15:00.")
    return time.fromisoformat(text)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def time_zone(value: Any) -> str:
    """An IANA time zone."""
    if str(value).strip() not in _zones():
        raise Invalid("Must be a time zone such as Europe/Berlin.")
    return str(value).strip()


def holiday_region(value: Any) -> str:
    """A country or a region of one whose holidays are known; NONE for none, which is ""."""
    text = str(value).strip()
    if text == "NONE":
        return ""
    if not is_region(text):
        raise Invalid("Must be a country or region whose holidays are known, such as DE or DE-BY, or NONE.")
    return text
