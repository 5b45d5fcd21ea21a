"""Goods between two warehouses: Saleor's stock of both, our ledger and the transfer agree."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import (
    Conflict,
    InsufficientStock,
    Invalid,
    KeyReused,
    NotFound,
    OpsError,
    Required,
)
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.restock.domain.transfer import Arrival, Shipping
from saleor_plugins.restock.models import StockMovement, Transfer, TransferLane, TransferLine
from saleor_plugins.restock.store.transfers import underway
from saleor_plugins.restock.usecases.approve_transfer import approve_transfer, expect_transfer, today
from saleor_plugins.restock.usecases.audit_transfers import audit_transfers
from saleor_plugins.restock.usecases.cancel_transfer import cancel_transfer
from saleor_plugins.restock.usecases.create_transfer import Wanted, create_transfer, update_transfer
from saleor_plugins.restock.usecases.receive_transfer import receive_transfer
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer

from .rooms import events
from .transfers import Lane, lines, make_lane, now

pytestmark = pytest.mark.django_db


@pytest.fixture
def lane(db: None) -> Lane:
    return make_lane()


def test_a_whole_life_moves_both_stocks_and_the_ledger(lane: Lane) -> None:
    first, second = lane.stock(12, 5)
    transfer = lane.shipped({first: 10, second: 5})
    assert (transfer.state, lane.on_hand(first), lane.on_hand(second)) == ("SHIPPED", (2, 0), (0, 0))
    one, two = lines(transfer)
    receive_transfer(transfer.pk, "note 1", [Arrival(str(one.pk), 6)], by="VXNlcjox")
    assert (now(transfer).state, lane.on_hand(first)) == ("PARTLY_RECEIVED", (2, 6))
    receive_transfer(
        transfer.pk, "note 2", [Arrival(str(two.pk), 4, 1), Arrival(str(one.pk), 4)], note="one broke"
    )
    assert (now(transfer).state, lane.on_hand(first), lane.on_hand(second)) == ("RECEIVED", (2, 10), (0, 4))
    legs = [
        (move.variant_id, move.warehouse_id, move.quantity, move.on_hand_after)
        for move in StockMovement.objects.order_by("id")
    ]
    assert sorted(legs) == sorted(
        [
            (first.id, lane.source.id, -10, 2),
            (second.id, lane.source.id, -5, 0),
            (first.id, lane.target.id, 6, 6),
            (first.id, lane.target.id, 4, 10),
            (second.id, lane.target.id, 4, 4),
        ]
    )
    assert [(line.shipped, line.received, line.lost, line.open) for line in lines(transfer)] == [
        (10, 10, 0, False),
        (5, 4, 1, False),
    ]
    assert audit_transfers() == []
    told = [events(f"transfer.{verb}")[-1] for verb in ("approved", "shipped", "received")]
    assert [event["state"] for event in told] == ["APPROVED", "SHIPPED", "RECEIVED"]
    assert told[2]["lines"][1]["lost"] == 1
    booked = events("stock.received")
    assert [event["reference"] for event in booked] == ["note 1", "note 2"]
    assert booked[0]["lines"] == [{"variantId": first.id, "quantity": 6, "onHand": 6}]


def test_the_same_reference_twice_is_one_handling(lane: Lane) -> None:
    transfer = lane.approved()
    (line,) = lines(transfer)
    sent = [ship_transfer(transfer.pk, text).pk for text in ("waybill", " waybill ")]
    came = [receive_transfer(transfer.pk, "note", [Arrival(str(line.pk), 10)]).pk for _ in range(2)]
    assert (len(set(sent)), len(set(came)), StockMovement.objects.count()) == (1, 1, 2)
    assert lane.on_hand(lane.goods[0]) == (2, 10)


def test_a_reference_with_other_lines_is_refused(lane: Lane) -> None:
    transfer = lane.approved()
    key = str(lines(transfer)[0].pk)
    ship_transfer(transfer.pk, "waybill", [Shipping(key, 8)])
    with pytest.raises(KeyReused):
        ship_transfer(transfer.pk, "waybill", [Shipping(key, 9)])
    with pytest.raises(Conflict):
        ship_transfer(transfer.pk, "another waybill", [Shipping(key, 2)])
    receive_transfer(transfer.pk, "note", [Arrival(key, 3)])
    with pytest.raises(KeyReused):
        receive_transfer(transfer.pk, "note", [Arrival(key, 2)])
    assert lane.on_hand(lane.goods[0]) == (4, 3)


def test_what_an_order_holds_never_leaves(lane: Lane) -> None:
    transfer = lane.approved()
    (goods,) = lane.goods
    lane.promise(goods, 5)
    with pytest.raises(InsufficientStock) as caught:
        ship_transfer(transfer.pk, "waybill")
    assert (caught.value.field, "Only 7" in caught.value.message) == ("lines.0.quantity", True)
    assert (now(transfer).state, lane.on_hand(goods)) == ("APPROVED", (12, 0))
    ship_transfer(transfer.pk, "waybill 2", only_free=True)
    assert lane.on_hand(goods) == (5, 0)
    (line,) = lines(transfer)
    assert (line.quantity, line.shipped, line.open) == (10, 7, True)


def test_what_a_checkout_holds_never_leaves(lane: Lane) -> None:
    if not lane.data.reservations:
        pytest.skip("This Saleor's checkouts hold nothing.")
    transfer = lane.approved()
    lane.data.reserve(lane.goods[0], lane.source, 3)
    with pytest.raises(InsufficientStock):
        ship_transfer(transfer.pk, "waybill")
    lane.data.reserve(lane.goods[0], lane.source, 9, expired=True)
    ship_transfer(transfer.pk, "waybill 2", only_free=True)
    assert lane.on_hand(lane.goods[0]) == (3, 0)


def test_a_line_that_does_not_leave_is_not_owed(lane: Lane) -> None:
    one, two = lane.stock(5, 5)
    transfer = lane.approved({one: 5, two: 5})
    first, second = lines(transfer)
    ship_transfer(transfer.pk, "waybill", [Shipping(str(first.pk), 5)])
    assert [line.open for line in lines(transfer)] == [True, False]
    receive_transfer(transfer.pk, "note", [Arrival(str(first.pk), 5)])
    assert (now(transfer).state, audit_transfers()) == ("RECEIVED", [])
    assert second.variant_id == two.id and lane.on_hand(two) == (5, 0)


def test_nothing_free_ships_nothing(lane: Lane) -> None:
    transfer = lane.approved()
    lane.promise(lane.goods[0], 12)
    with pytest.raises(Invalid) as caught:
        ship_transfer(transfer.pk, "waybill", only_free=True)
    assert caught.value.field == "lines"


def test_one_surplus_is_promised_once(lane: Lane) -> None:
    first = lane.approved()
    (goods,) = lane.goods
    third = lane.data.make_warehouse()
    second = create_transfer(lane.source.id, third.id, [Wanted(goods.id, 3)])
    with pytest.raises(InsufficientStock) as caught:
        approve_transfer(second.pk)
    assert caught.value.field == "lines.0.quantity"
    cancel_transfer(first.pk, reason="not now", by="VXNlcjox")
    assert approve_transfer(second.pk).state == "APPROVED"


def test_what_is_promised_and_on_its_way_counts_once(lane: Lane) -> None:
    draft = lane.draft()
    (goods,) = lane.goods
    source, target = (goods.id, lane.source.id), (goods.id, lane.target.id)

    def count() -> tuple[int, int]:
        found = underway([goods.id])
        return found.outgoing.get(source, 0), found.incoming.get(target, 0)

    seen = [count()]
    approve_transfer(draft.pk)
    seen.append(count())
    key = str(lines(draft)[0].pk)
    ship_transfer(draft.pk, "waybill", [Shipping(key, 8)])
    seen.append(count())
    receive_transfer(draft.pk, "note", [Arrival(key, 3, 1)], note="crushed")
    seen.append(count())
    receive_transfer(draft.pk, "note 2", [Arrival(key, 4)])
    seen.append(count())
    assert seen == [(0, 0), (10, 10), (0, 8), (0, 4), (0, 0)]


def test_a_cancelled_transfer_takes_and_brings_nothing(lane: Lane) -> None:
    transfer = lane.approved()
    cancel_transfer(transfer.pk, reason="Flooded", by="VXNlcjox")
    found = underway([lane.goods[0].id])
    assert (found.incoming, found.outgoing) == ({}, {})
    for verb in (lambda: ship_transfer(transfer.pk, "waybill"), lambda: cancel_transfer(transfer.pk)):
        with pytest.raises(Conflict):
            verb()
    (told,) = events("transfer.canceled")
    assert (told["state"], lane.on_hand(lane.goods[0])) == ("CANCELED", (12, 0))


def test_what_was_shipped_cannot_be_cancelled_and_may_come_back(lane: Lane) -> None:
    transfer = lane.shipped()
    with pytest.raises(Conflict):
        cancel_transfer(transfer.pk)
    arrival = [Arrival(str(lines(transfer)[0].pk), 10)]
    with pytest.raises(NotFound) as caught:
        receive_transfer(transfer.pk, "note", arrival, warehouse_id=to_global("Warehouse", 9))
    assert caught.value.field == "warehouseId"
    receive_transfer(transfer.pk, "note", arrival, warehouse_id=lane.source.id)
    assert (now(transfer).state, lane.on_hand(lane.goods[0])) == ("RECEIVED", (12, 0))
    assert audit_transfers() == []


def test_a_target_that_is_gone_is_named_and_the_goods_can_go_elsewhere(lane: Lane) -> None:
    transfer = lane.shipped()
    key = from_global(lane.target.id, "Warehouse")
    lane.data.model("warehouse.Warehouse").objects.filter(pk=key).delete()
    arrival = [Arrival(str(lines(transfer)[0].pk), 10)]
    with pytest.raises(NotFound) as caught:
        receive_transfer(transfer.pk, "note", arrival)
    assert (caught.value.field, now(transfer).state) == ("id", "SHIPPED")
    receive_transfer(transfer.pk, "note", arrival, warehouse_id=lane.source.id)
    assert lane.on_hand(lane.goods[0]) == (12, 0)


def test_a_variant_that_is_gone_is_named_and_can_be_written_off(lane: Lane) -> None:
    kept, gone = lane.stock(5, 5)
    transfer = lane.shipped({kept: 5, gone: 5})
    lane.data.model("product.ProductVariant").objects.filter(
        pk=from_global(gone.id, "ProductVariant")
    ).delete()
    one, two = (str(line.pk) for line in lines(transfer))
    with pytest.raises(NotFound) as caught:
        receive_transfer(transfer.pk, "note", [Arrival(one, 5), Arrival(two, 5)])
    assert (caught.value.field, lane.on_hand(kept)) == ("lines.1.lineId", (0, 0))
    receive_transfer(transfer.pk, "note", [Arrival(one, 5), Arrival(two, 0, 5)], note="not sold any more")
    assert (now(transfer).state, audit_transfers()) == ("RECEIVED", [])


def test_a_source_that_is_gone_ships_nothing(lane: Lane) -> None:
    transfer, draft = lane.approved(), lane.draft()
    key = from_global(lane.source.id, "Warehouse")
    lane.data.model("warehouse.Warehouse").objects.filter(pk=key).delete()
    with pytest.raises(InsufficientStock):
        ship_transfer(transfer.pk, "waybill")
    with pytest.raises(NotFound) as caught:
        approve_transfer(draft.pk)
    assert caught.value.field == "sourceId"
    assert cancel_transfer(transfer.pk).state == "CANCELED"


def test_goods_without_a_place_at_the_target_get_one(lane: Lane) -> None:
    transfer = lane.shipped()
    assert {stock.warehouse_id for stock in lane.data.shop.stocks([lane.goods[0].id])} == {lane.source.id}
    receive_transfer(transfer.pk, "note", [Arrival(str(lines(transfer)[0].pk), 10)])
    assert lane.on_hand(lane.goods[0]) == (2, 10)


def test_planning_sets_the_draft_of_the_two_warehouses(lane: Lane) -> None:
    one, two = lane.stock(9, 9)
    first, again = lane.draft({one: 3}), lane.draft({one: 4, two: 2})
    assert first.pk == again.pk
    assert [(line.quantity, line.by_hand) for line in lines(first)] == [(4, True), (2, True)]
    update_transfer(first.pk, [Wanted(one.id, 0), Wanted(two.id, 7)])
    assert [(line.variant_id, line.quantity) for line in lines(first)] == [(two.id, 7)]
    update_transfer(first.pk, [Wanted(two.id, 0)])
    assert (now(first).state, lines(first)) == ("CANCELED", [])
    assert lane.draft({one: 1}).pk != first.pk


def test_the_draft_becomes_the_next_one_once_it_is_approved(lane: Lane) -> None:
    (goods,) = lane.stock(20)
    first = lane.approved({goods: 5})
    second = lane.draft({goods: 6})
    assert second.number == first.number + 1
    with pytest.raises(Conflict):
        update_transfer(first.pk, [Wanted(goods.id, 1)])


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"source_id": "x"}, NotFound, "sourceId"),
        ({"target_id": to_global("Warehouse", 1)}, NotFound, "targetId"),
        ({"target_id": "source"}, Invalid, "targetId"),
        ({"lines": []}, Required, "lines"),
        ({"lines": [("x", 1)]}, NotFound, "lines.0.variantId"),
        ({"lines": [("goods", 0)]}, Invalid, "lines.0.quantity"),
        ({"lines": [("goods", 1_000_001)]}, Invalid, "lines.0.quantity"),
        ({"lines": [("goods", 1), ("goods", 2)]}, Invalid, "lines.1.variantId"),
    ],
)
def test_a_plan_that_cannot_be(lane: Lane, change: dict, kind: type[OpsError], field: str) -> None:
    (goods,) = lane.stock(5)
    asked = {"source_id": lane.source.id, "target_id": lane.target.id, "lines": [("goods", 1)], **change}
    if asked["target_id"] == "source":
        asked["target_id"] = lane.source.id
    lines = [Wanted(goods.id if key == "goods" else key, units) for key, units in asked["lines"]]
    with pytest.raises(kind) as caught:
        create_transfer(asked["source_id"], asked["target_id"], lines)
    assert (caught.value.field, Transfer.objects.count()) == (field, 0)


def test_what_is_not_tracked_cannot_move(lane: Lane) -> None:
    digital = lane.data.make_variant(tracks_stock=False)
    with pytest.raises(NotFound):
        create_transfer(lane.source.id, lane.target.id, [Wanted(digital.id, 1)])


def test_the_lane_says_when_it_comes(lane: Lane, at: object) -> None:
    TransferLane.objects.create(source_id=lane.source.id, target_id=lane.target.id, days=4)
    transfer, day = lane.approved(), today()
    assert transfer.expected_on == day + timedelta(days=4)
    instant = clock.now() + timedelta(days=10)
    at(instant)  # type: ignore[operator]
    ship_transfer(transfer.pk, "waybill")
    assert now(transfer).expected_on == day + timedelta(days=14)
    with pytest.raises(Invalid) as caught:
        expect_transfer(transfer.pk, day)
    assert caught.value.field == "on"
    expect_transfer(transfer.pk, day + timedelta(days=20))
    assert now(transfer).expected_on == day + timedelta(days=20)


def test_the_database_refuses_more_than_there_was(lane: Lane) -> None:
    transfer = lane.shipped()
    for values in ({"shipped": 11}, {"received": 11}, {"received": 5, "lost": 6}):
        with pytest.raises(IntegrityError, match="transfer_line_units"), transaction.atomic():
            TransferLine.objects.filter(transfer=transfer).update(**values)


@pytest.mark.parametrize("change", [{"received": 1}, {"lost": 1}, {"shipped": 9}, {"open": False}])
def test_the_audit_sees_a_counter_that_left_its_ledger(lane: Lane, change: dict) -> None:
    transfer = lane.shipped()
    assert audit_transfers() == []
    rows = TransferLine.objects.filter(transfer=transfer)
    rows.update(**change)
    assert audit_transfers() == [str(rows.get().pk)]
