"""Restocking moves Saleor's stock and our ledger together, once, into the warehouse that the rule chose."""

from __future__ import annotations

import json
import random
import threading

import pytest
from django.db import connections

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import AskerKind, ShipItem
from saleor_plugins.returns.models import Followup, Inspection, LedgerEntry, Return, ReturnLine
from saleor_plugins.returns.schema import view
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.audit import audit_all
from saleor_plugins.returns.usecases.follow_up import follow_up
from saleor_plugins.returns.usecases.inspect_return import Judgement, inspect_return
from saleor_plugins.returns.usecases.receive_parcel import receive_parcel
from tests.integration.returns.rooms import STAFF, events
from tests.shopdata import request


def on_hand(room, order, line=0):
    """Units by warehouse, those with none left out."""
    stocks = room.data.shop.stocks([order.lines[line].variant_id])
    return {stock.warehouse_id: stock.on_hand for stock in stocks if stock.on_hand}


def drop(room, warehouse):
    room.data.model("warehouse.Warehouse").objects.filter(pk=from_global(warehouse.id, "Warehouse")).delete()


def arrived(room, order, quantity, at=None):
    """A return whose units came to a warehouse."""
    rma = room.approved(order, quantity)
    return receive_parcel(STAFF, rma.pk, (at or room.house).id, [(room.keys(rma)[0], quantity)])


def judge(room, rma, quantity, disposition="RESTOCK", warehouse="", grade=""):
    (key,) = room.keys(rma)
    return inspect_return(STAFF, rma.pk, [Judgement(key, quantity, disposition, warehouse, grade)])


def test_a_named_warehouse_counts_more_than_any_rule(room):
    other = room.data.make_warehouse("Other")
    rma = arrived(room, order := room.make_shipped(1), 1)
    judge(room, rma, 1, warehouse=other.id, grade="A")
    row = Inspection.objects.get()
    assert (row.warehouse_id, row.why, row.grade) == (other.id, "named by staff", "A")
    assert on_hand(room, order) == {other.id: 1}


def test_each_rule_on_a_real_shop(room):
    berlin = room.data.make_warehouse("Berlin", country="DE", city="Berlin", countries=["DE"])
    hub = room.data.make_warehouse("Hub", country="DE", city="Potsdam", countries=[])
    costs = f"Hub > {room.house.name} = 2; {hub.id} > {berlin.id} = 3"
    cases = [
        ({"restock_into": "ARRIVED"}, hub, "ARRIVED: where it arrived"),
        ({"restock_into": "ORIGIN"}, room.house, "ORIGIN: the warehouse that shipped it"),
        ({"restock_into": "NEAREST"}, berlin, "NEAREST: Berlin, "),
        (
            {"restock_into": "CHEAPEST", "transfer_costs": costs},
            room.house,
            f"CHEAPEST: {room.house.name} costs 2",
        ),
        (
            {"restock_into": "SPECIALISED", "restock_map": "glass = Berlin"},
            berlin,
            "SPECIALISED: Berlin takes",
        ),
        ({"restock_into": "FIXED", "restock_warehouse": berlin.id}, berlin, "FIXED: Berlin takes everything"),
    ]
    for settings, house, why in cases:
        room.configure(**settings)
        variant = room.data.make_variant(stock={room.house: 1}, type_metadata={"return_class": "Glass"})
        order = room.data.make_order([(variant, 1)])
        room.data.shop.fulfill(order.id, [ShipItem(order.lines[0].id, room.house.id, 1)])
        judge(room, arrived(room, order, 1, hub), 1)
        row = Inspection.objects.get(receipt_line__return_line__line=order.lines[0].id)
        assert (row.warehouse_id, row.why[: len(why)]) == (house.id, why)
        assert on_hand(room, order) == {house.id: 1}
        assert events("return.inspected")[-1]["restocked"][0]["why"] == row.why


def test_the_policy_at_the_request_counts(room):
    berlin = room.data.make_warehouse("Berlin")
    room.configure(restock_into="FIXED", restock_warehouse=berlin.id)
    rma = arrived(room, order := room.make_shipped(1), 1)
    room.configure(restock_into="ARRIVED")
    judge(room, rma, 1)
    assert on_hand(room, order) == {berlin.id: 1}


