"""The whole story over GraphQL, as the dashboard, a portal and the demo tell it."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.config import SETTINGS
from saleor_plugins.returns.models import Inspection, Receipt, Refund, Return
from saleor_plugins.returns.schema import schema, view
from saleor_plugins.returns.usecases.refund_return import refund_return
from tests.integration.returns.rooms import STAFF, events
from tests.shopdata import request

LINES = "lines { id orderLineId quantity: requested received accepted settled }"
ERRORS = "errors { field message code }"
MUTATIONS = {
    "returnRequest": ("$orderId: ID!, $lines: [ReturnLineInput!]!", "orderId: $orderId, lines: $lines"),
    "returnApprove": ("$id: ID!", "id: $id"),
    "returnDecline": ("$id: ID!, $reason: String!", "id: $id, reason: $reason"),
    "returnCancel": ("$id: ID!", "id: $id"),
    "returnReceive": (
        "$id: ID!, $warehouseId: ID!, $lines: [ReceivedLineInput!]!",
        "id: $id, warehouseId: $warehouseId, lines: $lines",
    ),
    "returnInspect": ("$id: ID!, $lines: [JudgedLineInput!]!", "id: $id, lines: $lines"),
    "returnRefund": ("$id: ID!, $amount: String", "id: $id, amount: $amount"),
    "returnClose": ("$id: ID!", "id: $id"),
}
FULL = """{ id number state lines { sku name }
    receipts { warehouseId lines { quantity inspections { moved } } }
    refunds { state amounts { gross { amount currency } } rows { component quantity } parts { state } }
    timeline { verb } }"""


class Caller:
    """Somebody who calls the endpoint."""

    def __init__(self, token):
        self.token = token

    def ask(self, query, **variables):
        return json.loads(view(request(self.token, {"query": query, "variables": variables})).content)

    def do(self, name, key=None, **variables):
        """A mutation's payload."""
        heads, calls = MUTATIONS[name]
        query = f"""mutation({heads}, $key: String) {{ it: {name}({calls}, idempotencyKey: $key)
            {{ {ERRORS} return {{ id state {LINES} }} }} }}"""
        answer = self.ask(query, key=key, **variables)
        assert "errors" not in answer, answer
        return answer["data"]["it"]


@pytest.fixture
def staff(room):
    return Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])


def story(caller, room, order, units):
    """The steps of a return, each with its arguments, as they become known."""
    lines = [{"orderLineId": order.lines[0].id, "quantity": units, "reason": "Too small"}]
    done = yield "returnRequest", {"orderId": order.id, "lines": lines}
    key, (line,) = done["return"]["id"], done["return"]["lines"]
    arrived = [{"returnLineId": line["id"], "quantity": units}]
    yield "returnApprove", {"id": key}
    yield "returnReceive", {"id": key, "warehouseId": room.house.id, "lines": arrived}
    yield "returnInspect", {"id": key, "lines": [{**arrived[0], "disposition": "RESTOCK", "grade": "A"}]}
    yield "returnRefund", {"id": key}
    drain()
    yield "returnClose", {"id": key}


def tell(caller, room, order, units, twice=False):
    """Run the story; `twice`: each step is sent again under its idempotency key."""
    steps, done = story(caller, room, order, units), None
    while True:
        try:
            name, arguments = steps.send(done)
        except StopIteration:
            return done
        done = caller.do(name, key=f"{name}-1", **arguments)
        assert done["errors"] == [], (name, done)
        if twice:
            assert caller.do(name, key=f"{name}-1", **arguments) == done


def test_the_whole_story_every_step_sent_twice(committed_room):
    room = committed_room
    staff = Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])
    order = room.make_shipped(3, price=1000)
    before = room.on_hand(order)
    done = tell(staff, room, order, 2, twice=True)
    assert done["return"]["state"] == "CLOSED"
    assert room.on_hand(order) == before + 2
    assert room.payment(order).refunded == 2000
    assert (Receipt.objects.count(), Inspection.objects.count(), Refund.objects.count()) == (1, 1, 1)
    for verb in ("requested", "approved", "received", "inspected", "refunded", "closed"):
        assert len(events(f"return.{verb}")) == 1, verb
    found = staff.ask("query($id: ID!) { return(id: $id) " + FULL + " }", id=done["return"]["id"])["data"]
    assert found["return"]["refunds"] == [
        {
            "state": "SUCCEEDED",
            "amounts": {"gross": {"amount": "20.00", "currency": "USD"}},
            "rows": [{"component": "ITEM", "quantity": 2}],
            "parts": [{"state": "SUCCEEDED"}],
        }
    ]
    assert found["return"]["receipts"][0]["lines"] == [{"quantity": 2, "inspections": [{"moved": 2}]}]


