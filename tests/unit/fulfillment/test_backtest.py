"""Replaying past orders: what the columns add up to, and what may never happen to their stock."""

from __future__ import annotations

import random
import weakref
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from saleor_plugins.fulfillment.domain.backtest.replay import (
    PIECE,
    PROPOSED,
    SALEOR,
    TODAY,
    Column,
    Past,
    Scenario,
    replay,
)
from saleor_plugins.fulfillment.domain.backtest.stock import ENDLESS, Shelves, Start, beginning
from saleor_plugins.fulfillment.domain.backtest.tally import percentile
from saleor_plugins.fulfillment.domain.calendar import EVERY_DAY, Calendar
from saleor_plugins.fulfillment.domain.facts import Place, Profile, Source
from saleor_plugins.fulfillment.domain.policy import Objective, Policy, Shortage
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.record import slots
from tests.unit.fulfillment.build import EUROPE, line

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
ALWAYS = Calendar(working_days=EVERY_DAY)
PLAIN = RateTable(
    "Plain",
    "EUR",
    (
        Rate(500, origin="DE", destination="DE", transit_days=1),
        Rate(1500, origin="FR", destination="DE", transit_days=3),
    ),
)


def place(key, country="DE", **more):
    profile = Profile(**{"calendar": ALWAYS, **more})
    return Source(key, key.title(), Place(country), EUROPE, profile=profile)


def order(key, *lines, hours=0, country="DE", **more):
    placed = MONDAY + timedelta(hours=hours)
    return Past(key, f"#{key}", placed, tuple(lines), Place(country) if country else None, **more)


def scenario(places, name=TODAY, rates=PLAIN, policy=None, **profiles):
    known = {row.id: profiles.get(row.id, row.profile) for row in places}
    return Scenario(name, rates, {"": policy or Policy()}, known)


def as_saleor(today, *ranking):
    return replace(today, name=SALEOR, ranking={"": ranking})


def run(orders, columns, units):
    def supply(wanted):
        return {key: {v: n for v, n in row.items() if v in wanted} for key, row in units.items()}

    return replay(orders, columns, supply)


def by_name(result):
    return {row["name"]: row for row in result["columns"]}


class TestByHand:
    """A stock of 2 and 5, orders of 2, 3 and 3; the near warehouse closed, or Saleor's order the far one first."""

    @pytest.fixture
    def result(self):
        places = [place("a"), place("b", "FR")]
        today = scenario(places)
        closed = scenario(places, PROPOSED, a=Profile(ships_orders=False, calendar=ALWAYS))
        columns = [Column(one, places) for one in (today, closed, as_saleor(today, "b", "a"))]
        orders = [order(f"o{n}", line("l", "v", units), hours=n) for n, units in enumerate((2, 3, 3))]
        return run(orders, columns, {"a": {"v": 2}, "b": {"v": 5}})

    @pytest.mark.parametrize(
        ("name", "cost", "parcels", "units", "unfilled", "days"),
        [
            (TODAY, 500 + 1500 + 1500, 3, 7, 1, {"1": 1, "3": 2}),
            (PROPOSED, 1500 + 1500, 2, 5, 3, {"3": 2}),
            (SALEOR, 1500 + 1500 + 500, 3, 7, 1, {"1": 1, "3": 2}),
        ],
    )
    def test_a_column(self, result, name, cost, parcels, units, unfilled, days):
        row = by_name(result)[name]
        assert (row["cost"], row["parcels"], row["units"], row["unfilled_units"]) == (
            cost,
            parcels,
            units,
            unfilled,
        )
        assert row["cost_per_unit"] == round(cost / units, 4)
        assert row["days"] == days

    def test_what_differs(self, result):
        assert (result["orders"], result["changed_orders"]) == (3, 2)
        assert (result["fuller_orders"], result["emptier_orders"]) == (0, 1)
        assert result["alike"] == {"orders": 2, "today": 2000, "proposed": 3000}
        assert result["cheaper"] == []
        assert result["dearer"] == [
            {"id": "o0", "number": "#o0", "today": 500, "proposed": 1500, "difference": 1000}
        ]

    def test_the_warehouses(self, result):
        rows = {row["key"]: row for row in by_name(result)[TODAY]["warehouses"]}
        assert (rows["a"]["units"], rows["a"]["parcels"], rows["a"]["cost"]) == (2, 1, 500)
        assert (rows["b"]["units"], rows["b"]["parcels"], rows["b"]["cost"]) == (5, 2, 3000)
        assert rows["b"]["share"] == round(5 / 7, 4)
        assert [row["key"] for row in by_name(result)[PROPOSED]["warehouses"]] == ["b"]
        assert by_name(result)[TODAY]["countries"] == [
            {"key": "DE", "orders": 3, "parcels": 3, "units": 7, "cost": 3500, "share": 1.0}
        ]


