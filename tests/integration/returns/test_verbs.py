"""Every verb over GraphQL: with its key it answers the same, without one it says what is wrong."""

from __future__ import annotations

import json

import pytest

from saleor_plugins.delivery.models import Event
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import LedgerEntry, Return
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.close_return import close_return
from tests.integration.returns.rooms import STAFF
from tests.integration.returns.test_api import Caller

ANSWER = "errors { field message code } return { id state lines { approved declined kept missing } }"


@pytest.fixture
def manager(room):
    return Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS", "MANAGE_SETTINGS")[1])


def do(caller, verb, rma, key=None, extra="", **arguments):
    """A verb about a return; `arguments` as they are in GraphQL."""
    given = {"id": to_global("Return", rma.pk)} | arguments
    if key:
        given["idempotencyKey"] = key
    calls = ", ".join(f"{name}: {text(value)}" for name, value in given.items())
    answer = caller.ask(f"mutation {{ it: {verb}({calls}) {{ {ANSWER} {extra} }} }}")
    assert "errors" not in answer, answer
    return answer["data"]["it"]


def text(value):
    if isinstance(value, list):
        return "[" + ", ".join(text(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {text(item)}" for key, item in value.items()) + "}"
    return json.dumps(value)


def finished(room):
    rma = room.approved(room.make_shipped(2), 2)
    room.receive(rma, 1)
    room.inspect(rma, 1, disposition="SEND_BACK")
    return rma


def line(room, rma, units=1):
    return [{"returnLineId": to_global("ReturnLine", room.keys(rma)[0]), "quantity": units}]


def closed(room):
    rma = finished(room)
    close_return(STAFF, rma.pk)
    return rma


# Verb, what it needs, its arguments, the state after it, the answer to a second call without a key.
VERBS = {
    "returnApprove": (lambda room: room.request(room.make_shipped(2), 2), {"lines": 1}, "APPROVED", "CONFLICT"),
    "returnDecline": (
        lambda room: room.request(room.make_shipped(1), 1), {"reason": "Worn."}, "DECLINED", "CONFLICT",
    ),
    "returnCancel": (lambda room: room.approved(room.make_shipped(1), 1), {}, "CANCELED", "CONFLICT"),
    "returnTrack": (
        lambda room: room.approved(room.make_shipped(1), 1), {"trackingNumber": "JD1", "scanned": True}, "APPROVED",
        None,
    ),
    "returnKeep": (lambda room: room.approved(room.make_shipped(1), 1), {"lines": 1}, "APPROVED", "OVER_KEEP"),
    "returnClose": (finished, {}, "CLOSED", "CONFLICT"),
    "returnReopen": (closed, {"reason": "Late."}, "RECEIVING", "CONFLICT"),
    "returnMessage": (lambda room: room.request(room.make_shipped(1), 1), {"body": "Hi."}, "REQUESTED", "DUPLICATE"),
}  # fmt: skip


@pytest.mark.parametrize("verb", VERBS)
def test_a_key_repeats_the_answer_and_not_the_effect(room, manager, verb):
    prepare, arguments, state, _ = VERBS[verb]
    rma = prepare(room)
    given = {**arguments, **({"lines": line(room, rma)} if "lines" in arguments else {})}
    first = do(manager, verb, rma, key="k-1", **given)
    assert (first["errors"], first["return"]["state"]) == ([], state)
    entries, told = LedgerEntry.objects.count(), Event.objects.count()
    assert do(manager, verb, rma, key="k-1", **given) == first
    assert (LedgerEntry.objects.count(), Event.objects.count()) == (entries, told)
    (error,) = do(manager, verb, room.request(room.make_shipped(1), 1), key="k-1", **given)["errors"]
    assert (error["field"], error["code"]) == ("idempotencyKey", "IDEMPOTENCY_KEY_REUSED")


@pytest.mark.parametrize("verb", VERBS)
def test_a_second_call_without_a_key_says_what_is_wrong(room, manager, verb):
    prepare, arguments, state, code = VERBS[verb]
    rma = prepare(room)
    given = {**arguments, **({"lines": line(room, rma)} if "lines" in arguments else {})}
    assert do(manager, verb, rma, **given)["errors"] == []
    entries, told = LedgerEntry.objects.count(), Event.objects.count()
    again = do(manager, verb, rma, **given)
    assert [error["code"] for error in again["errors"]] == ([code] if code else [])
    assert (LedgerEntry.objects.count(), Event.objects.count()) == (entries, told)
    assert Return.objects.get(pk=rma.pk).state == state


def test_a_shopper_may_track_and_write_and_nothing_else(room):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    shopper = Caller(token)
    rma = room.request(room.make_shipped(2, user_id=me.id), 2)
    units = {"lines": line(room, rma)}
    refused = {"returnApprove": {}, "returnDecline": {"reason": "x"}, "returnKeep": units, "returnClose": {}}
    for verb, arguments in {**refused, "returnReopen": {"reason": "x"}}.items():
        (error,) = do(shopper, verb, rma, **arguments)["errors"]
        assert error["code"] == "PERMISSION_DENIED", verb
    approve_return(STAFF, rma.pk)
    assert do(shopper, "returnTrack", rma, trackingNumber="JD1")["errors"] == []
    (error,) = do(shopper, "returnTrack", rma, scanned=True)["errors"]
    assert (error["field"], error["code"]) == ("scanned", "PERMISSION_DENIED")
    said = do(shopper, "returnMessage", rma, body="Hi.", extra="message { body internal authorKind }")
    assert said["message"] == {"body": "Hi.", "internal": False, "authorKind": "CUSTOMER"}
    (error,) = do(shopper, "returnMessage", rma, body="Ho.", internal=True)["errors"]
    assert (error["field"], error["code"]) == ("internal", "PERMISSION_DENIED")


def test_the_timeline_tells_shoppers_what_and_staff_who(room, manager):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    rma = room.approved(room.make_shipped(1, user_id=me.id), 1)
    query = "query($id: ID!) { return(id: $id) { timeline { verb askerId data } } }"
    mine, theirs = (
        caller.ask(query, id=to_global("Return", rma.pk))["data"]["return"]["timeline"]
        for caller in (Caller(token), manager)
    )
    assert [(entry["verb"], entry["askerId"], entry["data"]) for entry in mine] == [
        ("request", None, None), ("approve", None, None),
    ]  # fmt: skip
    assert [entry["askerId"] for entry in theirs] == [STAFF.id, STAFF.id]
    assert json.loads(theirs[0]["data"])["lines"][0]["requested"] == 1


def test_reasons_and_wishes_go_in_and_come_out(room):
    me, token = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(2, user_id=me.id)
    other = room.data.make_variant(price=500, stock={room.house: 5})
    wish = (
        f'{{orderLineId: "{order.lines[0].id}", quantity: 2, reasonCode: WRONG_ITEM, reason: "Blue, not red",'
        f' resolution: EXCHANGE, exchangeVariantId: "{other.id}"}}'
    )
    answer = Caller(token).ask(
        f'mutation {{ returnRequest(orderId: "{order.id}", lines: [{wish}]) {{ errors {{ field code }} return {{'
        " requestedBy lines { reasonCode reason resolution exchangeVariantId requested awaited } } } }"
    )["data"]["returnRequest"]
    assert answer["errors"] == []
    assert answer["return"] == {
        "requestedBy": "CUSTOMER",
        "lines": [
            {
                "reasonCode": "WRONG_ITEM",
                "reason": "Blue, not red",
                "resolution": "EXCHANGE",
                "exchangeVariantId": other.id,
                "requested": 2,
                "awaited": 0,
            }
        ],
    }
