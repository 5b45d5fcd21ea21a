"""No call of the local store does work that grows with the store: SQLite's own steps are counted, not seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shopify_bridge.sandbox.store import Shop, Store

SMALL, LARGE, STEP = 40, 800, 20
SET = """mutation($p: ProductSetInput!, $i: ProductSetIdentifiers) { productSet(input: $p, identifier: $i) {
  product { id variants(first: 3) { nodes { id inventoryItem { id } } } } userErrors { message } } }"""


class Grown:
    """A store with products that are all in one collection, in one price list and of one title."""

    def __init__(self, folder: Path):
        self.store = Store(folder, Shop())
        self.store.bucket.rate = 1e9
        nodes = self.ask("{ priceLists(first: 1) { nodes { id } } locations(first: 1) { nodes { id } } }")
        self.prices, self.place = (nodes[name]["nodes"][0]["id"] for name in ("priceLists", "locations"))
        made = self.ask('mutation { collectionCreate(collection: {title: "A"}) { collection { id } } }')
        self.collection = made["collectionCreate"]["collection"]["id"]
        self.publication = self.ask("{ publications(first: 1) { nodes { id } } }")["publications"]["nodes"][
            0
        ]["id"]
        self.count, self.last = 0, {}

    def ask(self, query: str, **variables: Any) -> Any:
        answer = self.store.execute({"query": query, "variables": variables})
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def given(self, number: int) -> dict[str, Any]:
        values = [{"name": name} for name in "SML"]
        return {
            "title": "Shirt",
            "collections": [self.collection],
            "files": [{"originalSource": "https://x.example/a.png", "filename": f"{number}.png"}],
            "productOptions": [{"name": "Size", "values": values}],
            "variants": [
                {"sku": f"{number}-{value['name']}", "optionValues": [{"optionName": "Size"} | value]}
                for value in values
            ],
        }

    def grow(self, to: int) -> None:
        while self.count < to:
            self.count += 1
            self.last = self.ask(SET, p=self.given(self.count))["productSet"]["product"]
            self.price()

    def price(self) -> None:
        first = self.last["variants"]["nodes"][0]["id"]
        price = {"variantId": first, "price": {"amount": "1.00", "currencyCode": "EUR"}}
        self.ask(
            """mutation($l: ID!, $p: [PriceListPriceInput!]!) { priceListFixedPricesAdd(priceListId: $l, prices: $p) {
              userErrors { message } } }""",
            l=self.prices,
            p=[price],
        )

    def steps(self, call: Callable[[Grown], object]) -> int:
        """Roughly how many steps of SQLite's machine a call takes."""
        taken = 0

        def tick() -> int:
            nonlocal taken
            taken += 1
            return 0

        self.store.state._db.set_progress_handler(tick, STEP)
        try:
            call(self)
        finally:
            self.store.state._db.set_progress_handler(None, 0)
        return taken * STEP


def stock(grown: Grown) -> Any:
    row = {"inventoryItemId": grown.last["variants"]["nodes"][1]["inventoryItem"]["id"]}
    row |= {"locationId": grown.place, "quantity": 3, "changeFromQuantity": None}  # type: ignore[dict-item]
    given = {"name": "available", "reason": "correction", "quantities": [row]}
    return grown.ask(
        """mutation($i: InventorySetQuantitiesInput!, $k: String!) {
          inventorySetQuantities(input: $i) @idempotent(key: $k) { userErrors { code } } }""",
        i=given,
        k=f"k{grown.count}",
    )


CALLS: dict[str, Callable[[Grown], Any]] = {
    "a new product": lambda g: g.grow(g.count + 1),
    "an update": lambda g: g.ask(SET, p={"title": "Shirt"}, i={"id": g.last["id"]}),
    "every list anew": lambda g: g.ask(SET, p=g.given(g.count), i={"id": g.last["id"]}),
    "stock": stock,
    "a price": lambda g: g.price(),
    "publishing": lambda g: g.ask(
        """mutation($i: ID!, $p: ID!) { publishablePublish(id: $i, input: [{publicationId: $p}]) {
          userErrors { message } } }""",
        i=g.last["id"],
        p=g.publication,
    ),
    "a search by SKU": lambda g: g.ask('{ products(first: 5, query: "sku:7-S") { nodes { id } } }'),
    "variants by SKU": lambda g: g.ask('{ productVariants(first: 5, query: "sku:7-S") { nodes { id } } }'),
    "a page by date": lambda g: g.ask(
        '{ products(first: 5, sortKey: UPDATED_AT, query: "updated_at:>=2020-01-01") { nodes { id } } }'
    ),
    "a page of a collection": lambda g: g.ask(
        "query($c: ID!) { collection(id: $c) { products(first: 5) { nodes { id } } } }", c=g.collection
    ),
    "the collections of a product": lambda g: g.ask(
        "query($i: ID!) { product(id: $i) { collections(first: 5) { nodes { id } } } }", i=g.last["id"]
    ),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, int]]:
    grown = Grown(tmp_path_factory.mktemp("scale"))
    found = []
    for size in (SMALL, LARGE):
        grown.grow(size)
        found.append({name: grown.steps(call) for name, call in CALLS.items()})
    return {name: (found[0][name], found[1][name]) for name in CALLS}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_costs_the_same_in_a_store_twenty_times_as_large(measured, name) -> None:
    small, large = measured[name]
    assert large <= small * 1.5 + 200, f"{small} steps among {SMALL} products, {large} among {LARGE}"
