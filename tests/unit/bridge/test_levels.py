"""What Shopify's answers to writes of stock mean, and that documents made to measure fit the schemas."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSchema, parse, validate

from shopify_bridge.sandbox.store import schema
from shopify_bridge.shopify.errors import Unknown, UserErrors
from shopify_bridge.shopify.levels import BATCH, Quantity, chunks, read_levels, set_levels, stock_document

from .test_real_schema import real  # noqa: F401 - a fixture

WANTED = [Quantity(f"i{n}", "l", 5, 4) for n in range(3)]


class Refusing:
    """A client whose writes are refused."""

    def __init__(self, *entries: tuple[list[str] | None, str]):
        self._entries = [{"field": field, "message": code.lower(), "code": code} for field, code in entries]
        self.given: dict[str, Any] = {}
        self.repeatable = True

    def write(self, document: Any, **variables: Any) -> dict[str, Any]:
        self.given, self.repeatable = variables, document.repeatable
        if self._entries:
            raise UserErrors(document.name, self._entries)
        return {}


def at(number: int, field: str = "changeFromQuantity") -> list[str]:
    return ["input", "quantities", str(number), field]


def test_a_write_is_named_and_compares_and_is_not_repeated_behind_our_back() -> None:
    client: Any = Refusing()
    assert set_levels(client, "key-1", WANTED).done
    assert client.repeatable is False
    assert client.given["key"] == "key-1"
    assert client.given["input"]["quantities"][0] == {
        "inventoryItemId": "i0",
        "locationId": "l",
        "quantity": 4,
        "changeFromQuantity": 5,
    }


def test_stale_and_refused_levels_are_told_apart() -> None:
    client: Any = Refusing(
        (at(0), "CHANGE_FROM_QUANTITY_STALE"), (at(2, "inventoryItemId"), "INVALID_INVENTORY_ITEM")
    )
    answer = set_levels(client, "key", WANTED)
    assert not answer.done
    assert answer.stale == {("i0", "l")}
    assert answer.refused == {("i2", "l"): "it was deleted in Shopify"}


def test_what_the_key_says() -> None:
    assert set_levels(Refusing((None, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")), "key", WANTED).again  # type: ignore[arg-type]
    with pytest.raises(Unknown):
        set_levels(Refusing((None, "IDEMPOTENCY_CONCURRENT_REQUEST")), "key", WANTED)  # type: ignore[arg-type]
    with pytest.raises(UserErrors):
        set_levels(Refusing((["input", "reason"], "INVALID_REASON")), "key", WANTED)  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [1, 25])
def test_documents_made_to_measure_fit_the_real_schema(real: GraphQLSchema, count: int) -> None:  # noqa: F811
    assert validate(real, parse(stock_document(count).text)) == []


@pytest.mark.parametrize("count", [1, 25])
def test_documents_made_to_measure_fit_the_sandbox(count: int) -> None:
    document = stock_document(count)
    assert validate(schema(), parse(document.text)) == []
    assert not document.repeatable


def test_levels_are_read_by_location_and_no_more_than_a_query_may_cost() -> None:
    asked: list[tuple[str, int]] = []

    class Reading:
        def run(self, name: str, ids: list[str], location: str) -> dict[str, Any]:
            asked.append((location, len(ids)))
            level = {"quantities": [{"quantity": 3}]}
            nodes = [{"id": gid, "inventoryLevel": level if gid != "i7" else None} for gid in ids]
            return {"nodes": [None if node["id"] == "i8" else node for node in nodes]}

    pairs = [(f"i{n}", place) for n in range(251) for place in ("a", "b")]
    found = read_levels(Reading(), pairs)  # type: ignore[arg-type]
    assert asked == [("a", 250), ("a", 1), ("b", 250), ("b", 1)]
    assert found["i1", "a"] == 3
    assert found["i7", "b"] is None
    assert ("i8", "a") not in found


def test_251_levels_are_two_calls() -> None:
    quantities = [Quantity(f"i{n}", "l", 5, 4) for n in range(BATCH + 1)]
    assert [len(part) for part in chunks(quantities, BATCH)] == [250, 1]