def test_a_step_sent_again_without_a_key_says_what_is_wrong(room, staff):
    order = room.make_shipped(1)
    lines = [{"orderLineId": order.lines[0].id, "quantity": 1}]
    key = staff.do("returnRequest", orderId=order.id, lines=lines)["return"]["id"]
    staff.do("returnApprove", id=key)
    (error,) = staff.do("returnApprove", id=key)["errors"]
    assert (error["field"], error["code"]) == ("state", "CONFLICT")


def test_a_key_with_another_request_is_an_error(room, staff):
    order = room.make_shipped(2)
    line = {"orderLineId": order.lines[0].id}
    staff.do("returnRequest", key="k", orderId=order.id, lines=[{**line, "quantity": 1}])
    (error,) = staff.do("returnRequest", key="k", orderId=order.id, lines=[{**line, "quantity": 2}])["errors"]
    assert error["code"] == "IDEMPOTENCY_KEY_REUSED"
    assert Return.objects.count() == 1


def test_bad_input_is_refused_with_its_field(room, staff):
    order, other = room.make_shipped(2), room.make_shipped(1)
    mine = order.lines[0].id
    cases = [
        ([], "lines", "REQUIRED"),
        ([{"orderLineId": mine, "quantity": 0}], "lines.0.quantity", "INVALID"),
        ([{"orderLineId": mine, "quantity": -3}], "lines.0.quantity", "INVALID"),
        ([{"orderLineId": mine, "quantity": 2**31 - 1}], "lines.0.quantity", "INVALID"),
        ([{"orderLineId": mine, "quantity": 3}], "lines.0.quantity", "UNRETURNABLE"),
        ([{"orderLineId": other.lines[0].id, "quantity": 1}], "lines.0.orderLineId", "NOT_FOUND"),
        ([{"orderLineId": mine, "quantity": 1}] * 2, "lines.1", "DUPLICATE"),
        ([{"orderLineId": "\x00", "quantity": 1}], "lines.0.orderLineId", "NOT_FOUND"),
    ]
    for lines, field, code in cases:
        (error,) = staff.do("returnRequest", orderId=order.id, lines=lines)["errors"]
        assert (error["field"], error["code"]) == (field, code), lines
    assert not Return.objects.exists()


@pytest.mark.parametrize("amount", ["abc", "NaN", "1.001", "1e99", "-1", ""])
def test_bad_amounts_are_refused(room, staff, amount):
    rma = room.accepted(room.make_shipped(1), 1)
    (error,) = staff.do("returnRefund", id=to_global("Return", rma.pk), amount=amount)["errors"]
    assert error["field"] == "amount"
    assert not Refund.objects.exists()


@pytest.mark.parametrize("value", ["x", to_global("Order", 1), to_global("Return", "x")])
def test_ids_that_are_none_are_refused(room, staff, value):
    (error,) = staff.do("returnApprove", id=value)["errors"]
    assert error["field"] == "id"


def test_shoppers_see_and_ask_for_their_own_only(room):
    asker, token = room.data.make_asker(AskerKind.CUSTOMER)
    me, other = Caller(token), Caller(room.data.make_asker(AskerKind.CUSTOMER)[1])
    order = room.make_shipped(2, user_id=asker.id)
    lines = [{"orderLineId": order.lines[0].id, "quantity": 1}]
    mine = me.do("returnRequest", orderId=order.id, lines=lines)["return"]["id"]
    room.request(room.make_shipped(1), 1)
    listed = me.ask("{ returns { edges { node { id } } } }")["data"]["returns"]["edges"]
    assert [edge["node"]["id"] for edge in listed] == [mine]
    assert other.ask("{ returns { edges { node { id } } } }")["data"]["returns"]["edges"] == []
    assert me.ask("query($id: ID!) { return(id: $id) { number } }", id=mine)["data"]["return"]
    (error,) = me.do("returnApprove", id=mine)["errors"]
    assert error["code"] == "PERMISSION_DENIED"
    assert me.do("returnCancel", id=mine)["return"]["state"] == "CANCELED"


