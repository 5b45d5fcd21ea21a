"""The history as everybody reads it: constant queries, whole days, nothing that was not read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.platform.port import Warehouse
from saleor_plugins.restock.domain.histories import RETURNS_TRUST, Histories
from saleor_plugins.restock.models import DailyDemand, DemandCursor, KitPart, StockOut
from saleor_plugins.restock.usecases.read_history import read_history

from .rooms import Room

TODAY = date(2024, 3, 4)
DAYS = 7


def sold(variant_id: str, day: date, units: int, *, country: str = "US", returned: int = 0) -> None:
    DailyDemand.objects.create(
        variant_id=variant_id, day=day, country=country, units=units, returned=returned
    )


def houses(room: Room) -> Mapping[str, Warehouse]:
    return {house.id: house for house in room.data.shop.warehouses()}


def read(room: Room, *variant_ids: str, days: int = DAYS) -> Histories:
    pairs = [(variant, room.house.id) for variant in variant_ids]
    return read_history(variant_ids, houses(room), pairs, TODAY, days)


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_days_end_with_yesterday_and_29_february_is_one(room: Room) -> None:
    for days, units in ((0, 100), (1, 1), (4, 29), (7, 7), (8, 100)):
        sold("v", back(days), units)
    found = read(room, "v")
    assert (found.first, back(4)) == (date(2024, 2, 26), date(2024, 2, 29))
    assert found.units.tolist() == [[7, 0, 0, 29, 0, 0, 1]]
    assert found.in_stock.all()


def test_only_sales_that_had_time_to_come_back_tell_of_returns(room: Room) -> None:
    sold("v", back(31), 30, returned=30)
    sold("v", back(30), 99, returned=0)
    found = read(room, "v", days=60)
    assert found.returned_part.tolist() == [30 / (30 + RETURNS_TRUST)]


def test_stock_outs_are_marked_while_they_last(room: Room) -> None:
    make: Any = StockOut.objects.create
    make(variant_id="v", warehouse_id=room.house.id, since=back(20), until=back(6))
    make(variant_id="v", warehouse_id=room.house.id, since=back(4), until=back(3))
    make(variant_id="v", warehouse_id=room.house.id, since=back(1))
    make(variant_id="v", warehouse_id="elsewhere", since=back(9))
    make(variant_id="w", warehouse_id=room.house.id, since=TODAY + timedelta(days=1))
    found = read(room, "v", "w")
    assert found.in_stock.tolist() == [[False, False, True, False, False, True, False], [True] * 7]


def test_kits_are_read_though_only_their_parts_were_asked_for(room: Room) -> None:
    KitPart.objects.create(kit_id="kit", part_id="a", quantity=2)
    KitPart.objects.create(kit_id="kit", part_id="b", quantity=1)
    sold("kit", back(1), 5)
    found = read(room, "a")
    assert found.units[0, -1] == 10
    assert found.kits == frozenset()
    found = read(room, "kit", "b")
    assert found.units[:, -1].tolist() == [0, 5]
    assert found.kits == {"kit"}


def test_days_that_were_not_read_are_not_days_without_sales(room: Room) -> None:
    sold("v", back(5), 3)
    DemandCursor.objects.create(pk=1, zone="UTC", full_on=TODAY, since=back(6), through=back(2))
    found = read(room, "v")
    assert found.in_stock.tolist() == [[False, True, True, True, True, False, False]]
    DemandCursor.objects.update(through=TODAY)
    assert read(room, "v").in_stock[0, 1:].all()


def test_a_page_of_five_hundred_takes_as_many_queries_as_a_page_of_one(room: Room) -> None:
    many = [f"v{number:03}" for number in range(500)]
    DailyDemand.objects.bulk_create(
        DailyDemand(variant_id=variant, day=back(1 + number % DAYS), country="US", units=1 + number)
        for number, variant in enumerate(many)
    )
    where = houses(room)
    counts = []
    for ids in (many[:1], many):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            found = read_history(ids, where, [(key, room.house.id) for key in ids], TODAY, DAYS)
        counts.append(len(queries))
    assert counts[0] == counts[1] == 4
    assert np.array_equal(found.units.sum(axis=1), np.arange(1, 501))
