"""What a run writes: transfers first, the best use of a budget, and small drafts approved by itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind, Variant, Warehouse
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import (
    Budget,
    ExchangeRate,
    ForecastMade,
    Promotion,
    PurchaseOrder,
    PurchaseOrderLine,
    ShopFigure,
    StockAlert,
    SuggestedTransfer,
    Suggestion,
    Supplier,
    Transfer,
    TransferLane,
    TransferLine,
)
from saleor_plugins.restock.schema import view
from saleor_plugins.restock.usecases.approve_order import approve_order
from saleor_plugins.restock.usecases.approve_transfer import approve_transfer
from saleor_plugins.restock.usecases.create_order import create_order
from saleor_plugins.restock.usecases.create_transfer import Wanted as Moved
from saleor_plugins.restock.usecases.create_transfer import create_transfer
from saleor_plugins.restock.usecases.order_lines import Wanted
from saleor_plugins.restock.usecases.receive_order import receive_order
from saleor_plugins.restock.usecases.replenish import replenish
from saleor_plugins.restock.usecases.suggest import suggest
from saleor_plugins.restock.usecases.suppliers import create_supplier, set_reorder_policy
from tests.shopdata import request

from .rooms import Room, events


def drafted() -> dict[str, int]:
    return dict(PurchaseOrderLine.objects.filter(draft=True).values_list("variant_id", "ordered"))


def moved() -> list[tuple[str, str, int]]:
    rows = TransferLine.objects.filter(draft=True).order_by("quantity")
    return list(rows.values_list("source_id", "target_id", "quantity"))


@pytest.fixture
def other(room: Room) -> Warehouse:
    """A second warehouse, two days away."""
    house: Warehouse = room.data.make_warehouse(country="DE", countries=["DE"])
    TransferLane.objects.create(source_id=house.id, target_id=room.house.id, days=2)
    return house


def spread(room: Room, other: Warehouse, here: int, there: int, minimum: int = 20, **terms: Any) -> Variant:
    """A variant in both warehouses, that must not run below `minimum` in either."""
    variant: Variant = room.data.make_variant(stock={room.house: here, other: there})
    room.sells(variant, **terms)
    set_reorder_policy(variant.id, None, minimum)
    return variant


def budget(amount: int, currency: str = "USD") -> Budget:
    return Budget.objects.create(
        name="Spring", amount=amount, currency=currency, since=date(2020, 1, 1), until=date(2100, 1, 1)
    )


def valued(room: Room, minimum: int, value: int, **terms: Any) -> Variant:
    """A variant that sells `value` units a day, of which there are none."""
    variant = room.make_low(0, minimum, **terms)
    room.sell_daily(variant, value, days=30)
    return variant


# Transfers


def test_a_warehouse_with_too_many_helps_before_anything_is_bought(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=3, there=60)
    done = suggest()
    assert moved() == [(other.id, room.house.id, 17)]
    assert drafted() == {}
    (row,) = Suggestion.objects.all()
    assert (row.need, row.transferred, row.quantity, row.line) == (17, 17, 0, None)
    assert SuggestedTransfer.objects.get().line == TransferLine.objects.get(variant_id=variant.id)
    assert any("can spare 17 units" in said for said in row.explanation)
    (told,) = events("transfer.proposed")
    assert told["number"] == Transfer.objects.get(pk=done.transfer_ids[0]).number


def test_a_second_run_moves_nothing_more_and_what_is_promised_is_not_promised_again(
    room: Room, other: Warehouse
) -> None:
    spread(room, other, here=3, there=60)
    for _ in range(3):
        done = suggest()
    assert moved() == [(other.id, room.house.id, 17)]
    approve_transfer(done.transfer_ids[0])
    suggest()
    assert (moved(), drafted()) == ([], {})
    assert Suggestion.objects.count() == 0


def test_what_the_other_cannot_spare_is_bought(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=3, there=25)
    suggest()
    assert moved() == [(other.id, room.house.id, 5)]
    assert drafted() == {variant.id: 12}


def test_units_promised_to_orders_are_not_spared(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=20, there=60)
    room.data.make_order([(variant, 35)], allocate={other: 35})
    room.data.set_stock(variant, room.house, 3)
    suggest()
    assert moved() == [(other.id, room.house.id, 5)]


def test_a_draft_transfer_follows_the_need_and_leaves_with_it(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=3, there=60)
    suggest()
    room.data.set_stock(variant, room.house, 8)
    suggest()
    assert moved() == [(other.id, room.house.id, 12)]
    room.data.set_stock(variant, room.house, 20)
    suggest()
    assert moved() == []
    assert Transfer.objects.get().state == "CANCELED"


def test_a_transfer_planned_by_hand_stays_and_counts(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=3, there=60)
    create_transfer(other.id, room.house.id, [Moved(variant.id, 4)])
    suggest()
    (line,) = TransferLine.objects.all()
    assert (line.quantity, line.by_hand) == (4, True)
    assert drafted() == {variant.id: 13}, "one draft for each way and variant: the rest is bought"
    suggest()
    assert (TransferLine.objects.get().quantity, drafted()) == (4, {variant.id: 13})


def test_a_look_at_one_warehouse_keeps_what_others_were_promised(room: Room, other: Warehouse) -> None:
    third = room.data.make_warehouse(country="PL", countries=["PL"])
    TransferLane.objects.create(source_id=other.id, target_id=third.id, days=2)
    variant = spread(room, other, here=20, there=37)
    room.data.set_stock(variant, third, 3)
    suggest()
    assert moved() == [(other.id, third.id, 17)]
    room.data.set_stock(variant, room.house, 3)
    suggest(warehouse_id=room.house.id)
    assert moved() == [(other.id, third.id, 17)]
    assert drafted() == {variant.id: 17}


# Money


def test_a_budget_buys_what_waiting_would_cost_most(room: Room) -> None:
    slow, quick = valued(room, 10, 1), valued(room, 10, 9)
    replenish()
    whole = drafted()
    assert set(whole) == {slow.id, quick.id}
    budget(whole[quick.id] * 400)
    replenish()
    assert drafted() == {quick.id: whole[quick.id]}
    told = Suggestion.objects.get(variant_id=slow.id)
    assert (told.line, told.quantity) == (None, whole[slow.id])
    assert "OVER_BUDGET" in told.flags
    assert told.explanation[-1].startswith("Check: the budget Spring has 0.00 USD left")
    for _ in range(2):
        replenish()
        assert drafted() == {quick.id: whole[quick.id]}


def test_a_budget_is_filled_in_whole_packs_and_not_below_one(room: Room) -> None:
    variant = room.make_low(0, 20, pack=6)
    row = budget(2_000)
    suggest()
    assert drafted() == {}
    assert "below the least that can be ordered" in Suggestion.objects.get().explanation[-1]
    row.amount = 24 * 400
    row.save()
    suggest()
    assert drafted() == {variant.id: 24}
    row.amount = 15 * 400
    row.save()
    suggest()
    assert drafted() == {variant.id: 12}
    assert "12 of 24 units are ordered" in Suggestion.objects.get().explanation[-1]


def test_what_was_approved_and_what_a_person_drafted_is_spent(room: Room) -> None:
    budget(100 * 400)
    first = room.make_low(0, 60)
    (order_id,) = suggest().order_ids
    approve_order(order_id)
    by_hand = room.data.make_variant(stock={room.house: 0})
    create_order(room.supplier.pk, room.house.id, [Wanted(by_hand.id, 30, "4.00")], currency="USD")
    last = room.make_low(0, 50)
    suggest()
    assert drafted() == {by_hand.id: 30, last.id: 10}
    assert first.id not in drafted()


def test_a_budget_in_a_currency_without_a_rate_buys_nothing(room: Room) -> None:
    variant = room.make_low(0, 5)
    budget(10**9, "EUR")
    suggest()
    assert drafted() == {}
    assert "no rate into the currency" in Suggestion.objects.get().explanation[-1]
    ExchangeRate.objects.create(currency="USD", into="EUR", rate="0.5", since=date(2020, 1, 1))
    suggest()
    assert drafted() == {variant.id: 5}


def test_a_draft_below_its_suppliers_minimum_is_flagged_and_waits(room: Room) -> None:
    room.configure(auto_approve="1000 USD")
    Supplier.objects.filter(pk=room.supplier.pk).update(minimum=5_000, minimum_currency="USD")
    room.make_low(0, 5)
    for _ in range(2):
        suggest()
        row = Suggestion.objects.get()
        assert row.flags == ["BELOW_SUPPLIER_MINIMUM"]
        assert row.explanation[-1] == (
            "Check: the whole order is 20.00 USD and Acme takes none below 50.00 USD."
        )
    room.make_low(0, 10)
    suggest()
    assert PurchaseOrder.objects.get().state == "APPROVED", "together they are 60.00 USD"


def test_small_drafts_without_a_flag_are_approved_once(room: Room) -> None:
    room.configure(auto_approve="80.00 USD, 5 EUR")
    variant = room.make_low(0, 19)
    for _ in range(3):
        suggest()
    (order,) = PurchaseOrder.objects.all()
    assert (order.state, order.approved_by) == ("APPROVED", "")
    assert order.lines.get().variant_id == variant.id
    assert len(events("purchase_order.approved")) == len(events("purchase_order.proposed")) == 1


@pytest.mark.parametrize(
    "limit", ["", "76 USD", "1000 EUR"], ids=["no limit", "not below it", "another currency"]
)
def test_other_drafts_wait_for_a_person(room: Room, limit: str) -> None:
    room.configure(auto_approve=limit)
    room.make_low(0, 19)
    suggest()
    assert PurchaseOrder.objects.get().state == "DRAFT"


def test_a_flag_or_a_line_by_hand_stops_the_whole_draft(room: Room) -> None:
    room.configure(auto_approve="1000 USD")
    variant = room.data.make_variant(stock={room.house: 0})
    create_order(room.supplier.pk, room.house.id, [Wanted(variant.id, 1, "4.00")], currency="USD")
    room.make_low(0, 5)
    suggest()
    assert PurchaseOrder.objects.get().state == "DRAFT"


def test_a_line_by_hand_is_never_lowered_or_removed(room: Room) -> None:
    variant = room.make_low(0, 20)
    create_order(room.supplier.pk, room.house.id, [Wanted(variant.id, 3, "4.00")], currency="USD")
    for _ in range(2):
        suggest()
        assert drafted() == {variant.id: 3}
        assert Suggestion.objects.get().need == 17


# Who sells it


def test_the_supplier_who_is_cheaper_with_the_days_rate_is_taken(room: Room) -> None:
    variant = room.make_low(0, 10, price="4.00", lead_days=2)
    euro = create_supplier("Bolt")
    room.sells(variant, price="3.00", currency="EUR", supplier=euro, lead_days=9)
    suggest()
    row = Suggestion.objects.get()
    assert (row.supplier, row.flags) == (room.supplier, ["MIXED_CURRENCIES"])
    ExchangeRate.objects.create(currency="EUR", into="USD", rate="1.10", since=date(2020, 1, 1))
    suggest()
    row = Suggestion.objects.get()
    assert (row.supplier, row.flags) == (euro, [])
    assert (row.price, row.price_currency, row.amount, row.currency) == (300, "EUR", 3_300, "USD")


def test_a_price_break_is_in_the_order(room: Room) -> None:
    item = room.sells(room.make_low(0, 11), price="10.00")
    item.breaks = [[12, 800]]
    item.save()
    suggest()
    line = PurchaseOrderLine.objects.get()
    assert (line.ordered, line.price) == (12, 800)
    assert "12 units cost 8.00 USD each instead of 10.00 USD" in " ".join(
        Suggestion.objects.get().explanation
    )


# Whole shops and changing ones


def test_a_look_at_a_part_uses_what_a_look_at_the_whole_found(room: Room) -> None:
    category = room.data.make_category()
    young = room.data.make_variant(stock={room.house: 0}, category=category)
    for variant in (
        young,
        *(room.data.make_variant(stock={room.house: 0}, category=category) for _ in range(3)),
    ):
        room.sells(variant)
        room.sell_daily(variant, 5 if variant != young else 1, days=60 if variant != young else 2)
    replenish()
    assert ShopFigure.objects.get(kind="PACE", key=category).value > 1
    whole = Suggestion.objects.get(variant_id=young.id)
    assert whole.demand_per_day > 0.5, "two sales in 28 days alone would be 0.07"
    assert any("Products of its category" in said for said in whole.explanation)
    assert {row.abc for row in Suggestion.objects.all()} <= {"A", "B", "C"}
    suggest(variant_ids=[young.id])
    again = Suggestion.objects.get(variant_id=young.id)
    assert (again.target, again.abc) == (whole.target, whole.abc)


def test_what_never_sold_is_not_bought_because_others_sell(room: Room) -> None:
    selling, dead = (room.data.make_variant(stock={room.house: 0}) for _ in range(2))
    for variant in (selling, dead):
        room.sells(variant)
    room.sell_daily(selling, 5)
    replenish()
    assert set(drafted()) == {selling.id}


def test_stock_that_came_between_assessing_and_drafting_is_not_ordered(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from saleor_plugins.restock.usecases import suggest as module

    came, waits = room.make_low(2, 20), room.make_low(2, 20)
    real = module.draft_orders

    def late(*args: Any, **kwargs: Any) -> Any:
        if room.on_hand(came.id) == 2:
            room.data.set_stock(came, room.house, 10)
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "draft_orders", late)
    suggest()
    assert drafted() == {came.id: 10, waits.id: 18}, "the second look is at what moved"
    assert Suggestion.objects.get(variant_id=came.id).on_hand == 10


def test_a_variant_that_moves_and_leaves_meanwhile_stops_no_run(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from saleor_plugins.restock.usecases import suggest as module

    gone, stays = room.make_low(2, 20), room.make_low(2, 20)
    order = room.data.make_order([(gone, 1)], allocate=False, paid=False)
    real = module.draft_orders

    def late(*args: Any, **kwargs: Any) -> Any:
        if room.data.shop.variants([gone.id]):
            room.data.set_stock(gone, room.house, 19)
            done = real(*args, **kwargs)
            room.data.drop_variant(order)
            return done
        return real(*args, **kwargs)

    monkeypatch.setattr(module, "draft_orders", late)
    suggest()
    assert drafted() == {stays.id: 18}
    monkeypatch.undo()
    suggest()
    assert set(Suggestion.objects.values_list("variant_id", flat=True)) == {stays.id}


def test_pages_with_lanes_budgets_and_sales_cost_the_same_queries(room: Room, other: Warehouse) -> None:
    budget(10**9)

    def count(more: int) -> int:
        for _ in range(more):
            variant = spread(room, other, here=0, there=25)
            room.data.make_sale(variant, 1, clock.now() - timedelta(days=1))
        with CaptureQueriesContext(connection) as queries:
            replenish()
        return len(queries)

    count(2)
    assert count(1) == count(12)


# Promotions and forecasts


def test_a_promotion_is_no_lasting_demand_and_a_coming_one_is_prepared_for(room: Room) -> None:
    plain, pushed = (room.data.make_variant(stock={room.house: 0}) for _ in range(2))
    for variant in (plain, pushed):
        room.sells(variant)
        for back in range(1, 61):
            units = 20 if 20 <= back < 34 else 2
            room.data.make_sale(variant, units, clock.now() - timedelta(days=back))
    today = clock.day_of(clock.now(), room.data.shop.time_zone())
    row = Promotion.objects.create(
        name="Fair", variant_id=pushed.id, since=today - timedelta(days=33), until=today - timedelta(days=20)
    )
    replenish()
    found = {each.variant_id: each for each in Suggestion.objects.all()}
    assert found[pushed.id].expected < 0.7 * found[plain.id].expected
    assert "14 days of promotions count as" in " ".join(found[pushed.id].explanation)
    assert ShopFigure.objects.get(kind="UPLIFT").value == pytest.approx(8, abs=2)
    row.pk, row.since, row.until, row.uplift = None, today, today + timedelta(days=30), 3
    row.save()
    before = found[pushed.id]
    replenish()
    after = Suggestion.objects.get(variant_id=pushed.id)
    assert after.expected == pytest.approx(3 * before.expected, rel=0.01)
    assert after.reorder_point > before.reorder_point
    assert "3 times the usual" in " ".join(after.explanation)


def test_what_is_expected_is_kept_once_a_week(room: Room) -> None:
    variant = room.data.make_variant(stock={room.house: 1_000})
    room.sells(variant, lead_days=6)
    room.sell_daily(variant, 2)
    for _ in range(2):
        replenish()
    (kept,) = ForecastMade.objects.all()
    assert (kept.variant_id, kept.warehouse_id, kept.days) == (variant.id, room.house.id, 7)
    assert kept.expected == pytest.approx(14, abs=1)
    assert not Suggestion.objects.exists(), "it is not short"
    ForecastMade.objects.update(made_on=kept.made_on - timedelta(days=6))
    replenish()
    assert ForecastMade.objects.count() == 1
    ForecastMade.objects.update(made_on=kept.made_on - timedelta(days=7))
    replenish()
    assert ForecastMade.objects.count() == 2


def test_the_api_tells_every_number(room: Room, other: Warehouse) -> None:
    variant = spread(room, other, here=3, there=25, price="2.50")
    room.sell_daily(variant, 1, days=3)
    replenish()
    token = room.data.make_asker(AskerKind.STAFF, "MANAGE_PRODUCTS")[1]
    fields = (
        "need transferred quantity price { amount currency } amount { amount } weekLate { amount } abc xyz"
    )
    ways = "incoming outgoing transfers { sourceId quantity transferId }"
    query = f"{{ suggestions {{ edges {{ node {{ {fields} {ways} }} }} }} restockRuns {{ edges {{ node {{ state needs }} }} }} }}"
    data = json.loads(view(request(token, {"query": query})).content)["data"]
    (node,) = [edge["node"] for edge in data["suggestions"]["edges"]]
    row, transfer = Suggestion.objects.get(), Transfer.objects.get()
    assert node["price"] == {"amount": "2.50", "currency": "USD"}
    assert node["amount"] == {"amount": f"{row.quantity * 2.5:.2f}"}
    assert node["weekLate"] == {"amount": f"{row.value / 100:.2f}"}
    assert node["transfers"] == [
        {
            "sourceId": other.id,
            "quantity": row.transferred,
            "transferId": to_global("Transfer", transfer.pk),
        }
    ]
    assert (node["need"], node["abc"], node["xyz"]) == (row.need, "A", row.xyz)
    assert data["restockRuns"]["edges"] == [{"node": {"state": "DONE", "needs": 1}}]


def test_shoppers_who_wait_are_told_of(room: Room) -> None:
    variant = room.make_low(0, 5)
    for number, state in enumerate(("WAITING", "WAITING", "SENT")):
        StockAlert.objects.create(
            variant_id=variant.id,
            email=f"{number}@example.com",
            digest=str(number),
            state=state,
            created=clock.now(),
        )
    suggest()
    assert "2 shoppers wait for a mail that it is back." in Suggestion.objects.get().explanation


def test_what_its_deliveries_took_is_the_lead_time(room: Room) -> None:
    variant = room.data.make_variant(stock={room.house: 0})
    room.sells(variant, lead_days=5)
    room.sell_daily(variant, 2)
    replenish()
    before = Suggestion.objects.get()
    assert (before.lead_days, before.lead_deviation) == (5, 0.5)
    order = approve_order(PurchaseOrder.objects.get().pk)
    line = order.lines.get()
    month_ago = clock.now() - timedelta(days=30)
    PurchaseOrder.objects.filter(pk=order.pk).update(approved_at=month_ago)
    PurchaseOrderLine.objects.filter(pk=line.pk).update(since=month_ago)
    receive_order(order.pk, "note", [Arrival(str(line.pk), line.ordered)])
    room.data.set_stock(variant, room.house, 0)
    suggest()
    after = Suggestion.objects.get()
    assert after.lead_days > 7 and after.lead_deviation > 1
    assert after.reorder_point > before.reorder_point
    assert "learned from 1 delivery" in " ".join(after.explanation)


def test_the_merchants_own_level_and_no_reorder(room: Room) -> None:
    low, high, never = (room.data.make_variant(stock={room.house: 0}) for _ in range(3))
    for variant, level in ((low, 0.6), (high, 0.99), (never, None)):
        room.sells(variant)
        room.sell_daily(variant, 2, days=20)
        policy = set_reorder_policy(variant.id, None, 0, None)
        type(policy).objects.filter(pk=policy.pk).update(service_level=level, reorder=variant != never)
    replenish()
    found = {row.variant_id: row for row in Suggestion.objects.all()}
    assert set(found) == {low.id, high.id}
    assert found[low.id].reorder_point < found[high.id].reorder_point
    assert (found[low.id].service_level, found[high.id].service_level) == (0.6, 0.99)
