"""When sold-out variants are back: right or absent, in their metadata and for whoever asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.delivery import emit
from saleor_plugins.delivery.registry import registry
from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global, to_global
from saleor_plugins.platform.port import AskerKind, Variant
from saleor_plugins.restock.domain.transfer import Arrival
from saleor_plugins.restock.models import ExpectedBack, PurchaseOrder, TransferLane
from saleor_plugins.restock.settings import PLUGIN_ID
from saleor_plugins.restock.tasks import expected as tasks
from saleor_plugins.restock.usecases import expected_back as verbs
from saleor_plugins.restock.usecases.approve_transfer import expect_transfer
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.expected_back import KEY, publish
from saleor_plugins.restock.usecases.receive_transfer import receive_transfer
from saleor_plugins.restock.usecases.ship_transfer import ship_transfer

from .expected import Door, make_door
from .rooms import events
from .test_api import PERMISSION, ask, do
from .transfers import lines

# Tomorrow, since what was listed for sale by the real clock must be on sale then.
NOON = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
DAY = NOON.date()


def iso(days: int) -> str:
    """So many days from then."""
    return (DAY + timedelta(days=days)).isoformat()


@pytest.fixture
def door(db: None, at: Any) -> Door:
    at(NOON)
    return make_door()


def beat() -> None:
    """The beat comes and everything due is done."""
    registry.sweepers["restock.expected_back"]()
    drain()


def test_a_sold_out_variant_says_when_it_comes(door: Door) -> None:
    shirt = door.sold_out()
    assert door.day(shirt) is None
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    assert door.said(shirt) == iso(6) == door.day(shirt)


def test_the_lead_time_says_it_where_nobody_did(door: Door) -> None:
    door.configure(default_lead_days="9")
    shirt, coat, hat = (door.sold_out() for _ in range(3))
    door.owe(shirt, 5)
    door.owe(coat, 5, supplier_days=4)
    door.owe(hat, 5, supplier_days=4, item_days=2)
    drain()
    assert [door.said(v) for v in (shirt, coat, hat)] == [iso(9), iso(4), iso(2)]


def test_from_the_day_it_was_sent(door: Door, at: Any) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5)
    PurchaseOrder.objects.filter(pk=order.pk).update(sent_at=NOON + timedelta(days=2))
    emit("purchase_order.sent", {"purchaseOrderId": to_global("PurchaseOrder", order.pk)})
    drain()
    assert door.said(shirt) == iso(9)


def test_the_line_knows_better_than_its_order(door: Door) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    order.lines.update(expected_on=DAY + timedelta(days=3))
    publish([shirt.id])
    assert door.said(shirt) == iso(3)


def test_postponed_and_brought_forward(door: Door) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    for days in (20, 2):
        PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=DAY + timedelta(days=days))
        emit("purchase_order.postponed", {"purchaseOrderId": to_global("PurchaseOrder", order.pk)})
        drain()
        assert door.said(shirt) == iso(days) == door.day(shirt)


def test_a_day_that_has_passed_promises_nothing(door: Door, at: Any) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=1))
    drain()
    at(NOON + timedelta(days=1))
    beat()
    assert door.said(shirt) == iso(1) == door.day(shirt)
    at(NOON + timedelta(days=2))
    assert door.day(shirt) is None
    beat()
    assert (door.said(shirt), door.metadata(shirt)) == (None, {})
    door.owe(shirt, 1, on=DAY + timedelta(days=9))
    drain()
    assert door.said(shirt) == iso(9)


def test_days_are_the_shops(door: Door, at: Any, monkeypatch: Any) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=1))
    at(NOON + timedelta(days=1, hours=10))
    assert door.day(shirt) == iso(1)
    monkeypatch.setattr(type(door.data.shop), "time_zone", lambda shop: "Pacific/Auckland")
    assert door.day(shirt) is None, "there it is tomorrow already"


def test_a_cancelled_order_brings_nothing(door: Door) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    cancel_order(order.pk)
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None)


def test_a_draft_brings_nothing(door: Door) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=6), approve=False)
    beat()
    assert (door.said(shirt), door.day(shirt)) == (None, None)


def test_received_early_it_is_back(door: Door) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    staff = door.data.make_asker(AskerKind.STAFF, PERMISSION)[1]
    line = to_global("PurchaseOrderLine", order.lines.get().pk)
    receipt = {"id": to_global("PurchaseOrder", order.pk), "reference": "note"}
    assert (
        do(staff, "purchaseOrderReceive", **receipt, lines=[{"lineId": line, "quantity": 2}])["errors"] == []
    )
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None)
    door.sell(shirt, 2)
    beat()
    assert door.said(shirt) == iso(6) == door.day(shirt)


def test_units_that_orders_wait_for_are_not_promised_again(door: Door) -> None:
    shirt = door.sold_out()
    door.oversell(shirt, 4)
    door.owe(shirt, 4, on=DAY + timedelta(days=3))
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None)
    door.owe(shirt, 1, on=DAY + timedelta(days=8))
    drain()
    assert door.said(shirt) == iso(8) == door.day(shirt)


def test_an_order_takes_the_last_one(door: Door) -> None:
    shirt = door.data.make_variant(stock={door.source: 2})
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None)
    order = door.sell(shirt, 2)
    emit("restock.order_seen", {"orderId": order.id})
    drain()
    assert door.said(shirt) == iso(6) == door.day(shirt)


def test_stock_that_saleor_reported(door: Door) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    door.data.set_stock(shirt, door.source, 3)
    emit("restock.stock_seen", {"variantId": shirt.id})
    drain()
    assert door.said(shirt) is None


def test_stock_that_nobody_reported_is_found(door: Door) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    door.data.set_stock(shirt, door.source, 3)
    assert (door.said(shirt), door.day(shirt)) == (iso(6), None)
    beat()
    assert door.said(shirt) is None
    assert not ExpectedBack.objects.exclude(published=None).exists()


def test_goods_between_warehouses_count_when_they_have_left(door: Door) -> None:
    TransferLane.objects.create(source_id=door.source.id, target_id=door.target.id, days=4)
    (shirt,) = door.lane.stock(3)
    transfer = door.lane.approved({shirt: 3})
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None), "they can be sold where they are"
    ship_transfer(transfer.pk, "waybill")
    drain()
    assert door.said(shirt) == iso(4) == door.day(shirt)
    expect_transfer(transfer.pk, DAY + timedelta(days=7))
    drain()
    assert door.said(shirt) == iso(7)
    expect_transfer(transfer.pk, None)
    drain()
    assert door.said(shirt) is None
    expect_transfer(transfer.pk, DAY + timedelta(days=8))
    receive_transfer(transfer.pk, "note", [Arrival(str(lines(transfer)[0].pk), 0, 3)], note="sunk")
    drain()
    assert (door.said(shirt), door.day(shirt)) == (None, None)


def test_what_does_not_track_stock_is_never_sold_out(door: Door) -> None:
    card = door.data.make_variant(tracks_stock=False)
    door.owe(card, 5, on=DAY + timedelta(days=6))
    beat()
    assert (door.said(card), door.day(card)) == (None, None)


def test_what_visitors_do_not_see_has_no_day(door: Door) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    door.data.hide(shirt)
    beat()
    assert (door.said(shirt), door.day(shirt)) == (None, None)


def test_warehouses_that_serve_nobody_do_not_count(door: Door) -> None:
    shelf = door.data.make_warehouse(countries=[], channels=())
    door.no_shipping(shelf)
    shirt = door.data.make_variant(stock={door.source: 0, shelf: 9})
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    door.owe(shirt, 5, on=DAY + timedelta(days=2), house=shelf)
    beat()
    assert door.said(shirt) == iso(6) == door.day(shirt)


def test_channels_that_differ_are_told_one_by_one(door: Door) -> None:
    if not door.data.channels:
        pytest.skip("This Saleor has no channels.")
    shirt = door.sold_out()
    far = door.elsewhere(shirt)
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    beat()
    assert door.said(shirt) is None
    assert (door.day(shirt), door.day(shirt, "elsewhere")) == (iso(6), None)
    door.owe(shirt, 5, on=DAY + timedelta(days=6), house=far)
    drain()
    assert door.said(shirt) == iso(6) == door.day(shirt, "elsewhere")


def test_countries_are_told_apart(door: Door) -> None:
    shirt = door.sold_out()
    abroad = door.data.make_warehouse(country="DE", countries=["DE"])
    door.data.set_stock(shirt, abroad, 0)
    door.owe(shirt, 5, on=DAY + timedelta(days=6), house=abroad)
    assert door.day(shirt, country="de") == iso(6) == door.day(shirt)
    assert door.day(shirt, country="US") is None


def test_repeating_writes_nothing(door: Door) -> None:
    shirt = door.sold_out()
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    assert [publish([shirt.id]) for _ in range(3)] == [1, 0, 0]
    changed = ExpectedBack.objects.get().changed
    with CaptureQueriesContext(connection) as asked:
        beat()
    assert not [q for q in asked.captured_queries if "metadata" in q["sql"] and q["sql"].startswith("UPDATE")]
    assert ExpectedBack.objects.get().changed == changed


def test_other_metadata_stays_and_what_others_wrote_is_put_right(door: Door) -> None:
    shirt = door.data.make_variant(stock={door.source: 0}, metadata={"mine": "x"})
    theirs = door.data.make_variant(stock={door.source: 0}, metadata={KEY: "in spring"})
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    door.owe(theirs, 5, on=DAY + timedelta(days=6), approve=False)
    beat()
    publish([theirs.id])
    assert door.metadata(shirt) == {"mine": "x", KEY: iso(6)}
    assert door.metadata(theirs) == {KEY: "in spring"}, "it never had a day of ours"
    door.data.shop.set_variant_metadata(shirt.id, {KEY: "tomorrow"})
    publish([shirt.id])
    assert door.said(shirt) == iso(6)
    door.data.shop.set_variant_metadata(shirt.id, {KEY: None})
    publish([shirt.id])
    assert door.said(shirt) == iso(6)


def test_a_day_that_somebody_wrote_before_us_is_ours_from_then_on(door: Door) -> None:
    shirt = door.data.make_variant(stock={door.source: 0}, metadata={KEY: iso(6)})
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    cancel_order(order.pk)
    drain()
    assert door.said(shirt) is None


@pytest.mark.parametrize("off", ["setting", "plugin"])
def test_switched_off_the_days_are_removed(door: Door, off: str, at: Any) -> None:
    shirts = [door.sold_out() for _ in range(3)]
    for shirt in shirts:
        door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    assert [door.said(shirt) for shirt in shirts] == [iso(6)] * 3
    if off == "setting":
        door.configure(show_expected_back=False)
    else:
        door.data.configure_plugin(PLUGIN_ID, active=False)
    assert door.day(shirts[0]) is None
    beat()
    assert [door.metadata(shirt) for shirt in shirts] == [{}] * 3
    asked = len(events(verbs.PAGE_DUE))
    at(NOON + timedelta(hours=1))
    beat()
    assert len(events(verbs.PAGE_DUE)) == asked, "nothing is left to look at"


def test_a_deleted_variant_is_forgotten(door: Door) -> None:
    shirt = door.sold_out()
    order = door.owe(shirt, 5, on=DAY + timedelta(days=6))
    drain()
    key = from_global(shirt.id, "ProductVariant")
    door.data.model("product.ProductVariant").objects.filter(pk=key).delete()
    beat()
    assert not ExpectedBack.objects.exists()
    cancel_order(order.pk)
    drain()


def test_pages_cost_the_same_queries_and_go_on_after_a_kill(door: Door, monkeypatch: Any) -> None:
    shirts = [door.sold_out() for _ in range(7)]
    for shirt in shirts:
        door.owe(shirt, 5, on=DAY + timedelta(days=6))
    publish([shirt.id for shirt in shirts])

    def cost(some: list[Variant]) -> int:
        with CaptureQueriesContext(connection) as asked:
            publish([shirt.id for shirt in some])
        return len(asked)

    assert cost(shirts[:1]) == cost(shirts)
    PurchaseOrder.objects.update(expected_on=DAY + timedelta(days=9))
    monkeypatch.setattr(verbs, "PAGE", 3)
    real = verbs._publish
    done: list[str] = []

    def dies(variant_id: str) -> int:
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(variant_id)
        return real(variant_id)

    monkeypatch.setattr(verbs, "_publish", dies)
    registry.sweepers["restock.expected_back"]()
    with pytest.raises(KeyboardInterrupt):
        drain()
    monkeypatch.setattr(verbs, "_publish", real)
    later = clock.now() + timedelta(minutes=6)
    monkeypatch.setattr(clock, "now", lambda: later)
    drain()
    assert {door.said(shirt) for shirt in shirts} == {iso(9)}
    assert len(done) == len(set(done)) == 4


def test_the_beat_looks_once_in_a_while(door: Door, at: Any) -> None:
    for minutes in (0, 1, 4, 5, 6):
        at(NOON + timedelta(minutes=minutes))
        tasks.look()
    assert len(events(verbs.PAGE_DUE)) == 2


def test_anybody_may_ask_and_learns_only_days(door: Door) -> None:
    shirt, coat = door.sold_out(), door.data.make_variant(stock={door.source: 4})
    door.owe(shirt, 5, on=DAY + timedelta(days=6))
    ids = [shirt.id, "x", coat.id, to_global("ProductVariant", 2_000_000_000), shirt.id]
    query = "query($ids: [ID!]!) { expectedBack(variantIds: $ids) { variantId day } }"
    found = ask(None, query, ids=ids)["data"]["expectedBack"]
    assert [row["variantId"] for row in found] == ids
    assert [row["day"] for row in found] == [iso(6), None, None, None, iso(6)]
    (error,) = ask(None, query, ids=["x"] * 101)["errors"]
    assert error["extensions"]["exception"]["field"] == "variantIds"


def test_asking_costs_the_same_queries_however_many(door: Door) -> None:
    shirts = [door.sold_out() for _ in range(6)]
    for shirt in shirts:
        door.owe(shirt, 5, on=DAY + timedelta(days=6))
    query = "query($ids: [ID!]!) { expectedBack(variantIds: $ids) { day } }"

    def cost(some: list[Variant]) -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = ask(None, query, ids=[shirt.id for shirt in some])
        assert {row["day"] for row in answer["data"]["expectedBack"]} == {iso(6)}
        return len(asked)

    assert cost(shirts[:1]) == cost(shirts)
