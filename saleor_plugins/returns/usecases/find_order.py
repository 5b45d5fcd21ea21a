"""Whose order is it? Only workers ask: how long an answer takes is nobody's to measure."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare

from saleor_plugins.http import texts
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order


def find_order(number: str, email: str) -> Order | None:
    """The order with this number and mail address, whatever the case of its letters."""
    order_id = shop().order_ids([number]).get(number)
    order = shop().order(order_id) if order_id else None
    # Folded, so that nobody fails over a capital; Postgres and mail hosts see the rest as it is.
    if order and order.email and constant_time_compare(order.email.casefold(), email.casefold()):
        return order
    return None


def order_number(value: str | None, *, field: str) -> str:
    """What somebody typed as an order's number. Raises Required and Invalid naming `field`."""
    return texts.required(texts.one_line(value, field=field, most=100).lstrip("#"), field=field, most=100)
