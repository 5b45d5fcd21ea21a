"""What merchants type in about suppliers, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from ...delivery.posting import check_url
from ...http.languages import LANGUAGES
from ...http.texts import is_address
from ...kernel.errors import Invalid, NotFound
from ...kernel.money import to_minor
from ...platform import shop
from ..domain.breaks import Break
from ..domain.order import MAX_UNITS
from ..models import Supplier

MAX_LEAD_DAYS = 730
MAX_BREAKS = 20
CHANNELS = (Supplier.NONE, Supplier.MAIL, Supplier.WEBHOOK)


def email(text: str, *, field: str = "email") -> str:
    """A mail address, or nothing."""
    text = text.strip()
    if text and not is_address(text):
        raise Invalid("Not an e-mail address.", field=field)
    return text


def language(text: str, *, field: str = "language") -> str:
    """One of our languages, or nothing: English."""
    if text and text not in LANGUAGES:
        raise Invalid(f"Must be one of: {', '.join(LANGUAGES)}.", field=field)
    return text


def webhook_url(text: str, *, field: str = "webhookUrl") -> str:
    """An address that may be posted to, or nothing."""
    text = text.strip()
    return check_url(text, field=field) if text else ""


def currency(text: str, *, field: str = "currency") -> str:
    """A currency's code."""
    if not re.fullmatch("[A-Z]{3}", text):
        raise Invalid("Must be three capital letters, as in USD.", field=field)
    return text


def amount(text: str, code: str, *, field: str) -> int:
    """Minor units of a decimal number as text, never below zero."""
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        raise Invalid("Must be a number that is not negative, as in 12.50.", field=field)
    try:
        return to_minor(Decimal(text), code)
    except ValueError:
        raise Invalid(f"{code} has fewer decimals.", field=field) from None


def within(number: int, least: int, most: int, field: str) -> int:
    """A number from `least` to `most`."""
    if not least <= number <= most:
        raise Invalid(f"Must be from {least} to {most}.", field=field)
    return number


def lead_days(number: int | None, *, field: str = "leadDays") -> int | None:
    """Days to arrival, or None."""
    return None if number is None else within(number, 0, MAX_LEAD_DAYS, field)


def breaks(rows: Iterable[tuple[int, str]], code: str, *, field: str = "breaks") -> list[Break]:
    """Price breaks (from this many units, this price for each), by quantity.

    Prices may rise and breaks may overlap, as suppliers write them: a quantity pays the lowest that it has
    reached. Raises Invalid naming ``breaks.i.quantity`` or ``breaks.i.price``.
    """
    found: dict[int, Break] = {}
    for place, (quantity, price) in enumerate(rows):
        if place >= MAX_BREAKS:
            raise Invalid(f"At most {MAX_BREAKS} breaks.", field=field)
        within(quantity, 2, MAX_UNITS, f"{field}.{place}.quantity")
        if quantity in found:
            raise Invalid("This quantity is named twice.", field=f"{field}.{place}.quantity")
        found[quantity] = Break(quantity, amount(price, code, field=f"{field}.{place}.price"))
    return [found[quantity] for quantity in sorted(found)]


def variant(variant_id: str, *, field: str = "variantId") -> None:
    """Raise NotFound when there is no such variant."""
    # Saleor reads more than one spelling of an id; only its own is stored.
    if variant_id not in {found.id for found in shop().variants([variant_id])}:
        raise NotFound("There is no such variant.", field=field)


def warehouse(warehouse_id: str | None, *, field: str = "warehouseId") -> None:
    """Raise NotFound when a warehouse is named that is not there."""
    if warehouse_id is not None and warehouse_id not in {house.id for house in shop().warehouses()}:
        raise NotFound("There is no such warehouse.", field=field)
