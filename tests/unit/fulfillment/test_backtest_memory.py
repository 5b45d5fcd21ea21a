"""The replay's own ledger against an independent one: the in-memory shop with all its checks."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from saleor_plugins.fulfillment.domain.backtest.replay import TODAY, Column, Past, Scenario
from saleor_plugins.fulfillment.domain.calendar import EVERY_DAY, Calendar
from saleor_plugins.fulfillment.domain.facts import Line, Place, Profile, Source
from saleor_plugins.fulfillment.domain.policy import Policy
from saleor_plugins.fulfillment.domain.rates.table import default_table
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.record import slots
from saleor_plugins.platform.port import Allocation, ShipItem
from tests.shopdata import memory_world

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
COUNTRIES = ["DE", "FR", "PL"]


@pytest.mark.parametrize("seed", range(4))
def test_every_order_gets_what_it_would_get_in_the_shop(seed):
    """Orders are placed, allocated as decided and shipped in the shop; the replay decides the same."""
    rng = random.Random(seed)
    w = memory_world()
    shelves = [w.make_warehouse(country=c, countries=COUNTRIES) for c in (*COUNTRIES, "DE")]
    goods = [
        w.make_variant(stock={shelf: rng.randint(0, 9) for shelf in shelves}, weight_grams=300)
        for _ in range(6)
    ]
    places = [
        Source(
            row.id, row.name, Place(row.address.country), row.countries, row.channels,
            profile=Profile(
                calendar=Calendar(working_days=EVERY_DAY), safety_stock=rng.choice((0, 1)),
                daily_parcels=rng.choice((None, 2)),
            ),
        )
        for row in shelves
    ]  # fmt: skip
    rates = default_table("EUR", set(COUNTRIES))
    policy = Policy(most_parcels=rng.choice((None, 2)))
    column = Column(Scenario(TODAY, rates, {"": policy}, {row.id: row.profile for row in places}), places)
    units = defaultdict(dict)
    for stock in w.stocks([row.id for row in goods]):
        units[stock.warehouse_id][stock.variant_id] = stock.free
    column.shelves.put(units)
    planned = {row.id: defaultdict(int) for row in places}
    for n in range(40):
        wanted = [(row, rng.randint(1, 3)) for row in rng.sample(goods, rng.randint(1, 3))]
        country = rng.choice(COUNTRIES)
        order = w.make_order(
            wanted, country=country, allocate=False, created=START + timedelta(hours=6 * n), paid=False
        )
        lines = tuple(Line(row.id, row.name, row.variant_id, row.quantity, 300) for row in order.lines)
        past = Past(order.id, order.number, order.created, lines, Place(country), order.channel)
        found = column.serve(past)
        sources = tuple(
            replace(
                place,
                planned=planned[place.id],
                free={
                    stock.variant_id: stock.free
                    for stock in w.stocks([row.id for row in goods])
                    if stock.warehouse_id == place.id
                },
            )
            for place in places
        )
        there = decide(replace(column.request(past), sources=sources), compare=False)
        assert slots(found.parcels) == slots(there.parcels)
        assert (found.cost, found.arrives_on) == (there.cost, there.arrives_on)
        plan = [Allocation(*slot, count) for slot, count in slots(there.parcels).items()]
        w.allocate(order.id, plan)
        for parcel in there.parcels:
            planned[parcel.warehouse_id][parcel.ship_on] += 1
        if plan:
            w.fulfill(order.id, [ShipItem(row.line_id, row.warehouse_id, row.quantity) for row in plan])
    for stock in w.stocks([row.id for row in goods]):
        assert column.shelves.left[stock.warehouse_id][stock.variant_id] == stock.on_hand
    assert column.tally.parcels > 20
