"""Amounts as people type them."""

from __future__ import annotations

import re
from decimal import Decimal

from ...kernel.errors import Invalid
from ...kernel.money import to_minor


def amount_of(text: str, currency: str, field: str, *, signed: bool = False) -> int:
    """The minor units of a decimal number as text; below zero only when `signed`.

    Raises Invalid naming `field`.
    """
    text = text.strip()
    if not re.fullmatch(("-?" if signed else "") + r"[0-9]{1,12}(\.[0-9]{1,6})?", text, re.ASCII):
        kind = "a number" if signed else "a number that is not negative"
        raise Invalid(f"Must be {kind}, as in 12.50.", field=field)
    try:
        return to_minor(Decimal(text), currency)
    except ValueError:
        raise Invalid(f"{currency} has fewer decimals.", field=field) from None


def checked_currency(currency: str, field: str = "currency") -> str:
    """The currency code. Raises Invalid naming `field`."""
    if not re.fullmatch("[A-Z]{3}", currency):
        raise Invalid("Must be three capital letters, as in USD.", field=field)
    return currency