def test_where_the_customer_sends_it(room):
    far = room.data.make_warehouse("Far", country="AU", city="Sydney")
    near = room.data.make_warehouse("Near", country="US", city="Boston")
    room.configure(restock_into="NEAREST")
    order = room.make_shipped(1, country="US", city="New York")
    rma = room.approved(order, 1)
    assert rma.destination_id == near.id
    why = LedgerEntry.objects.get(rma=rma, verb="approve").data["destinationWhy"]
    assert why.startswith("NEAREST: Near, ")
    room.configure(restock_into="FIXED", restock_warehouse=far.id)
    assert room.approved(room.make_shipped(1), 1).destination_id == far.id
    room.configure(restock_into="ARRIVED")
    assert room.approved(room.make_shipped(1), 1).destination_id == room.house.id


def test_a_deleted_warehouse_is_skipped_and_told(room):
    berlin = room.data.make_warehouse("Berlin")
    room.configure(restock_into="FIXED", restock_warehouse=berlin.id)
    rma = arrived(room, order := room.make_shipped(1), 1)
    drop(room, berlin)
    judge(room, rma, 1)
    row = Inspection.objects.get()
    assert row.why == "FIXED: the warehouse that was set no longer exists; where it arrived"
    assert on_hand(room, order) == {room.house.id: 1}


def test_where_it_arrived_was_deleted(room):
    hub = room.data.make_warehouse("Hub")
    rma = arrived(room, order := room.make_shipped(3), 3, hub)
    drop(room, hub)
    judge(room, rma, 1)
    row = Inspection.objects.get()
    assert row.warehouse_id == room.house.id
    assert row.why == "ARRIVED: where it arrived no longer exists; the warehouse that shipped it"
    drop(room, room.house)
    with pytest.raises(Invalid) as caught:
        judge(room, rma, 1)
    assert caught.value.field == "lines.0.warehouseId"
    judge(room, rma, 1, "SCRAP")
    other = room.data.make_warehouse("Other")
    judge(room, rma, 1, warehouse=other.id)
    assert on_hand(room, order) == {other.id: 1}


def test_a_variant_that_was_deleted_meanwhile(room):
    rma = arrived(room, order := room.make_shipped(4), 4)
    room.data.drop_variant(order)
    with pytest.raises(Invalid) as caught:
        judge(room, rma, 1)
    assert (caught.value.field, caught.value.code) == ("lines.0.disposition", "VARIANT_DELETED")
    assert not Inspection.objects.exists()
    for disposition in ("REFURBISH", "QUARANTINE", "SCRAP", "SEND_BACK"):
        judge(room, rma, 1, disposition)
    assert ReturnLine.objects.get().accepted == 3
    with pytest.raises(Invalid) as caught:
        follow_up(STAFF, Inspection.objects.get(disposition="REFURBISH").pk, 1, "RESTOCK")
    assert (caught.value.field, caught.value.code) == ("outcome", "VARIANT_DELETED")
    assert follow_up(STAFF, Inspection.objects.get(disposition="REFURBISH").pk, 1, "SCRAP").moved == 0


def test_what_cannot_be_judged_is_refused_and_changes_nothing(room):
    rma = arrived(room, order := room.make_shipped(2), 2)
    (key,) = room.keys(rma)
    good = Judgement(key, 1, "RESTOCK")
    cases = [
        (NotFound, Judgement(key, 1, "RESTOCK", "x"), "lines.1.warehouseId"),
        (NotFound, Judgement(rma.pk, 1, "RESTOCK"), "lines.1.returnLineId"),
        (Invalid, Judgement(key, 1, "SELL"), "lines.1.disposition"),
        (Invalid, Judgement(key, 2, "SCRAP"), "lines.1.quantity"),
        (Invalid, Judgement(key, 0, "SCRAP"), "lines.1.quantity"),
        (Invalid, Judgement(key, 1, "SCRAP", grade="x" * 41), "lines.1.grade"),
    ]
    before = on_hand(room, order)
    for kind, bad, field in cases:
        with pytest.raises(kind) as caught:
            inspect_return(STAFF, rma.pk, [good, bad])
        assert caught.value.field == field
        assert not Inspection.objects.exists()
        assert on_hand(room, order) == before


