"""Who bought, where to and with what, as keyed digests: equals are found, nobody is read from them.

The key is made of Django's SECRET_KEY: with a new one, what was met before is found no more.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

from saleor_plugins.platform.port import Address, Order, Payment

from .domain.identity import same_email, same_place


def customer_key(email: str, user_id: str | None = None) -> str:
    """A customer by their e-mail address, by their account without one; "" for nobody."""
    return _digest("customer", same_email(email) or (user_id or ""))


def customer_of(order: Order) -> str:
    """`customer_key` of whoever placed the order."""
    return customer_key(order.email, order.user_id)


def address_key(address: Address | None) -> str:
    """A household; "" for none."""
    if address is None:
        return ""
    place = same_place(address.country, address.postal_code, address.city, address.street)
    return _digest("address", place)


def payment_key(payments: Iterable[Payment]) -> str:
    """The card that paid the most; "" when the shop does not know cards."""
    known = [row for row in payments if row.instrument]
    most = max(known, key=lambda row: row.captured, default=None)
    return _digest("payment", most.instrument) if most else ""


def _digest(what: str, value: str) -> str:
    if not value:
        return ""
    return str(salted_hmac(f"ops-returns-{what}", value, algorithm="sha256").hexdigest())
