"""Readers of a rulebook's values: each answers what it read, or raises Invalid naming the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.kernel.money import to_minor

Read = Callable[[Any, str], Any]

MOST_ITEMS = 200
MOST_TEXT = 250


def whole(least: int, most: int) -> Read:
    """A whole number."""

    def read(value: Any, field: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Invalid(f"Must be a whole number from {least} to {most}.", field=field)
        return value

    return read


def percent(value: Any, field: str) -> Decimal:
    """A number of percent, as a decimal string."""
    try:
        number = Decimal(value) if isinstance(value, str) and len(value) <= 10 else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 100:
        raise Invalid('Must be a number from 0 to 100, such as "12.5".', field=field)
    return number


def switch(value: Any, field: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Invalid("Must be true or false.", field=field)
    return value


def text(value: Any, field: str) -> str:
    """A short text on one line."""
    if not isinstance(value, str) or not 0 < len(value.strip()) <= MOST_TEXT or not value.isprintable():
        raise Invalid(f"Must be a text of 1 to {MOST_TEXT} characters on one line.", field=field)
    return value.strip()


def one_of(options: Iterable[str]) -> Read:
    """One of `options`."""
    known = tuple(options)

    def read(value: Any, field: str) -> str:
        if not isinstance(value, str) or value not in known:
            raise Invalid(f"Must be one of: {', '.join(known)}.", field=field)
        return value

    return read


def many(read_one: Read) -> Read:
    """A list of them, at least one, each once."""

    def read(value: Any, field: str) -> tuple[Any, ...]:
        if not isinstance(value, list) or not 0 < len(value) <= MOST_ITEMS:
            raise Invalid(f"Must be a list of 1 to {MOST_ITEMS}.", field=field)
        return tuple(dict.fromkeys(read_one(each, f"{field}.{i}") for i, each in enumerate(value)))

    return read


def table(read_key: Read, read_value: Read) -> Read:
    """An object of keys and values, at least one."""

    def read(value: Any, field: str) -> dict[Any, Any]:
        if not isinstance(value, dict) or not 0 < len(value) <= MOST_ITEMS:
            raise Invalid(f"Must be an object of 1 to {MOST_ITEMS} entries.", field=field)
        return {
            read_key(key, f"{field}.{key}"): read_value(each, f"{field}.{key}") for key, each in value.items()
        }

    return read


def currency(value: Any, field: str) -> str:
    """An ISO 4217 code."""
    if (
        not isinstance(value, str)
        or len(value) != 3
        or not (value.isascii() and value.isalpha() and value.isupper())
    ):
        raise Invalid('Must be a currency, such as "EUR".', field=field)
    return value


def country(value: Any, field: str) -> str:
    """An ISO 3166 code, or EU for all where the Union's law holds."""
    if (
        not isinstance(value, str)
        or len(value) != 2
        or not (value.isascii() and value.isalpha() and value.isupper())
    ):
        raise Invalid('Must be a country, such as "DE", or "EU".', field=field)
    return value


def amounts(value: Any, field: str) -> dict[str, int]:
    """Minor units by currency, from decimal strings: ``{"EUR": "4.90"}``."""
    given: dict[str, str] = table(currency, text)(value, field)
    return {code: _minor(given[code], code, f"{field}.{code}") for code in given}


def _minor(value: str, code: str, field: str) -> int:
    try:
        amount = Decimal(value)
        if not amount.is_finite() or not 0 <= amount <= 999_999_999:
            raise ValueError
        return to_minor(amount, code)
    except (InvalidOperation, ValueError):
        raise Invalid(
            f'Must be an amount with the decimals of {code}, such as "4.90".', field=field
        ) from None


def global_id(kind: str) -> Read:
    """A global id of Saleor."""

    def read(value: Any, field: str) -> str:
        from_global(text(value, field), kind, field=field)
        return str(value).strip()

    return read
