"""What a decision is made from: read whole, in few queries, however many orders and warehouses."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.fulfillment.domain.facts import Kind
from saleor_plugins.fulfillment.models import PlannedParcel, RoutedOrder, Turndown, WarehouseProfile
from saleor_plugins.fulfillment.usecases.load import load, load_many
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.fulfillment.usecases.set_policy import set_policy
from saleor_plugins.fulfillment.usecases.set_profile import set_profile
from saleor_plugins.fulfillment.usecases.set_rates import replace_rates
from saleor_plugins.kernel import clock


def source(facts, warehouse):
    return next(row for row in facts.request.sources if row.id == warehouse.id)


def test_an_order_is_read_whole(router) -> None:
    berlin = router.w.make_warehouse("Berlin", country="DE", city="Berlin", postal_code="10115")
    kind = {"shipping_class": "Dangerous, OVERSIZE,,"}
    shirt = router.w.make_variant(stock={berlin: 7}, weight_grams=300, type_metadata=kind)
    cap = router.w.make_variant(stock={berlin: 1}, metadata={"bundle": " kit ", "shipping_class": "fragile"})
    made = router.w.make_order(
        [(shirt, 2), (cap, 1)],
        country="FR",
        city="Paris",
        postal_code="75001",
        shipping_method=" Express ",
    )
    facts = load(made)
    request = facts.request
    lines = sorted(request.lines, key=lambda line: line.bundle)
    assert [(line.quantity, line.grams, line.bundle) for line in lines] == [(2, 300, ""), (1, None, "kit")]
    assert lines[0].classes == {"dangerous", "oversize"}
    assert lines[1].classes == {"fragile"}
    assert all(line.product_type_id for line in lines)
    assert (request.country, request.service, request.placed) == ("FR", "Express", made.created)
    assert request.destination.position == pytest.approx((48.85, 2.35), abs=0.1)
    here = source(facts, berlin)
    assert here.place.position == pytest.approx((52.5, 13.4), abs=0.1)
    assert here.free == {shirt.id: 7, cap.id: 1}  # its own units count as free
    assert here.profile.calendar.holidays == "DE"
    assert sum(facts.held.values()) == 3
    assert {row.variant_id for row in facts.stocks} == {shirt.id, cap.id}
    assert request.rates.name == "Default" and request.rates.currency == made.currency


def test_the_merchants_word_counts(router) -> None:
    here = router.w.make_warehouse("Here")
    made = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    replace_rates("DHL", "USD", [{"base": "5"}], activate=True)
    set_profile(
        here.id,
        {
            "kind": "STORE",
            "latitude": 1,
            "longitude": 2,
            "safetyStock": 4,
            "excludedClasses": ["Dangerous"],
            "cutOff": "15:00",
            "closedDays": [date(2026, 12, 24)],
            "holidays": "NONE",
            "timeZone": "Asia/Tokyo",
            "handlingPerUnit": "0.10",
        },
    )
    set_policy("", {"objective": "PARCELS", "latePerDay": "1.00"})
    set_policy(made.channel or "other", {"mostParcels": 1} if made.channel else {"mostParcels": 9})
    facts = load(made)
    row, profile = source(facts, here), source(facts, here).profile
    assert facts.request.rates.name == "DHL"
    assert row.place.position == (1.0, 2.0)
    assert row.units(made.lines[0].variant_id) == 1
    assert (profile.kind, profile.handling_unit, profile.currency) == (Kind.STORE, 10, "USD")
    assert profile.excluded_classes == {"dangerous"}
    calendar = profile.calendar
    assert (calendar.cut_off, calendar.time_zone, calendar.holidays) == (time(15), "Asia/Tokyo", "")
    assert not calendar.works(date(2026, 12, 24)) and calendar.works(date(2026, 12, 25))
    policy = facts.request.policy
    if made.channel:
        assert (policy.most_parcels, policy.late_per_day) == (1, 0)
    else:
        assert (policy.objective.value, policy.late_per_day) == ("PARCELS", 100)


def test_amounts_in_another_currency_count_nothing(router) -> None:
    here = router.w.make_warehouse()
    made = router.w.make_order([(router.w.make_variant(stock={here: 5}), 2)])
    set_policy("", {"latePerDay": "1.00", "currency": "EUR"})  # without a card, USD rates are built in
    assert load(made).request.policy.late_per_day == 0


def test_parcels_of_others_are_planned_and_turndowns_count(router) -> None:
    here, there = router.w.make_warehouse(), router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50, there: 50})
    first, second = (router.w.make_order([(shirt, 1)]) for _ in range(2))
    WarehouseProfile.objects.create(warehouse_id=here.id, daily_parcels=5, working_days=list(range(7)))
    for made in (first, second):
        route_order(made.id)
    ids = set(PlannedParcel.objects.values_list("warehouse_id", flat=True))
    assert ids <= {here.id, there.id}
    PlannedParcel.objects.update(warehouse_id=here.id)
    day = PlannedParcel.objects.first().ship_on
    assert day is not None
    old = PlannedParcel.objects.get(order_id=first.id)
    assert source(load(second), here).planned == {day: 1}
    assert source(load(second), there).planned == {}
    PlannedParcel.objects.filter(pk=old.pk).update(ship_on=day - timedelta(days=3))
    assert source(load(second), here).planned == {}
    PlannedParcel.objects.filter(pk=old.pk).update(ship_on=day)
    assert all(source(facts, here).planned == {} for facts in load_many([first, second]))
    now = clock.now()
    common = {"order_id": first.id, "noted": now}
    Turndown.objects.create(**common, warehouse_id=there.id, kind="REJECTED")
    Turndown.objects.create(**common, warehouse_id=here.id, kind="SHORT_PICK", variant_id=shirt.id, found=0)
    Turndown.objects.create(order_id=second.id, noted=now, warehouse_id=here.id, kind="REJECTED", lifted=now)
    one, two = load_many([first, second])
    assert (source(one, there).rejected, source(one, here).rejected) == (True, False)
    assert source(one, here).units(shirt.id) == 0 and source(one, there).units(shirt.id) > 0
    assert not any(row.rejected or row.most for row in two.request.sources)
    assert RoutedOrder.objects.count() == 2


def test_a_planned_day_is_the_warehouses_not_the_shops(router) -> None:
    """Where a warehouse is a day behind the shop, its today still counts."""
    here = router.w.make_warehouse()
    made, other = (router.w.make_order([(router.w.make_variant(stock={here: 5}), 1)]) for _ in range(2))
    set_profile(here.id, {"timeZone": "Pacific/Pago_Pago", "dailyParcels": 1})
    route_order(other.id)
    with time_machine.travel(datetime(2026, 7, 2, 5, tzinfo=UTC), tick=False):  # 1 July, 18:00 there
        PlannedParcel.objects.update(ship_on=date(2026, 7, 1))
        assert source(load(made), here).planned == {date(2026, 7, 1): 1}


def test_a_deleted_warehouse_leaves_its_rates_and_profile_unused(router) -> None:
    here, gone = router.w.make_warehouse(), router.w.make_warehouse()
    made = router.w.make_order([(router.w.make_variant(stock={here: 5}), 1)])
    replace_rates("DHL", "USD", [{"base": "5"}, {"base": "1", "warehouseId": gone.id}], activate=True)
    set_profile(gone.id, {"dailyParcels": 1})
    _delete(gone)
    assert [row.id for row in load(made).request.sources] == [here.id]
    assert route_order(made.id).decision.outcome == "ROUTED"


def _delete(warehouse) -> None:
    from django.apps import apps

    from saleor_plugins.kernel.ids import from_global

    apps.get_model("warehouse", "Warehouse").objects.filter(
        pk=from_global(warehouse.id, "Warehouse")
    ).delete()


def test_as_few_queries_for_many_orders_as_for_one(router) -> None:
    places = [router.w.make_warehouse() for _ in range(3)]
    shirt = router.w.make_variant(stock=dict.fromkeys(places, 500))
    orders = [router.w.make_order([(shirt, 1)]) for _ in range(12)]
    replace_rates("DHL", "USD", [{"base": "5"}], activate=True)
    load_many(orders)

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as found:
            assert len(load_many(orders[:count])) == count
        return len(found)

    assert queries(1) == queries(12) <= 6
    with CaptureQueriesContext(connection) as found:
        load(orders[0], lock=True)
    assert len(found) <= 7
    more = [router.w.make_warehouse() for _ in range(10)]
    assert len(load(orders[0]).request.sources) == 3 + len(more)
    assert queries(1) <= 6
    each = load_many(orders)
    assert [facts.request.lines for facts in each] == [load(order).request.lines for order in orders]
    assert [facts.request.sources for facts in each] == [load(order).request.sources for order in orders]
    assert [facts.held for facts in each] == [load(order).held for order in orders]