def test_goods_without_stock_are_restocked_nowhere(room):
    variant = room.data.make_variant(tracks_stock=False, stock={room.house: 0})
    order = room.data.make_order([(variant, 1)])
    room.data.shop.fulfill(order.id, [ShipItem(order.lines[0].id, room.house.id, 1)])
    judge(room, arrived(room, order, 1), 1)
    assert Inspection.objects.get().moved == 0
    assert on_hand(room, order) == {}


@pytest.mark.parametrize("seed", range(3))
def test_saleors_stock_grows_by_what_the_ledger_moved(room, seed):
    """Many lines, warehouses and dispositions; some steps fail on the way."""
    dice = random.Random(seed)
    houses = [room.house, *(room.data.make_warehouse() for _ in range(2))]
    orders = [room.make_shipped(3, 2) for _ in range(3)]
    before = {line.variant_id: 0 for order in orders for line in order.lines}
    for _ in range(40):
        try:
            _step(room, dice, houses, dice.choice(orders))
        except OpsError:
            continue
    moved = dict(before)
    for row in (*Inspection.objects.all(), *Followup.objects.select_related("inspection")):
        moved[getattr(row, "variant_id", None) or row.inspection.variant_id] += row.moved
    now = {key: sum(s.on_hand for s in room.data.shop.stocks([key])) for key in before}
    assert now == moved
    assert sum(moved.values()) > 3
    assert list(audit_all()) == []


