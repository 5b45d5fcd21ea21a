"""Texts that Shopify keeps in a form of its own: remembered, so that they are not planned for ever."""

from __future__ import annotations

from hashlib import sha256

from ..domain import fields
from ..domain.diff import Echo
from ..domain.model import Product


def digest(text: str) -> str:
    """A short name for a text."""
    return sha256(text.encode()).hexdigest()[:24]


def of(wanted: Product, written: Product) -> dict[str, list[str]]:
    """By field: what was sent and what it became, where that is not the same."""
    pairs = {name: (value(wanted), value(written)) for name, value in fields.PRODUCT.items()}
    return {name: [digest(new), digest(old)] for name, (new, old) in pairs.items() if new != old}


def known(echo: dict[str, list[str]]) -> Echo:
    """Whether a difference is one that Shopify made of what we sent."""
    return lambda field, wanted, seen: echo.get(field) == [digest(wanted), digest(seen)]