def test_other_peoples_ids_answer_like_ids_that_do_not_exist(room):
    order = room.make_shipped(1)
    rma = room.request(order, 1)
    for token in (
        None,
        room.data.make_asker(AskerKind.CUSTOMER)[1],
        room.data.make_asker(AskerKind.STAFF)[1],
    ):
        caller = Caller(token)
        query = "query($id: ID!) { return(id: $id) { number } }"
        answers = [caller.ask(query, id=to_global("Return", key)) for key in (rma.pk, uuid4())]
        assert answers[0] == answers[1]
        assert answers[0]["errors"][0]["extensions"]["exception"]["code"] == "NOT_FOUND"
        query = "query($id: ID!) { returnableLines(orderId: $id) { sku } }"
        nobody = to_global("Order", uuid4())
        assert caller.ask(query, id=order.id) == caller.ask(query, id=nobody)
        lines = [{"orderLineId": order.lines[0].id, "quantity": 1}]
        answers = [caller.do("returnRequest", orderId=key, lines=lines) for key in (order.id, nobody)]
        assert answers[0] == answers[1]
        answers = [caller.do("returnCancel", id=to_global("Return", key)) for key in (rma.pk, uuid4())]
        assert answers[0] == answers[1]
    assert Return.objects.get().state == "REQUESTED"


def test_pages_cost_the_same_whatever_is_on_them(room, staff):
    query = "query($first: Int!, $after: String) { returns(first: $first, after: $after) "
    query += "{ pageInfo { hasNextPage endCursor } edges { node " + FULL + " } } }"
    costs = []
    for count in (1, 4):
        for _ in range(count):
            refund_return(STAFF, room.accepted(room.make_shipped(1), 1).pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = staff.ask(query, first=50)["data"]["returns"]
        costs.append(len(queries))
    assert len(found["edges"]) == 5
    assert costs[0] == costs[1]
    first = staff.ask(query, first=3)["data"]["returns"]
    rest = staff.ask(query, first=3, after=first["pageInfo"]["endCursor"])["data"]["returns"]
    numbers = [edge["node"]["number"] for edge in first["edges"] + rest["edges"]]
    assert len(set(numbers)) == 5
    assert (first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)


def test_an_estimate_is_what_the_refund_becomes(committed_room):
    room = committed_room
    room.configure(refund_shipping="standard")
    staff = Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])
    order = room.make_shipped(3, price=1001, shipping=499, tax_percent=19)
    query = """query($id: ID!, $lines: [EstimateLineInput!]!) { refundEstimate(orderId: $id, lines: $lines)
        { amounts { net { amount } gross { amount } } ceiling { amount } rows { component } } }"""
    lines = [{"orderLineId": order.lines[0].id, "quantity": 3}]
    found = staff.ask(query, id=order.id, lines=lines)["data"]["refundEstimate"]
    assert found["ceiling"] == found["amounts"]["gross"]
    assert [row["component"] for row in found["rows"]] == ["ITEM", "SHIPPING"]
    assert not Return.objects.exists()
    room.refunded(order, 3)
    drain()
    (event,) = events("return.refunded")
    assert event["amount"] == found["amounts"]["gross"]["amount"]
    assert event["net"] == found["amounts"]["net"]["amount"]


def test_returnable_lines(room, staff):
    order = room.make_shipped(3)
    room.request(order, 2)
    query = "query($id: ID!) { returnableLines(orderId: $id) { sold shipped reserved returned available } }"
    (line,) = staff.ask(query, id=order.id)["data"]["returnableLines"]
    assert line == {"sold": 3, "shipped": 3, "reserved": 2, "returned": 0, "available": 1}


def test_every_event_is_public(room):
    verbs = (
        "requested", "approved", "declined", "canceled", "expired", "received", "inspected", "kept", "refunded",
        "exchanged", "closed", "reopened", "message",
    )  # fmt: skip
    assert {f"return.{verb}" for verb in verbs} | {"refund.failed"} <= set(registry.topics)


def test_the_guide_names_every_verb_setting_and_filter():
    guide = (Path(__file__).parents[3] / "docs" / "returns.md").read_text()
    names = [f"`{name}`" for name in schema.get_mutation_type().fields]
    names += [f"`{name}`" for name in schema.get_query_type().fields["returns"].args]
    names += [f"| {setting.label} |" for setting in SETTINGS]
    assert [name for name in names if name not in guide and name not in ("`first`", "`after`")] == []