def _step(room, dice, houses, order):
    rma = Return.objects.filter(order=order.id).first()
    if rma is None:
        approve_return(STAFF, room.request(order, 3, 2).pk)
        return
    keys = room.keys(rma)
    piles = list(Inspection.objects.all())
    act = dice.randrange(4)
    if act == 0:
        items = [(key, dice.randint(1, 2)) for key in keys]
        receive_parcel(STAFF, rma.pk, dice.choice(houses).id, items)
    elif act == 3 and piles:
        follow_up(STAFF, dice.choice(piles).pk, 1, dice.choice(["RESTOCK", "SCRAP"]))
    else:
        kinds = ["RESTOCK", "RESTOCK", "REFURBISH", "SCRAP"]
        house = dice.choice(["", dice.choice(houses).id])
        wanted = [
            Judgement(key, 1, dice.choice(kinds), house) for key in dice.sample(keys, dice.randint(1, 2))
        ]
        inspect_return(STAFF, rma.pk, wanted)


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("after", [0, 1])
def test_a_worker_that_dies_while_restocking_leaves_nothing(room, monkeypatch, after):
    order = room.make_shipped(2, 1)
    rma = room.approved(order, 2, 1)
    room.receive(rma, 2, 1)
    adapter, real, calls = type(room.data.shop), type(room.data.shop).move_stock, []

    def dies(self, *args):
        if len(calls) == after:
            raise Killed
        calls.append(args)
        return real(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(adapter, "move_stock", dies)
        with pytest.raises(Killed):
            room.inspect(rma, 2, 1)
    assert len(calls) == after
    assert on_hand(room, order, 0) == on_hand(room, order, 1) == {}
    assert not Inspection.objects.exists()
    assert events("return.inspected") == []
    room.inspect(rma, 2, 1)
    assert sum(on_hand(room, order, 0).values()) + sum(on_hand(room, order, 1).values()) == 3


def at_once(call, times=8):
    """How many of the calls won."""
    gate, won = threading.Barrier(times), []

    def run():
        gate.wait(30)
        try:
            call()
            won.append(1)
        except OpsError:
            pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(won)


def test_of_many_inspectors_at_once_one_wins_each_unit(committed_room):
    room = committed_room
    rma = arrived(room, order := room.make_shipped(3), 3)
    assert at_once(lambda: judge(room, rma, 1)) == 3
    assert on_hand(room, order) == {room.house.id: 3}
    assert sorted(Inspection.objects.values_list("first_unit", flat=True)) == [1, 2, 3]


def test_of_many_who_take_from_a_pile_one_wins_each_unit(committed_room):
    room = committed_room
    rma = arrived(room, order := room.make_shipped(2), 2)
    judge(room, rma, 2, "QUARANTINE")
    pile = Inspection.objects.get()
    assert at_once(lambda: follow_up(STAFF, pile.pk, 1, "RESTOCK")) == 2
    assert on_hand(room, order) == {room.house.id: 2}


def test_put_aside_units_are_restocked_or_scrapped_later(room):
    berlin = room.data.make_warehouse("Berlin")
    rma = arrived(room, order := room.make_shipped(3), 3)
    judge(room, rma, 3, "REFURBISH", grade="B")
    pile = Inspection.objects.get()
    assert (pile.warehouse_id, pile.why, pile.moved) == (room.house.id, "where it arrived", 0)
    first = follow_up(STAFF, pile.pk, 1, "RESTOCK")
    assert (first.warehouse_id, first.why, first.moved) == (room.house.id, "ARRIVED: where it arrived", 1)
    second = follow_up(STAFF, pile.pk, 1, "RESTOCK", berlin.id)
    assert (second.warehouse_id, second.why, second.first_unit) == (berlin.id, "named by staff", 2)
    third = follow_up(STAFF, pile.pk, 1, "SCRAP")
    assert (third.moved, third.first_unit) == (0, 3)
    assert on_hand(room, order) == {room.house.id: 1, berlin.id: 1}
    with pytest.raises(Invalid) as caught:
        follow_up(STAFF, pile.pk, 1, "SCRAP")
    assert (caught.value.field, caught.value.code) == ("quantity", "OVER_FOLLOWUP")
    assert [len(event["restocked"]) for event in events("return.followed_up")] == [1, 1, 0]
    assert ReturnLine.objects.get().accepted == 3
    assert list(audit_all()) == []


def test_what_cannot_be_followed_up(room):
    rma = arrived(room, room.make_shipped(2), 2)
    judge(room, rma, 1, "SCRAP")
    judge(room, rma, 1, "QUARANTINE")
    scrapped, aside = Inspection.objects.order_by("pk")
    cases = [
        (NotFound, (rma.pk, 1, "SCRAP"), "inspectionId"),
        (Conflict, (scrapped.pk, 1, "SCRAP"), "inspectionId"),
        (Invalid, (aside.pk, 1, "REFURBISH"), "outcome"),
        (Invalid, (aside.pk, 0, "SCRAP"), "quantity"),
        (Invalid, (aside.pk, 2, "SCRAP"), "quantity"),
        (NotFound, (aside.pk, 1, "RESTOCK", "x"), "warehouseId"),
    ]
    for kind, arguments, field in cases:
        with pytest.raises(kind) as caught:
            follow_up(STAFF, *arguments)
        assert caught.value.field == field
    assert not Followup.objects.exists()


class Api:
    """Staff over GraphQL."""

    def __init__(self, room):
        self.token = room.data.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")[1]

    def __call__(self, query, **variables):
        answer = json.loads(view(request(self.token, {"query": query, "variables": variables})).content)
        assert "errors" not in answer, answer
        return answer["data"]


INSPECT = """mutation($id: ID!, $lines: [JudgedLineInput!]!, $key: String) {
    it: returnInspect(id: $id, lines: $lines, idempotencyKey: $key) {
        errors { field code }
        return { receipts { trackingNumber lines { inspections { id why grade warehouseId moved } } } } } }"""
ASIDE = """query($house: ID, $grade: String) { putAside(warehouseId: $house, grade: $grade) { edges { node {
    inspectionId returnNumber variantId sku grade disposition quantity days warehouseId } } } }"""
FOLLOW = """mutation($id: ID!, $n: Int!, $key: String) {
    it: returnFollowUp(inspectionId: $id, quantity: $n, outcome: RESTOCK, idempotencyKey: $key) {
        errors { field code } return { id receipts { lines { inspections { followUps { quantity outcome } } } } } } }"""


def test_the_same_key_twice_restocks_once_over_graphql(room):
    api = Api(room)
    rma = arrived(room, order := room.make_shipped(2), 2)
    line = {
        "returnLineId": to_global("ReturnLine", room.keys(rma)[0]),
        "quantity": 1,
        "disposition": "RESTOCK",
    }
    ask = {"id": to_global("Return", rma.pk), "lines": [line], "key": "once"}
    first = api(INSPECT, **ask)["it"]
    assert first["errors"] == []
    (found,) = first["return"]["receipts"][0]["lines"][0]["inspections"]
    assert (found["moved"], found["why"]) == (1, "ARRIVED: where it arrived")
    assert api(INSPECT, **ask)["it"] == first
    assert on_hand(room, order) == {room.house.id: 1}


def test_what_lies_aside_is_listed_until_it_is_gone(room):
    api = Api(room)
    other = room.data.make_warehouse("Other")
    rma = arrived(room, order := room.make_shipped(3), 3)
    judge(room, rma, 2, "REFURBISH", grade="B")
    judge(room, rma, 1, "QUARANTINE", warehouse=other.id, grade="C")
    nodes = [edge["node"] for edge in api(ASIDE)["putAside"]["edges"]]
    assert [(n["quantity"], n["grade"], n["warehouseId"]) for n in nodes] == [
        (1, "C", other.id),
        (2, "B", room.house.id),
    ]
    assert {n["variantId"] for n in nodes} == {order.lines[0].variant_id}
    assert {n["returnNumber"] for n in nodes} == {rma.number}
    (mine,) = [edge["node"] for edge in api(ASIDE, house=room.house.id)["putAside"]["edges"]]
    assert api(ASIDE, grade="C")["putAside"]["edges"] == [{"node": nodes[0]}]
    for _ in range(2):
        done = api(FOLLOW, id=mine["inspectionId"], n=1, key="once")["it"]
        assert done["errors"] == []
    assert on_hand(room, order) == {room.house.id: 1}
    (mine,) = [edge["node"] for edge in api(ASIDE, house=room.house.id)["putAside"]["edges"]]
    assert mine["quantity"] == 1
    api(FOLLOW, id=mine["inspectionId"], n=1)
    assert api(ASIDE, house=room.house.id)["putAside"]["edges"] == []


RECEIVE = """mutation($id: ID!, $house: ID!, $lines: [ReceivedLineInput!]!, $any: Boolean, $key: String) {
    it: returnReceive(id: $id, warehouseId: $house, lines: $lines, trackingNumber: "1Z",
        acceptUnexpected: $any, idempotencyKey: $key) {
        errors { field code } return { state lines { received } receipts { trackingNumber } } } }"""
UNANNOUNCED = """mutation($order: ID!, $house: ID!, $lines: [UnannouncedLineInput!]!, $key: String) {
    it: returnReceiveUnannounced(orderId: $order, warehouseId: $house, lines: $lines, idempotencyKey: $key) {
        errors { field code } return { state lines { received reasonCode } } } }"""


def test_parcels_over_graphql_every_step_twice(room):
    api = Api(room)
    order = room.make_shipped(4)
    rma = room.approved(order, 1)
    lines = [{"orderLineId": order.lines[0].id, "quantity": 2}]
    ask = {"id": to_global("Return", rma.pk), "house": room.house.id, "lines": lines}
    assert api(RECEIVE, **ask)["it"]["errors"] == [{"field": "lines.0.quantity", "code": "OVER_RECEIPT"}]
    both = [{**lines[0], "returnLineId": to_global("ReturnLine", room.keys(rma)[0])}]
    assert api(RECEIVE, **{**ask, "lines": both})["it"]["errors"][0]["field"] == "lines.0"
    done = [api(RECEIVE, **ask, any=True, key="a")["it"] for _ in range(2)]
    assert done[0] == done[1]
    assert done[0]["return"] == {
        "state": "RECEIVING",
        "lines": [{"received": 2}],
        "receipts": [{"trackingNumber": "1Z"}],
    }
    ask = {"order": order.id, "house": room.house.id, "lines": [{**lines[0]}], "key": "b"}
    done = [api(UNANNOUNCED, **ask)["it"] for _ in range(2)]
    assert done[0] == done[1]
    assert done[0]["return"]["lines"] == [{"received": 2, "reasonCode": "UNANNOUNCED"}]
    assert Return.objects.count() == 2
