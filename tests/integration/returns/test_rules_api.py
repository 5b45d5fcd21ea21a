"""The rules over GraphQL: what is offered, asked for, and who is told which rule said what."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind
from saleor_plugins.returns.models import Draft, Return, Rulebook
from saleor_plugins.returns.usecases.request_return import Item, request_return

from .rooms import STAFF
from .test_api import Caller
from .test_life_races import both

OFFER = """query($id: ID!, $withdrawal: Boolean) { returnOffer(orderId: $id, withdrawal: $withdrawal) {
    law payer methods labelFee { amount currency }
    lines { orderLineId name sold available most until refused why finalSale withdrawal resolutions
        reasons { code photos note } } } }"""
REQUEST = """mutation($id: ID!, $lines: [ReturnLineInput!]!, $method: ReturnMethod, $language: String,
    $withdrawal: Boolean, $draft: ID) { returnRequest(orderId: $id, lines: $lines, method: $method,
    language: $language, withdrawal: $withdrawal, draftId: $draft)
    { return { id state } errors { field code message } } }"""
TERMS = """query($id: ID!) { return(id: $id) { law withdrawal method language refundDue payer
    labelFee { amount } refundOn rulebookVersion review findings { rule clause orderLineId verdict why } } }"""


@pytest.fixture
def ours(room):
    """A shopper with an order to Germany, and staff."""
    asker, token = room.data.make_asker(AskerKind.CUSTOMER)
    order = room.make_shipped(2, user_id=asker.id, country="DE")
    staff = Caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])
    return order, Caller(token), staff


def use(**document):
    Rulebook.objects.create(
        version=1, document=document, active=True, author_kind="STAFF", created=clock.now()
    )


def lines_of(order, **values):
    return [{"orderLineId": order.lines[0].id, "quantity": 1, **values}]


def test_an_offer(ours):
    order, me, _ = ours
    use(reasons=[{"offer": ["DAMAGED"], "photos": {"DAMAGED": 2}}], quantity=[{"per_line": 1}])
    offer = me.ask(OFFER, id=order.id)["data"]["returnOffer"]
    (line,) = offer["lines"]
    assert (offer["law"], offer["payer"], offer["methods"]) == ("EU", "MERCHANT", ["OWN"])
    assert (line["available"], line["most"], line["refused"], line["withdrawal"]) == (2, 1, "", True)
    assert line["reasons"][0] == {"code": "DAMAGED", "photos": 2, "note": False}
    (line,) = me.ask(OFFER, id=order.id, withdrawal=True)["data"]["returnOffer"]["lines"]
    assert line["reasons"] == [{"code": "WITHDRAWAL", "photos": 0, "note": False}]
    assert line["resolutions"][0] == "REFUND"


def test_an_offer_of_anothers_order_is_not_found(room, ours):
    order, _, _ = ours
    stranger = Caller(room.data.make_asker(AskerKind.CUSTOMER)[1])
    answers = [stranger.ask(OFFER, id=key) for key in (order.id, to_global("Order", 999_999))]
    assert answers[0] == answers[1]
    assert answers[0]["errors"][0]["extensions"]["exception"]["code"] == "NOT_FOUND"


def test_a_withdrawal_by_storefront(ours):
    order, me, staff = ours
    made = me.ask(REQUEST, id=order.id, lines=lines_of(order), withdrawal=True, method="OWN", language="pl")
    assert made["data"]["returnRequest"]["return"]["state"] == "APPROVED"
    key = made["data"]["returnRequest"]["return"]["id"]
    shown = me.ask(TERMS, id=key)["data"]["return"]
    day = Return.objects.get().created.date().isoformat()
    assert (shown["law"], shown["withdrawal"], shown["method"], shown["language"]) == (
        "EU",
        True,
        "OWN",
        "pl",
    )
    assert shown["refundDue"] > day and (shown["payer"], shown["labelFee"]["amount"]) == ("MERCHANT", "0.00")
    # What rules think of a customer is for staff.
    assert (shown["findings"], shown["review"], shown["refundOn"]) == ([], [], None)
    findings = staff.ask(TERMS, id=key)["data"]["return"]["findings"]
    assert findings[0]["rule"] == "law" and findings[0]["orderLineId"] is None and "EU" in findings[0]["why"]


def test_staff_see_the_version_and_every_finding(ours):
    order, me, staff = ours
    use(window=[{"days": 99}], serial=[{"days": 9, "units": 1}], approve=[{"automatic": True}])
    for _ in range(2):
        made = me.ask(REQUEST, id=order.id, lines=lines_of(order, reasonCode="STYLE"))
    key = made["data"]["returnRequest"]["return"]["id"]
    assert made["data"]["returnRequest"]["return"]["state"] == "REQUESTED"
    shown = staff.ask(TERMS, id=key)["data"]["return"]
    assert (shown["rulebookVersion"], shown["refundOn"]) == (1, "STAFF")
    assert shown["review"] == ["1 unit returned in the last 9 days."]
    found = {each["rule"]: (each["clause"], each["verdict"]) for each in shown["findings"]}
    assert found["window"] == ("0", "OPEN") and found["serial"] == ("0", "LIMIT_REACHED")
    assert found["expiry"] == ("settings", "NEVER") and found["law"][0] == "law"


@pytest.mark.parametrize(
    ("values", "line", "field", "code"),
    [
        ({"draft": "x"}, {}, "draftId", "GRAPHQL_ERROR"),
        ({"draft": to_global("ReturnDraft", "0192d3b8-0000-7000-8000-000000000000")}, {}, "draftId", "NOT_FOUND"),
        ({"language": "xx"}, {}, "language", "INVALID"),
        ({"method": "LABEL"}, {}, "method", "INVALID"),
        ({}, {"reasonCode": "DAMAGED"}, "lines.0.photos", "PHOTOS_REQUIRED"),
        ({}, {"reasonCode": "STYLE"}, "lines.0.reasonCode", "REASON_NOT_OFFERED"),
        ({}, {"reasonCode": "DEFECTIVE"}, "lines.0.reason", "REQUIRED"),
        ({}, {"reasonCode": "DAMAGED", "resolution": "STORE_CREDIT"}, "lines.0.resolution", "RESOLUTION_NOT_OFFERED"),
        ({}, {"reasonCode": "DEFECTIVE", "reason": "why", "quantity": 2}, "lines.0.quantity", "TOO_MANY"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_written(ours, values, line, field, code):
    order, me, _ = ours
    use(
        reasons=[{"offer": ["DAMAGED", "DEFECTIVE"], "photos": {"DAMAGED": 1}, "note": ["DEFECTIVE"]}],
        resolutions=[{"offer": ["REFUND"]}],
        quantity=[{"per_request": 1}],
    )
    if values:
        line = {"reasonCode": "DEFECTIVE", "reason": "why"}
    answer = me.ask(REQUEST, id=order.id, lines=lines_of(order, **line), **values)
    (error,) = answer["data"]["returnRequest"]["errors"]
    assert (error["field"], error["code"]) == (field, code) and error["message"]
    assert not Return.objects.exists()


def test_findings_of_many_returns_cost_no_more_queries(room, ours):
    _, _, staff = ours
    query = "{ returns(first: 50) { edges { node { number law rulebookVersion findings { why } } } } }"
    counts = []
    for _ in range(2):
        for _ in range(3):
            order = room.make_shipped(1)
            request_return(STAFF, order.id, [Item(1, order.lines[0].id)])
        with CaptureQueriesContext(connection) as seen:
            edges = staff.ask(query)["data"]["returns"]["edges"]
        counts.append(len(seen))
    assert len(edges) == 6 and all(edge["node"]["findings"] for edge in edges)
    assert counts[0] == counts[1]


def test_a_draft_sent_by_two_tabs_at_once_is_one_return(committed_room):
    room = committed_room
    for _ in range(6):
        order = room.make_shipped(2)
        draft = Draft.objects.create(order_id=order.id, created=clock.now(), expires=clock.now())

        def send(order=order, draft=draft):
            request_return(STAFF, order.id, [Item(1, order.lines[0].id)], draft=draft.pk)

        assert both(send, send) == ["", ""]
        assert Return.objects.filter(order_id=order.id).count() == 1
        draft.refresh_from_db()
        assert draft.rma is not None
