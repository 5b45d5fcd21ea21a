"""Stock in the local store, as 2026-10 has it: compared, kept when deactivated, settable anywhere that is open."""

from __future__ import annotations

from typing import Any

import pytest

SET = """mutation($i: InventorySetQuantitiesInput!, $k: String!) {
  inventorySetQuantities(input: $i) @idempotent(key: $k) {
  inventoryAdjustmentGroup { changes { name delta quantityAfterChange } } userErrors { field code } } }"""
MAKE = """mutation($p: ProductSetInput!) { productSet(input: $p) {
  product { id variants(first: 3) { nodes { id inventoryItem { id } } } } userErrors { code } } }"""
LEVEL = """query($i: ID!, $l: ID!, $n: [String!]!) { inventoryItem(id: $i) {
  open: inventoryLevel(locationId: $l) { id isActive quantities(names: $n) { name quantity } }
  any: inventoryLevel(locationId: $l, includeInactive: true) { id isActive quantities(names: $n) { quantity } } } }"""
ACTIVATE = """mutation($i: ID!, $l: ID!, $a: Int, $k: String!) {
  inventoryActivate(inventoryItemId: $i, locationId: $l, available: $a) @idempotent(key: $k) {
  inventoryLevel { isActive quantities(names: ["available"]) { quantity } } userErrors { message } } }"""


@pytest.fixture
def places(ask) -> list[str]:
    nodes = ask("{ locations(first: 9, sortKey: ID) { nodes { id } } }")["data"]["locations"]["nodes"]
    return [node["id"] for node in nodes]


@pytest.fixture
def item(ask, places) -> str:
    quantity = {"locationId": places[0], "name": "available", "quantity": 4}
    given = {
        "title": "Mug",
        "productOptions": [{"name": "Title", "values": [{"name": "x"}]}],
        "variants": [
            {
                "optionValues": [{"optionName": "Title", "name": "x"}],
                "inventoryItem": {"tracked": True},
                "inventoryQuantities": [quantity],
            }
        ],
    }
    product = ask(MAKE, p=given)["data"]["productSet"]["product"]
    return product["variants"]["nodes"][0]["inventoryItem"]["id"]


@pytest.fixture
def put(ask, item):
    count = iter(range(1000))

    def send(place: str, amount: int, expected: int | None, name: str = "available", **more: Any) -> Any:
        row = {
            "inventoryItemId": item,
            "locationId": place,
            "quantity": amount,
            "changeFromQuantity": expected,
        }
        given = {"name": name, "reason": "correction", "quantities": [row | more]}
        return ask(SET, i=given, k=f"key-{next(count)}")["data"]["inventorySetQuantities"]

    return send


@pytest.fixture
def level(ask, item):
    def read(place: str, *names: str) -> Any:
        return ask(LEVEL, i=item, l=place, n=list(names or ["available"]))["data"]["inventoryItem"]

    return read


def codes(payload: Any) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