def world(seed, orders=60, warehouses=5):
    """Random orders over two weeks, warehouses of every kind and scarce stock."""
    rng = random.Random(seed)
    variants = [f"v{n}" for n in range(8)]
    places = [
        place(
            f"w{n}",
            rng.choice(("DE", "FR", "PL")),
            priority=rng.randint(0, 2),
            handling_parcel=rng.choice((0, 150)),
            currency="EUR",
            safety_stock=rng.choice((0, 0, 2)),
            daily_parcels=rng.choice((None, None, 2)),
            excluded_classes=frozenset(rng.choice(((), (), ("dangerous",)))),
        )
        for n in range(warehouses)
    ]
    rates = tuple(
        Rate(
            rng.randint(300, 900),
            rng.randint(0, 200),
            origin=a,
            destination=b,
            up_to_grams=grams,
            transit_days=2,
        )
        for a in EUROPE
        for b in EUROPE
        for grams in (500, 2000, None)
    )
    past = []
    for n in range(orders):
        lines = [
            line(
                f"l{at}",
                rng.choice(variants),
                rng.randint(1, 3),
                rng.choice((100, 700, None)),
                classes=frozenset(rng.choice(((), ("dangerous",)))),
                bundle=rng.choice(("", "", "set")),
            )
            for at in range(rng.randint(1, 4))
        ]
        past.append(order(f"o{n}", *lines, hours=n * 5, country=rng.choice((*sorted(EUROPE), ""))))
    units = {row.id: {v: rng.randint(-1, 14) for v in variants if rng.random() < 0.7} for row in places}
    return places, RateTable("Random", "EUR", rates), past, units


POLICIES = [
    Policy(),
    Policy(objective=Objective.DAYS, promise_days=2),
    Policy(most_parcels=2),
    Policy(split=False),
    Policy(objective=Objective.PARCELS, shortage=Shortage.WAIT),
]


@pytest.mark.parametrize("seed", range(6))
def test_units_served_and_left_are_what_there_was(seed):
    places, rates, past, units = world(seed)
    policy = POLICIES[seed % len(POLICIES)]
    today = scenario(places, rates=rates)
    columns = [
        Column(one, places)
        for one in (
            today,
            scenario(places, PROPOSED, rates, policy),
            as_saleor(today, *(row.id for row in places)),
        )
    ]
    result = run(past, columns, units)
    asked = sum(row.quantity for one in past for row in one.lines)
    seen = {row.variant_id for one in past for row in one.lines}
    begin = sum(n for row in units.values() for variant, n in row.items() if variant in seen)
    for column, row in zip(columns, result["columns"], strict=True):
        left = sum(n for shelf in column.shelves.left.values() for n in shelf.values())
        assert row["units"] + left == begin
        assert row["units"] + row["unfilled_units"] == asked
        assert all(
            n >= min(units[key][variant], 0)
            for key, shelf in column.shelves.left.items()
            for variant, n in shelf.items()
        )
        assert sum(part["units"] for part in row["warehouses"]) == row["units"] - row["unpriced_units"]
        assert sum(part["cost"] for part in row["warehouses"]) == row["cost"]
        assert sum(part["cost"] for part in row["countries"]) == row["cost"]
        assert sum(row["outcomes"].values()) == len(past)


@pytest.mark.parametrize("policy", POLICIES)
def test_with_endless_stock_today_is_each_order_decided_by_itself(policy):
    places, rates, past, units = world(9)
    places = [replace(row, profile=replace(row.profile, daily_parcels=None)) for row in places]
    units = beginning(Start.UNLIMITED, units, {})
    today = scenario(places, rates=rates, policy=policy)
    column = Column(today, places)
    column.shelves.put(units)
    alone = Column(today, places)
    alone.shelves.put(units)
    for one in past:
        expected = decide(alone.request(one), compare=False)
        found = column.serve(one)
        assert slots(found.parcels) == slots(expected.parcels)
        assert found.cost == expected.cost
    assert column.tally.cost == sum(decide(alone.request(one), compare=False).cost for one in past)


@pytest.mark.parametrize("seed", range(3))
def test_equal_rules_make_equal_columns(seed):
    places, rates, past, units = world(seed)
    columns = [Column(scenario(places, name, rates, POLICIES[seed]), places) for name in (TODAY, PROPOSED)]
    result = run(past, columns, units)
    today, proposed = ({**row, "name": ""} for row in result["columns"])
    assert today == proposed
    assert result["changed_orders"] == result["fuller_orders"] == result["emptier_orders"] == 0
    assert result["dearer"] == result["cheaper"] == []


