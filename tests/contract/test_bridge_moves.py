"""The bridge's moves into a Saleor's stock, on a Saleor itself: what they set, what they tell, what they leave."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from saleor_plugins.kernel.ids import from_global, new_id, to_global
from saleor_plugins.platform.port import AskerKind
from shopify_bridge.saleor.errors import SaleorRefused


class Direct:
    """Asks the installed Saleor without a network."""

    def __init__(self, token: str):
        self._token = token

    def run(self, text: str, **variables: Any) -> Any:
        from django.test import Client

        answer = (
            Client(SERVER_NAME="localhost")
            .post(
                "/graphql/",
                json.dumps({"query": text, "variables": variables}),
                content_type="application/json",
                HTTP_AUTHORIZATION=f"Bearer {self._token}",
            )
            .json()
        )
        assert "errors" not in answer, answer
        return answer["data"]


@pytest.fixture
def source(world: Any) -> Any:
    if world.in_memory:
        pytest.skip("Memory has no API of Saleor's.")
    _, token = world.make_asker(AskerKind.APP, "MANAGE_PRODUCTS")
    return SimpleNamespace(
        client=Direct(token), dialect=SimpleNamespace(name="v3" if world.channels else "v2")
    )


def test_a_move_sets_the_stock_and_tells_what_was_there(world: Any, source: Any) -> None:
    """A stock is set, claimed units included, and the answer names the number just before."""
    from shopify_bridge.saleor.moves import move, trace

    place = world.make_warehouse()
    variant = world.make_variant(stock={place: 10})
    assert move(source, "first", variant.id, place.id, 8) == 10
    row = world.model("warehouse.Stock").objects.get(
        product_variant_id=from_global(variant.id, "ProductVariant"),
        warehouse_id=from_global(place.id, "Warehouse"),
    )
    assert row.quantity == 8
    left = trace(source, "first", variant.id, place.id)
    assert left and (left.began, left.ended, left.quantity) == (True, True, 8)
    other = trace(source, "second", variant.id, place.id)
    assert other and (other.began, other.ended) == (False, False)
    assert move(source, "second", variant.id, place.id, 9) == 8
    left = trace(source, "first", variant.id, place.id)
    assert left and not left.began


def test_a_move_to_an_unknown_warehouse_sets_nothing(world: Any, source: Any) -> None:
    """Nothing is set, and it says so."""
    from shopify_bridge.saleor.moves import move, trace

    place = world.make_warehouse()
    variant = world.make_variant(stock={place: 10})
    with pytest.raises((SaleorRefused, AssertionError), match=r"Warehouse|resolve|UUID|stock"):
        move(source, "lost", variant.id, to_global("Warehouse", new_id()), 8)
    left = trace(source, "lost", variant.id, place.id)
    assert left and (left.began, left.quantity) == (False, 10)
