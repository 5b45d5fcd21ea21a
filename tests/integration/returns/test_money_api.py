"""The GraphQL of money: estimates before, the same afterwards, sent twice with one effect."""

from __future__ import annotations

import json

import pytest

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind, OrderStatus
from saleor_plugins.returns.models import OrderLedger, Refund
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from tests.integration.returns.rooms import STAFF
from tests.shopdata import request

AMOUNTS = "{ net { amount } tax { amount } gross { amount currency } }"
REFUND = f"""refund {{ state reason amounts {AMOUNTS} rows {{ component orderLineId quantity amounts {AMOUNTS} }}
    parts {{ kind state paymentId giftCardId newOrderId amount {{ amount }} }} }} errors {{ field code }}"""


@pytest.fixture
def room(committed_room):
    return committed_room


def caller(token):
    def ask(query, **variables):
        answer = json.loads(view(request(token, {"query": query, "variables": variables})).content)
        assert "errors" not in answer, answer
        return answer["data"]

    return ask


@pytest.fixture
def staff(room):
    return caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1])


@pytest.fixture
def manager(room):
    return caller(room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS", "MANAGE_SETTINGS")[1])


def wish(room, order, new):
    item = Item(1, order.lines[0].id, resolution="EXCHANGE", exchange_variant_id=new.id)
    rma = request_return(STAFF, order.id, [item])
    approve_return(STAFF, rma.pk)
    room.receive(rma, 1)
    return to_global("Return", room.inspect(rma, 1).pk)


def refund(ask, rma, **more):
    query = f"""mutation($id: ID!, $amount: String, $to: RefundTo, $reason: String, $key: String) {{
        it: returnRefund(id: $id, amount: $amount, to: $to, reason: $reason, idempotencyKey: $key) {{ {REFUND} }}
    }}"""
    return ask(query, id=to_global("Return", rma.pk), **more)["it"]


def test_fees_are_in_the_estimate_and_in_the_refund(room, staff):
    room.configure(restocking_fee_percent="10", label_fee="1.50")
    order = room.make_shipped(2, price=1000)
    query = f"""query($id: ID!, $lines: [EstimateLineInput!]!) {{ it: refundEstimate(orderId: $id, lines: $lines)
        {{ amounts {AMOUNTS} rows {{ component orderLineId quantity amounts {AMOUNTS} }} }} }}"""
    lines = [{"orderLineId": order.lines[0].id, "quantity": 2, "reasonCode": "STYLE"}]
    before = staff(query, id=order.id, lines=lines)["it"]
    assert before["amounts"]["gross"] == {"amount": "16.50", "currency": "USD"}
    assert [row["component"] for row in before["rows"]] == ["ITEM", "FEE", "LABEL"]
    free = staff(query, id=order.id, lines=[{**lines[0], "reasonCode": "DEFECTIVE"}])["it"]
    assert free["amounts"]["gross"]["amount"] == "20.00"
    after = refund(staff, room.accepted(order, 2))["refund"]
    assert after["amounts"] == before["amounts"]
    by_name = {row["component"]: row for row in before["rows"]}
    assert {row["component"]: row for row in after["rows"]} == by_name


def test_an_exchange_is_estimated_made_once_and_taken_back_once(room, staff):
    order = room.make_shipped(1, price=1000)
    new = room.data.make_variant(price=1500, stock={room.house: 5})
    query = """query($id: ID!, $lines: [EstimateLineInput!]!, $items: [ExchangeItemInput!]!) {
        it: exchangeEstimate(orderId: $id, lines: $lines, items: $items) { credit { gross { amount } }
        price { gross { amount } } goods { variantId quantity } toPay { amount } toGetBack { amount } } }"""
    lines = [{"orderLineId": order.lines[0].id, "quantity": 1}]
    items = [{"variantId": new.id, "quantity": 1}]
    assert staff(query, id=order.id, lines=lines, items=items)["it"] == {
        "credit": {"gross": {"amount": "10.00"}},
        "price": {"gross": {"amount": "15.00"}},
        "goods": items,
        "toPay": {"amount": "5.00"},
        "toGetBack": {"amount": "0.00"},
    }
    assert not OrderLedger.objects.exists()
    key = wish(room, order, new)
    exchange = f"""mutation($id: ID!) {{ it: returnExchange(id: $id, idempotencyKey: "once") {{ newOrderId
        difference {{ amount currency }} return {{ state }} {REFUND} }} }}"""
    first, again = staff(exchange, id=key)["it"], staff(exchange, id=key)["it"]
    assert first == again
    assert (first["difference"], first["errors"]) == ({"amount": "5.00", "currency": "USD"}, [])
    assert first["refund"]["parts"][0]["newOrderId"] == first["newOrderId"]
    assert OrderLedger.objects.filter(origin=order.id).count() == 1
    cancel = f"""mutation($id: ID!, $order: ID!) {{ it: returnExchangeCancel(id: $id, orderId: $order)
        {{ {REFUND} }} }}"""
    assert staff(cancel, id=key, order=first["newOrderId"])["it"]["errors"][0]["code"] == "NOT_CANCELED"
    room.data.set_status(room.data.shop.order(first["newOrderId"]), OrderStatus.CANCELED)
    back = staff(cancel, id=key, order=first["newOrderId"])["it"]
    assert back["refund"]["amounts"]["gross"]["amount"] == "10.00"
    drain()
    assert staff(cancel, id=key, order=first["newOrderId"])["it"]["errors"][0]["code"] == "NOTHING_TO_REFUND"
    assert room.payment(order).refunded == 1000


def test_store_credit_tells_the_card_and_never_its_code(room, staff):
    rma = room.accepted(room.make_shipped(1, price=1000), 1)
    done = refund(staff, rma, to="STORE_CREDIT", key="card")
    assert refund(staff, rma, to="STORE_CREDIT", key="card") == done
    (part,) = done["refund"]["parts"]
    assert part["giftCardId"] and part["state"] == "SUCCEEDED"
    assert Refund.objects.count() == 1
    from saleor.giftcard.models import GiftCard

    assert GiftCard.objects.get().code not in json.dumps(done)


def test_goodwill_asks_for_more_than_the_desks_permission(room, staff, manager):
    rma = room.accepted(room.make_shipped(2, price=1000), 1)
    (error,) = refund(staff, rma, amount="12.00", reason="Sorry.")["errors"]
    assert error == {"field": "amount", "code": "ABOVE_CREDIT"}
    done = refund(manager, rma, amount="12.00", reason="Sorry.")
    assert (done["refund"]["reason"], done["refund"]["amounts"]["gross"]["amount"]) == ("Sorry.", "12.00")


def test_a_review_is_for_managers(room, staff, manager):
    rma = room.request(room.make_shipped(1), 1)
    query = """mutation($id: ID!) { it: returnOrderReview(id: $id, lines: [], reason: "Looked.") {
        errors { field code } } }"""
    key = to_global("Return", rma.pk)
    assert staff(query, id=key)["it"]["errors"][0]["code"] == "PERMISSION_DENIED"
    assert manager(query, id=key)["it"]["errors"] == [{"field": "orderId", "code": "NOT_IN_REVIEW"}]