@pytest.mark.parametrize("seed", range(4))
def test_a_dearer_card_is_never_cheaper_where_as_much_is_shipped(seed):
    places, rates, past, units = world(seed)
    units = beginning(Start.UNLIMITED, units, {})
    rng = random.Random(seed)
    dearer = RateTable(
        "Dearer", "EUR", tuple(replace(row, base=row.base + rng.randint(0, 200)) for row in rates.rates)
    )
    columns = [
        Column(scenario(places, name, table), places) for name, table in ((TODAY, rates), (PROPOSED, dearer))
    ]
    result = run(past, columns, units)
    today, proposed = result["columns"]
    assert today["units"] == proposed["units"]
    assert today["cost"] <= proposed["cost"]
    assert result["cheaper"] == []
    assert proposed["cost"] > 0


def test_the_same_orders_in_other_words_give_the_same_result():
    places, rates, past, units = world(4)
    rng = random.Random(1)

    def once(shuffled):
        rows, orders = list(places), list(past)
        if shuffled:
            rng.shuffle(rows)
            orders = [replace(one, lines=tuple(rng.sample(one.lines, len(one.lines)))) for one in orders]
        today = scenario(rows, rates=rates)
        columns = [Column(one, rows) for one in (today, scenario(rows, PROPOSED, rates, POLICIES[2]))]
        return run(orders, columns, units)

    assert once(False) == once(True) == once(False)


def test_a_full_day_pushes_parcels_to_the_next():
    places = [place("a", daily_parcels=1)]
    today = scenario(places, policy=Policy(promise_days=2))
    open_ = scenario(places, PROPOSED, policy=Policy(promise_days=2), a=Profile(calendar=ALWAYS))
    result = run(
        [order(f"o{n}", line("l", "v", 1), hours=n) for n in range(3)],
        [Column(today, places), Column(open_, places)],
        {"a": {"v": 9}},
    )
    rows = by_name(result)
    assert rows[TODAY]["days"] == {"1": 1, "2": 1, "3": 1}
    assert rows[PROPOSED]["days"] == {"1": 3}
    assert (rows[TODAY]["late_orders"], rows[TODAY]["promised_orders"]) == (1, 3)
    assert (rows[TODAY]["days_mean"], rows[TODAY]["days_p90"]) == (2.0, 3)
    assert (rows[PROPOSED]["late_share"], rows[PROPOSED]["days_p90"]) == (0.0, 1)


class TestSaleorsColumn:
    """Saleor knows neither safety stock nor refusals, only its sorting order."""

    def serve(self, places, ranking, units, *lines, rates=PLAIN, **more):
        column = Column(as_saleor(scenario(places, rates=rates), *ranking), places)
        column.shelves.put(units)
        return column, column.serve(order("o", *lines, **more))

    def test_it_takes_what_a_profile_would_keep(self):
        places = [place("a", safety_stock=5, excluded_classes=frozenset({"dangerous"})), place("b")]
        column, found = self.serve(
            places, "ab", {"a": {"v": 3}, "b": {"v": 3}}, line("l", "v", 4, classes=frozenset({"dangerous"}))
        )
        assert slots(found.parcels) == {("l", "a"): 3, ("l", "b"): 1}
        assert column.shelves.left == {"a": {"v": 0}, "b": {"v": 2}}

    def test_lines_of_one_variant_do_not_take_the_same_units(self):
        _, found = self.serve(
            [place("a"), place("b")],
            "ab",
            {"a": {"v": 3}, "b": {"v": 3}},
            line("l1", "v", 2),
            line("l2", "v", 2),
        )
        assert Counter(key for (_, key), n in slots(found.parcels).items() for _ in range(n)) == {
            "a": 3,
            "b": 1,
        }

    def test_where_no_price_is_known_the_units_are_gone_and_counted_apart(self):
        places = [place("a", "PL"), place("b")]
        column, found = self.serve(places, "ab", {"a": {"v": 3}, "b": {"v": 3}}, line("l", "v", 4))
        assert slots(found.parcels) == {("l", "b"): 1}
        row = column.tally.as_json()
        assert (row["units"], row["unpriced_units"], row["unfilled_units"]) == (4, 3, 0)
        assert row["cost_per_unit"] == 500.0
        assert column.shelves.left == {"a": {"v": 0}, "b": {"v": 2}}

    def test_a_warehouse_outside_of_the_zone_or_the_channel_is_passed_over(self):
        far = replace(place("a"), countries=frozenset({"JP"}))
        other = replace(place("b"), channels=frozenset({"outlet"}))
        units = {key: {"v": 3} for key in "abc"}
        _, found = self.serve([far, other, place("c")], "abc", units, line("l", "v", 1), channel="shop")
        assert slots(found.parcels) == {("l", "c"): 1}

    def test_where_there_is_most_first(self):
        places = [place("a"), place("b"), place("c")]
        one = replace(scenario(places), name=SALEOR, ranking={"": None})
        column = Column(one, places)
        column.shelves.put({"a": {"v": 2, "w": 9}, "b": {"v": 5}, "c": {"v": 5, "w": 1}})
        found = column.serve(order("o", line("l1", "v", 7), line("l2", "w", 1)))
        assert slots(found.parcels) == {("l1", "b"): 5, ("l1", "c"): 2, ("l2", "a"): 1}

    def test_a_channel_has_its_own_order(self):
        places = [place("a"), place("b")]
        one = replace(scenario(places), name=SALEOR, ranking={"shop": "ba", "": "ab"})
        for channel, expected in (("shop", "b"), ("other", "a")):
            column = Column(one, places)
            column.shelves.put({"a": {"v": 1}, "b": {"v": 1}})
            assert slots(column.serve(order("o", line("l", "v", 1), channel=channel)).parcels) == {
                ("l", expected): 1
            }


