"""A shop with two warehouses that has the router switched on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from saleor_plugins.fulfillment.config import PLUGIN_ID
from saleor_plugins.platform.port import Allocation, AskerKind
from tests.shopdata import request, world


class Router:
    """Short spellings of what the tests do again and again."""

    def __init__(self, w: Any):
        self.w = w
        self.shop = w.shop

    def switch(self, active: bool = True, **values: Any) -> None:
        self.w.configure_plugin(PLUGIN_ID, active=active, **values)

    def held(self, order_id: str) -> dict[str, int]:
        """Units that the order holds, by warehouse id."""
        rows: dict[str, int] = {}
        for row in self.shop.allocations(order_id):
            rows[row.warehouse_id] = rows.get(row.warehouse_id, 0) + row.quantity
        return rows

    def hold(self, order_id: str, **units: Any) -> list[Allocation]:
        return self.shop.allocations(order_id)

    def token(self, *permissions: str, kind: AskerKind = AskerKind.STAFF) -> str:
        return self.w.make_asker(kind, *permissions)[1]

    def ask(self, query: str, token: str | None, **variables: Any) -> dict[str, Any]:
        """The answer of the room's endpoint."""
        from saleor_plugins.fulfillment.schema import view

        body = {"query": query, "variables": variables}
        return json.loads(view(request(token, body)).content)


@pytest.fixture
def router(db: None) -> Router:
    made = Router(world())
    made.switch()
    return made


@pytest.fixture
def staff(router) -> str:
    return router.token("MANAGE_ORDERS", "MANAGE_PLUGINS")


@pytest.fixture
def order(router):
    here = router.w.make_warehouse("Here")
    return router.w.make_order([(router.w.make_variant(stock={here: 5}, weight_grams=500), 2)])
