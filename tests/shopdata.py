"""The same little world on any shop: warehouses, variants, orders, payments, people.

    from tests.shopdata import world

    w = world()                                   # the installed Saleor, real rows (needs the `db` fixture)
    w = memory_world()                            # no database
    berlin = w.make_warehouse(country="DE", countries=["DE", "FR"])
    shirt = w.make_variant(price=1999, stock={berlin: 5}, weight_grams=300)
    order = w.make_order([(shirt, 2)], shipping=500, paid=True)      # port.Order, allocated
    _, token = w.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    response = view(request(token, {"query": "..."}))
    w.shop.fulfill(order.id, [...])               # the port

Builders answer the port's dataclasses; their arguments are documented in
`saleor_plugins.platform.memory.build`. Amounts are minor units, USD unless said otherwise.
"""

from __future__ import annotations

import json
from typing import Any

from saleor_plugins.platform import port
from saleor_plugins.platform.memory import MemoryShop


class MemoryWorld(MemoryShop):
    """The in-memory shop with the few names that only tests use."""

    in_memory = True
    channels = True
    reservations = True
    negative_stock = True
    returned_fulfillments = True

    @property
    def shop(self) -> port.Shop:
        return self

    def make_channel(self, slug: str = "default") -> str:
        return slug


def world() -> Any:
    """The installed Saleor."""
    from tests.saleorworld import SaleorWorld

    return SaleorWorld()


def memory_world() -> MemoryWorld:
    """A shop without a database."""
    return MemoryWorld()


def request(token: str | None = None, body: Any = None, *, path: str = "/plugins/global/test/") -> Any:
    """A Django POST request of JSON, with the token as staff, customers and apps send it."""
    from django.test import RequestFactory

    headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"} if token is not None else {}
    return RequestFactory().post(path, json.dumps(body or {}), content_type="application/json", **headers)