def test_a_change_is_told_of_what_is_available_and_on_hand(put, places) -> None:
    changes = put(places[0], 9, 4)["inventoryAdjustmentGroup"]["changes"]
    assert changes == [
        {"name": "available", "delta": 5, "quantityAfterChange": 9},
        {"name": "on_hand", "delta": 5, "quantityAfterChange": 9},
    ]
    assert put(places[0], 9, 9)["inventoryAdjustmentGroup"]["changes"] == []


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"changeFromQuantity": 5}, "CHANGE_FROM_QUANTITY_STALE"),
        ({"quantity": 10**9 + 1}, "INVALID_QUANTITY_TOO_HIGH"),
        ({"quantity": -(10**9) - 1}, "INVALID_QUANTITY_TOO_LOW"),
        ({"inventoryItemId": "gid://shopify/InventoryItem/1"}, "INVALID_INVENTORY_ITEM"),
        ({"locationId": "gid://shopify/Location/1"}, "INVALID_LOCATION"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_changes(put, level, places, change, expected) -> None:
    refused = put(places[0], 9, 4, **change)
    assert codes(refused) == [expected]
    assert refused["userErrors"][0]["field"][:3] == ["input", "quantities", "0"]
    assert level(places[0])["open"]["quantities"] == [{"name": "available", "quantity": 4}]


def test_one_stale_quantity_holds_all_of_them_back(ask, item, places, level) -> None:
    rows = [
        {"inventoryItemId": item, "locationId": place, "quantity": 7, "changeFromQuantity": expected}
        for place, expected in zip(places[:2], (4, 99), strict=True)
    ]
    given = {"name": "available", "reason": "correction", "quantities": rows}
    refused = ask(SET, i=given, k="a")["data"]["inventorySetQuantities"]
    assert [(e["code"], e["field"][2]) for e in refused["userErrors"]] == [
        ("CHANGE_FROM_QUANTITY_STALE", "1")
    ]
    assert level(places[0])["open"]["quantities"][0]["quantity"] == 4


@pytest.mark.parametrize(("name", "code"), [("committed", "INVALID_NAME"), ("incoming", "INVALID_NAME")])
def test_only_two_names_can_be_set(put, places, name, code) -> None:
    assert codes(put(places[0], 1, None, name)) == [code]


def test_a_negative_quantity_is_taken(put, level, places) -> None:
    assert codes(put(places[0], -3, 4)) == []
    assert level(places[0])["open"]["quantities"][0]["quantity"] == -3


def test_an_unstocked_place_takes_a_quantity_and_stays_inactive(put, level, ask, item, places) -> None:
    assert level(places[1]) == {"open": None, "any": None}
    assert codes(put(places[1], 6, 1)) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert codes(put(places[1], 6, 0)) == []
    found = level(places[1])
    assert found["open"] is None and found["any"]["quantities"] == [{"quantity": 6}]
    assert found["any"]["isActive"] is False
    done = ask(ACTIVATE, i=item, l=places[1], a=None, k="act")["data"]["inventoryActivate"]
    assert done["inventoryLevel"] == {"isActive": True, "quantities": [{"quantity": 6}]}
    assert level(places[1])["open"]["quantities"] == [{"name": "available", "quantity": 6}]


def test_activating_says_how_many_only_where_it_is_not_active(ask, item, places, level) -> None:
    done = ask(ACTIVATE, i=item, l=places[2], a=8, k="one")["data"]["inventoryActivate"]
    assert done["inventoryLevel"]["quantities"] == [{"quantity": 8}]
    again = ask(ACTIVATE, i=item, l=places[2], a=9, k="two")["data"]["inventoryActivate"]
    assert len(again["userErrors"]) == 1
    assert level(places[2])["open"]["quantities"][0]["quantity"] == 8
    same = ask(ACTIVATE, i=item, l=places[2], a=8, k="one")["data"]["inventoryActivate"]
    assert same == done, "a repeated key answers what it answered"


def test_activating_needs_a_key(ask, item, places) -> None:
    text = "mutation($i: ID!, $l: ID!) { inventoryActivate(inventoryItemId: $i, locationId: $l) { userErrors { message } } }"
    assert "idempotent" in ask(text, i=item, l=places[1])["errors"][0]["message"]


def test_deactivating_keeps_what_was_there(ask, item, places, level) -> None:
    ask(ACTIVATE, i=item, l=places[1], a=3, k="one")
    text = "mutation($l: ID!) { inventoryDeactivate(inventoryLevelId: $l) { userErrors { message } } }"
    first = level(places[0])["open"]["id"]
    assert ask(text, l=first)["data"]["inventoryDeactivate"]["userErrors"] == []
    assert level(places[0])["open"] is None
    assert level(places[0])["any"]["quantities"] == [{"quantity": 4}]
    last = ask(text, l=level(places[1])["open"]["id"])["data"]["inventoryDeactivate"]["userErrors"]
    assert "only location" in last[0]["message"]
    levels = "query($i: ID!) { inventoryItem(id: $i) { inventoryLevels(first: 9%s) { nodes { isActive } } } }"
    assert len(ask(levels % "", i=item)["data"]["inventoryItem"]["inventoryLevels"]["nodes"]) == 1
    every = ask(levels % ", includeInactive: true", i=item)["data"]["inventoryItem"]["inventoryLevels"][
        "nodes"
    ]
    assert [node["isActive"] for node in every] == [True, False]


def test_many_places_are_toggled_at_once_or_none(ask, item, places, level) -> None:
    text = """mutation($i: ID!, $u: [InventoryBulkToggleActivationInput!]!) {
      inventoryBulkToggleActivation(inventoryItemId: $i, inventoryItemUpdates: $u) {
        inventoryItem { locationsCount { count } } inventoryLevels { location { id } }
        userErrors { field code } } }"""

    def toggle(*updates: tuple[str, bool]) -> Any:
        rows = [{"locationId": place, "activate": on} for place, on in updates]
        return ask(text, i=item, u=rows)["data"]["inventoryBulkToggleActivation"]

    done = toggle((places[1], True), (places[2], True), (places[0], False))
    assert done["inventoryItem"]["locationsCount"]["count"] == 2
    assert [row["location"]["id"] for row in done["inventoryLevels"]] == places[1:3]
    refused = toggle((places[1], False), (places[2], False))
    assert codes(refused) == ["CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"] and level(places[1])["open"]
    assert codes(toggle(("gid://shopify/Location/1", True))) == ["LOCATION_NOT_FOUND"]


def test_a_closed_place_takes_nothing_and_moves_its_stock_where_it_is_told(ask, put, level, places) -> None:
    text = """mutation($l: ID!, $d: ID, $k: String!) {
      locationDeactivate(locationId: $l, destinationLocationId: $d) @idempotent(key: $k) {
        location { isActive } locationDeactivateUserErrors { code } } }"""
    refused = ask(text, l=places[0], d=None, k="a")["data"]["locationDeactivate"]
    assert refused["locationDeactivateUserErrors"] == [{"code": "HAS_ACTIVE_INVENTORY_ERROR"}]
    done = ask(text, l=places[0], d=places[1], k="b")["data"]["locationDeactivate"]
    assert done == {"location": {"isActive": False}, "locationDeactivateUserErrors": []}
    assert level(places[1])["open"]["quantities"] == [{"name": "available", "quantity": 4}]
    assert level(places[0])["open"] is None
    assert codes(put(places[0], 1, None)) == ["INVALID_LOCATION"]
    shown = ask("{ locations(first: 9) { nodes { id } } }")["data"]["locations"]["nodes"]
    every = ask("{ locations(first: 9, includeInactive: true) { nodes { id } } }")["data"]["locations"][
        "nodes"
    ]
    assert len(every) == len(shown) + 1
    again = """mutation($l: ID!) { locationActivate(locationId: $l) @idempotent(key: "c") {
      location { isActive } locationActivateUserErrors { code } } }"""
    assert ask(again, l=places[0])["data"]["locationActivate"]["location"] == {"isActive": True}
    assert codes(put(places[0], 1, None)) == []


def test_the_level_of_a_location_is_that_of_its_item(ask, item, places) -> None:
    text = """query($l: ID!) { location(id: $l) { inventoryLevels(first: 9) { nodes { item { id } } } } }"""
    nodes = ask(text, l=places[0])["data"]["location"]["inventoryLevels"]["nodes"]
    assert nodes == [{"item": {"id": item}}]
    assert ask(text, l=places[1])["data"]["location"]["inventoryLevels"]["nodes"] == []


def test_adjusting_adds_and_compares(ask, item, places, level) -> None:
    text = """mutation($i: InventoryAdjustQuantitiesInput!, $k: String!) {
      inventoryAdjustQuantities(input: $i) @idempotent(key: $k) {
        inventoryAdjustmentGroup { changes { name delta } } userErrors { code } } }"""

    def adjust(key: str, delta: int, expected: int | None) -> Any:
        row = {
            "inventoryItemId": item,
            "locationId": places[0],
            "delta": delta,
            "changeFromQuantity": expected,
        }
        given = {"name": "available", "reason": "correction", "changes": [row]}
        return ask(text, i=given, k=key)["data"]["inventoryAdjustQuantities"]

    assert codes(adjust("a", -3, 4)) == codes(adjust("a", -3, 4)) == []
    assert level(places[0])["open"]["quantities"][0]["quantity"] == 1, "the repeated key changed nothing"
    assert codes(adjust("b", -3, 4)) == ["CHANGE_FROM_QUANTITY_STALE"]


def test_an_order_commits_and_its_shipment_takes_away(ask, item, places, level) -> None:
    variant = ask("query($i: ID!) { inventoryItem(id: $i) { variants(first: 1) { nodes { id } } } }", i=item)
    variant = variant["data"]["inventoryItem"]["variants"]["nodes"][0]["id"]
    text = """mutation($o: OrderCreateOrderInput!, $p: OrderCreateOptionsInput) { orderCreate(order: $o, options: $p) {
      order { fulfillmentOrders(first: 1) { nodes { id } } } userErrors { code } } }"""
    price = {"shopMoney": {"amount": "1.00", "currencyCode": "USD"}}
    order = {
        "lineItems": [{"variantId": variant, "quantity": 3, "priceSet": price, "requiresShipping": True}]
    }
    options = {"inventoryBehaviour": "DECREMENT_IGNORING_POLICY"}
    made = ask(text, o=order, p=options)["data"]["orderCreate"]["order"]

    def counts() -> list[int]:
        names = ("available", "committed", "on_hand")
        return [row["quantity"] for row in level(places[0], *names)["open"]["quantities"]]

    assert counts() == [1, 3, 4]
    ship = """mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { userErrors { message } } }"""
    group = {"fulfillmentOrderId": made["fulfillmentOrders"]["nodes"][0]["id"]}
    assert (
        ask(ship, f={"lineItemsByFulfillmentOrder": [group]})["data"]["fulfillmentCreate"]["userErrors"] == []
    )
    assert counts() == [1, 0, 1]


def test_on_hand_is_set_above_what_is_committed(ask, put, item, places, level, sandbox) -> None:
    state = sandbox.store.state
    with state.transaction():
        doc = state.get(item)
        doc["levels"][places[0]]["committed"] = 2
        state.put("InventoryItem", doc)
    assert codes(put(places[0], 10, 6, "on_hand")) == []
    rows = level(places[0], "available", "committed", "on_hand")["open"]["quantities"]
    assert [row["quantity"] for row in rows] == [8, 2, 10]


def test_setting_two_hundred_and_fifty_at_once_reads_each_item_once(ask, places) -> None:
    values = [{"name": f"v{n}"} for n in range(125)]
    given = {
        "title": "Many",
        "productOptions": [{"name": "N", "values": values}],
        "variants": [{"optionValues": [{"optionName": "N", "name": v["name"]}]} for v in values],
    }
    text = MAKE.replace("first: 3", "first: 250")
    nodes = ask(text, p=given)["data"]["productSet"]["product"]["variants"]["nodes"]
    rows = [
        {
            "inventoryItemId": node["inventoryItem"]["id"],
            "locationId": place,
            "quantity": 1,
            "changeFromQuantity": 0,
        }
        for node in nodes
        for place in places[:2]
    ]
    answer = ask(SET, i={"name": "available", "reason": "correction", "quantities": rows}, k="many")
    assert answer["data"]["inventorySetQuantities"]["userErrors"] == []
    assert answer["extensions"]["cost"]["actualQueryCost"] <= 13