def test_memory_does_not_grow_with_the_orders():
    alive: weakref.WeakSet[Past] = weakref.WeakSet()
    most = 0

    def stream():
        nonlocal most
        for n in range(PIECE * 5):
            one = order(f"o{n}", line("l", "v", 1), hours=n / 10)
            alive.add(one)
            most = max(most, len(alive))
            yield one

    places = [place("a")]
    units = {"a": {"v": ENDLESS}}
    result = run(stream(), [Column(scenario(places, name), places) for name in (TODAY, PROPOSED)], units)
    assert result["orders"] == PIECE * 5
    assert most <= 2 * PIECE + 1


def test_stock_is_asked_for_once_and_progress_is_told():
    asked, told = [], []
    places = [place("a")]
    columns = [Column(scenario(places, name), places) for name in (TODAY, PROPOSED)]
    orders = [order(f"o{n}", line("l", f"v{n % 3}", 1)) for n in range(PIECE * 2 + 7)]

    def supply(wanted):
        asked.append(sorted(wanted))
        return {"a": dict.fromkeys(wanted, 10**6), "nowhere": dict.fromkeys(wanted, 1)}

    replay(orders, columns, supply, told.append)
    assert asked == [["v0", "v1", "v2"]]
    assert told == [PIECE, 2 * PIECE, 2 * PIECE + 7]


def test_no_orders_is_a_result_too():
    places = [place("a")]
    result = run([], [Column(scenario(places, name), places) for name in (TODAY, PROPOSED)], {})
    row = by_name(result)[TODAY]
    assert (result["orders"], row["cost"], row["cost_per_order"], row["days_p90"]) == (0, 0, None, None)


class TestStock:
    """Where it begins, and that nobody takes what is not there."""

    FREE = {"a": {"v": -1, "w": 2}, "b": {"v": 4}}
    TAKEN = {"a": {"v": 3, "x": 1}, "gone": {"v": 9}}

    @pytest.mark.parametrize(
        ("start", "expected"),
        [
            (Start.NOW, FREE),
            (Start.REPLAYED, {"a": {"v": 2, "w": 2, "x": 1}, "b": {"v": 4}}),
            (Start.UNLIMITED, {"a": {"v": ENDLESS, "w": ENDLESS}, "b": {"v": ENDLESS}}),
        ],
    )
    def test_the_beginning(self, start, expected):
        assert beginning(start, self.FREE, self.TAKEN) == expected

    def test_more_than_there_is(self):
        shelves = Shelves(["a"])
        shelves.put({"a": {"v": 2}})
        shelves.take("a", "v", 2)
        with pytest.raises(ValueError, match="v in a"):
            shelves.take("a", "v", 1)
        assert shelves.left == {"a": {"v": 0}}


@pytest.mark.parametrize(
    ("counts", "percent", "expected"),
    [({}, 90, None), ({3: 1}, 90, 3), ({1: 9, 5: 1}, 90, 1), ({1: 8, 5: 2}, 90, 5), ({1: 1, 2: 1}, 50, 1)],
)
def test_percentile(counts, percent, expected):
    assert percentile(Counter(counts), percent) == expected
