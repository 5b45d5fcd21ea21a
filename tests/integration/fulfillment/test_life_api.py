"""Holds, turndowns and orders that wait for a person, over GraphQL."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.fulfillment.models import Hold, RoutingPolicy, Turndown
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel.ids import new_id, to_global
from tests.integration.fulfillment.queries import ROUTE, SHIP, done, refused

ERRORS = "errors { field message code }"
HOLD_FIELDS = "id orderId code reason placed placedBy released releasedBy"
TURNDOWN_FIELDS = "id orderId warehouseId kind variantId found reason noted notedBy lifted"
DECISION = "version why moved trigger plan { outcome parcels { warehouseId shipOn arrivesOn } }"

HOLD = f"""mutation($id: ID!, $reason: String!, $key: String) {{
  orderHold(orderId: $id, reason: $reason, idempotencyKey: $key) {{ hold {{ {HOLD_FIELDS} }} {ERRORS} }} }}"""
RELEASE = f"""mutation($id: ID!) {{ orderRelease(orderId: $id) {{
  hold {{ {HOLD_FIELDS} }} changed decision {{ {DECISION} }} {ERRORS} }} }}"""
REJECT = f"""mutation($id: ID!, $warehouse: ID!, $reason: String) {{
  orderReject(orderId: $id, warehouseId: $warehouse, reason: $reason) {{
    turndown {{ {TURNDOWN_FIELDS} }} hold {{ code }} changed decision {{ {DECISION} }} {ERRORS} }} }}"""
SHORT = f"""mutation($id: ID!, $warehouse: ID!, $variant: ID, $line: ID, $found: Int!, $correct: Boolean) {{
  shortPick(orderId: $id, warehouseId: $warehouse, variantId: $variant, lineId: $line, found: $found,
    correctStock: $correct) {{
    turndown {{ {TURNDOWN_FIELDS} }} changed decision {{ {DECISION} }} {ERRORS} }} }}"""
LIFT = f"""mutation($id: ID!) {{ turndownLift(id: $id) {{
  turndown {{ {TURNDOWN_FIELDS} }} changed decision {{ {DECISION} }} {ERRORS} }} }}"""
HOLDS = f"""query($id: ID, $first: Int) {{ holds(orderId: $id, first: $first) {{
  edges {{ node {{ {HOLD_FIELDS} }} }} pageInfo {{ hasNextPage }} }} }}"""
TURNDOWNS = f"query($id: ID!) {{ turndowns(orderId: $id) {{ {TURNDOWN_FIELDS} }} }}"
ATTENTION = f"""query($states: [String!], $first: Int, $after: String) {{
  ordersNeedingAttention(states: $states, first: $first, after: $after) {{
    edges {{ node {{ orderId state reason since hold {{ code }} decision {{ {DECISION} }} }} }}
    pageInfo {{ hasNextPage endCursor }} }} }}"""


@pytest.fixture
def two(router):
    near, far = (
        router.w.make_warehouse("Near"),
        router.w.make_warehouse("Far", country="DE", countries=["US"]),
    )
    shirt = router.w.make_variant(stock={near: 5, far: 5})
    order = router.w.make_order([(shirt, 3)], allocate=False)
    return order, shirt, near, far


def attention(router: Any, staff: str, **variables: Any) -> list[dict[str, Any]]:
    found = router.ask(ATTENTION, staff, **variables)["data"]["ordersNeedingAttention"]
    return [edge["node"] for edge in found["edges"]]


def test_hold_and_release(router, staff, two) -> None:
    order, _, near, _ = two
    hold = done(router.ask(HOLD, staff, id=order.id, reason="Fraud?", key="k1"), "orderHold")["hold"]
    again = done(router.ask(HOLD, staff, id=order.id, reason="Fraud?", key="k1"), "orderHold")["hold"]
    assert hold == again and (hold["code"], hold["reason"], hold["released"]) == ("MANUAL", "Fraud?", None)
    assert hold["placedBy"]
    assert refused(router.ask(ROUTE, staff, id=order.id), "routeOrder") == [("orderId", "HELD")]
    assert refused(router.ask(SHIP, staff, id=order.id), "shipmentCreate") == [("orderId", "HELD")]
    (waits,) = attention(router, staff)
    assert (waits["orderId"], waits["state"], waits["reason"]) == (order.id, "HELD", "Fraud?")
    assert waits["hold"] == {"code": "MANUAL"} and waits["decision"] is None
    released = done(router.ask(RELEASE, staff, id=order.id), "orderRelease")
    assert released["hold"]["id"] == hold["id"] and released["hold"]["releasedBy"]
    assert released["changed"] and released["decision"]["plan"]["parcels"][0]["warehouseId"] == near.id
    assert released["decision"]["plan"]["parcels"][0]["shipOn"]
    assert attention(router, staff) == []
    assert refused(router.ask(RELEASE, staff, id=order.id), "orderRelease") == [("orderId", "NOT_HELD")]
    listed = router.ask(HOLDS, staff, id=order.id)["data"]["holds"]
    assert [edge["node"]["id"] for edge in listed["edges"]] == [hold["id"]]


def test_a_rule_answers_a_manual_routing_with_its_hold(router, staff, two) -> None:
    RoutingPolicy.objects.create(channel="", hold_rules=[{"rule": "QUANTITY_ABOVE", "quantity": 2}])
    order, *_ = two
    query = ROUTE.replace("changed \n", "changed hold { code reason }\n")
    routed = done(router.ask(query, staff, id=order.id), "routeOrder")
    assert routed["decision"] is None and not routed["changed"]
    assert routed["hold"] == {"code": "QUANTITY_ABOVE", "reason": "It has more than 2 units."}
    assert Hold.objects.get().placed_by == ""


def test_reject_short_pick_and_lift(router, staff, two) -> None:
    order, shirt, near, far = two
    route_order(order.id)
    answer = router.ask(REJECT, staff, id=order.id, warehouse=near.id, reason="Closed")
    rejected = done(answer, "orderReject")
    assert rejected["turndown"]["kind"] == "REJECTED" and rejected["turndown"]["found"] is None
    assert rejected["changed"] and rejected["hold"] is None
    decision = rejected["decision"]
    assert (decision["version"], decision["why"], decision["moved"], decision["trigger"]) == (
        2,
        "REJECTED",
        3,
        "REROUTE",
    )
    answer = router.ask(
        SHORT, staff, id=order.id, warehouse=far.id, line=order.lines[0].id, found=1, correct=True
    )
    short = done(answer, "shortPick")
    assert (short["turndown"]["kind"], short["turndown"]["found"]) == ("SHORT_PICK", 1)
    assert short["turndown"]["variantId"] == shirt.id
    assert short["decision"]["plan"]["outcome"] == "PARTIAL"
    stocks = {row.warehouse_id: row.on_hand for row in router.shop.stocks([shirt.id])}
    assert stocks == {near.id: 5, far.id: 3}
    (waits,) = attention(router, staff, states=["PARTIAL"])
    assert waits["state"] == "PARTIAL" and waits["decision"]["version"] == 3
    listed = router.ask(TURNDOWNS, staff, id=order.id)["data"]["turndowns"]
    assert [row["kind"] for row in listed] == ["REJECTED", "SHORT_PICK"]
    lifted = done(router.ask(LIFT, staff, id=listed[0]["id"]), "turndownLift")
    assert lifted["turndown"]["lifted"] and lifted["decision"]["plan"]["outcome"] == "ROUTED"
    assert refused(router.ask(LIFT, staff, id=listed[0]["id"]), "turndownLift") == [("id", "CONFLICT")]


def test_bad_input_names_the_field(router, staff, two) -> None:
    order, shirt, near, _ = two
    route_order(order.id)
    nowhere = to_global("Warehouse", new_id())
    for query, name, variables, error in (
        (HOLD, "orderHold", {"reason": " "}, ("reason", "REQUIRED")),
        (HOLD, "orderHold", {"reason": "x" * 501}, ("reason", "INVALID")),
        (HOLD, "orderHold", {"id": "rubbish", "reason": "x"}, ("orderId", "NOT_FOUND")),
        (REJECT, "orderReject", {"warehouse": nowhere}, ("warehouseId", "NOT_FOUND")),
        (SHORT, "shortPick", {"warehouse": near.id, "found": 1}, ("variantId", "REQUIRED")),
        (SHORT, "shortPick", {"warehouse": near.id, "found": -1, "variant": shirt.id}, ("found", "INVALID")),
        (SHORT, "shortPick", {"warehouse": near.id, "found": 1, "line": "x"}, ("lineId", "NOT_FOUND")),
        (LIFT, "turndownLift", {"id": "rubbish"}, ("id", "GRAPHQL_ERROR")),
        (LIFT, "turndownLift", {"id": to_global("Turndown", new_id())}, ("id", "NOT_FOUND")),
    ):
        assert refused(router.ask(query, staff, **{"id": order.id, **variables}), name) == [error]
    assert not Hold.objects.exists() and not Turndown.objects.exists()
    (error,) = router.ask(ATTENTION, staff, states=["ROUTED"])["errors"]
    assert error["extensions"]["exception"]["field"] == "states"


def test_who_waits_is_paged_in_constant_queries(router, staff) -> None:
    here = router.w.make_warehouse()
    none = router.w.make_variant(stock={here: 0})
    counts, ids = [], []
    for _ in range(2):
        for _ in range(3):
            order = router.w.make_order([(none, 1)], allocate=False)
            route_order(order.id)
            ids.append(order.id)
        with CaptureQueriesContext(connection) as seen:
            assert [row["state"] for row in attention(router, staff)] == ["UNROUTABLE"] * len(ids)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    found = router.ask(ATTENTION, staff, first=4)["data"]["ordersNeedingAttention"]
    rest = attention(router, staff, first=4, after=found["pageInfo"]["endCursor"])
    assert [edge["node"]["orderId"] for edge in found["edges"]] + [row["orderId"] for row in rest] == ids[
        ::-1
    ]


@pytest.mark.parametrize("query", [HOLDS, TURNDOWNS, ATTENTION])
def test_only_with_the_permission(router, two, query: str) -> None:
    other = router.token("MANAGE_PRODUCTS")
    for token in (None, other):
        (error,) = router.ask(query, token, id=two[0].id)["errors"]
        assert error["extensions"]["exception"]["code"] == "PERMISSION_DENIED"
