"""Where returned goods go: each rule, each fallback, whatever the order in which facts come."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.returns.domain.restocking import (
    WHY,
    Choice,
    Facts,
    House,
    Rule,
    choose,
    choose_common,
)
from saleor_plugins.returns.domain.tables import Way, parse_costs, parse_map

BERLIN = House("V2FyZTox", "Berlin", (52.52, 13.40))
PARIS = House("V2FyZToy", "Paris", (48.86, 2.35))
HUB = House("V2FyZToz", "Returns hub", (52.40, 13.10), sells=False)
LOST = House("V2FyZTo0", "Lost")
ALL = (BERLIN, PARIS, HUB, LOST)
FACTS = Facts(houses=ALL, arrived=HUB.id, origin=PARIS.id, position=HUB.position)


def test_each_rule_finds_its_warehouse_and_says_why():
    ways = (Way("returns hub", "Paris", Decimal("2.50")), Way(HUB.id, BERLIN.id, Decimal("3")))
    cases = [
        (Rule.ARRIVED, FACTS, HUB, "ARRIVED: where it arrived"),
        (Rule.ORIGIN, FACTS, PARIS, "ORIGIN: the warehouse that shipped it"),
        (Rule.NEAREST, FACTS, BERLIN, "NEAREST: Berlin, 24 km away; 1 without a known position"),
        (
            Rule.CHEAPEST,
            replace(FACTS, costs=ways),
            PARIS,
            "CHEAPEST: Paris costs 2.50, 2 of 3 warehouses were possible",
        ),
        (
            Rule.SPECIALISED,
            replace(FACTS, goods=" Glass ", specialists={"glass": "BERLIN"}),
            BERLIN,
            "SPECIALISED: Berlin takes glass",
        ),
        (Rule.FIXED, replace(FACTS, fixed=PARIS.id), PARIS, "FIXED: Paris takes everything"),
    ]
    for rule, facts, house, why in cases:
        assert choose(rule, facts) == Choice(house.id, why)


def test_each_fallback_is_told():
    gone = "V2FyZToxMDA="
    cases = [
        (Rule.ARRIVED, replace(FACTS, arrived=gone), "where it arrived no longer exists", PARIS),
        (Rule.ARRIVED, replace(FACTS, arrived=""), "it has not arrived", PARIS),
        (Rule.ORIGIN, replace(FACTS, origin=gone), "the warehouse that shipped it no longer exists", HUB),
        (Rule.ORIGIN, replace(FACTS, origin=""), "nobody knows who shipped it", HUB),
        (Rule.NEAREST, replace(FACTS, position=None), "nobody knows where the goods are", HUB),
        (Rule.NEAREST, replace(FACTS, houses=(HUB, LOST)), "no warehouse has a known position", HUB),
        (Rule.CHEAPEST, FACTS, "the table has no way from here to a warehouse that sells", HUB),
        (Rule.SPECIALISED, FACTS, "the goods have no return_class", HUB),
        (Rule.SPECIALISED, replace(FACTS, goods="glass"), "no warehouse is named for glass", HUB),
        (
            Rule.SPECIALISED,
            replace(FACTS, goods="glass", specialists={"glass": "Rome"}),
            "no one warehouse is Rome, named for glass",
            HUB,
        ),
        (Rule.FIXED, FACTS, "no warehouse is set", HUB),
        (Rule.FIXED, replace(FACTS, fixed=gone), "the warehouse that was set no longer exists", HUB),
    ]
    for rule, facts, reason, house in cases:
        choice = choose(rule, facts)
        assert choice.warehouse_id == house.id, choice
        assert choice.why.startswith(f"{rule.value}: {reason}; "), choice


def test_no_warehouse_is_better_than_a_wrong_one():
    nobody = Facts(houses=(BERLIN, PARIS), arrived="gone", origin="gone too")
    choice = choose(Rule.FIXED, nobody)
    assert choice == Choice("", "FIXED: no warehouse is set; the warehouse that shipped it no longer exists")


def test_two_warehouses_of_one_name_are_nobody():
    twin = replace(PARIS, id="V2FyZTo5")
    facts = replace(FACTS, houses=(*ALL, twin), goods="glass", specialists={"glass": "Paris"})
    assert choose(Rule.SPECIALISED, facts).warehouse_id == HUB.id
    facts = replace(facts, specialists={"glass": twin.id})
    assert choose(Rule.SPECIALISED, facts).warehouse_id == twin.id


def test_goods_stay_where_staying_is_as_good():
    here = replace(FACTS, arrived=PARIS.id, position=PARIS.position)
    twin = replace(PARIS, id="A", name="Aachen")
    assert choose(Rule.NEAREST, replace(here, houses=(*ALL, twin))).warehouse_id == PARIS.id
    free = replace(here, costs=(Way("Paris", "Berlin", Decimal(0)),))
    choice = choose(Rule.CHEAPEST, free)
    assert choice == Choice(PARIS.id, "CHEAPEST: it stays, 2 of 3 warehouses were possible")


def test_from_the_customer_the_country_has_a_way_and_the_warehouse_with_its_name_is_another():
    facts = replace(FACTS, arrived="", country="de", costs=(Way("DE", "Berlin", Decimal(4)),))
    assert choose(Rule.CHEAPEST, facts).warehouse_id == BERLIN.id
    named = House("V2FyZTo1", "DE")
    assert choose(Rule.CHEAPEST, replace(facts, houses=(*ALL, named))).warehouse_id == PARIS.id


def test_one_destination_for_several_kinds_of_goods():
    glass = replace(FACTS, goods="glass", specialists={"glass": "Berlin"})
    choice = choose_common(Rule.SPECIALISED, [(glass, 3), (FACTS, 2)])
    assert choice == Choice(BERLIN.id, "SPECIALISED: Berlin takes glass (for 3 of 5 units)")
    nowhere = Facts(houses=(BERLIN,))
    choice = choose_common(Rule.ORIGIN, [(nowhere, 9), (replace(nowhere, origin=BERLIN.id), 1)])
    assert choice.warehouse_id == BERLIN.id
    assert choose_common(Rule.ORIGIN, []).warehouse_id == ""


names = st.sampled_from(["Berlin", "berlin", "Paris", "Rome", "DE", ""])
places = st.one_of(st.none(), st.sampled_from([(52.5, 13.4), (48.8, 2.3), (0.0, 0.0)]))
houses = st.lists(
    st.builds(House, st.sampled_from("abcdef"), names, places, st.booleans()),
    unique_by=lambda house: house.id,
    max_size=6,
)
ids = st.sampled_from(["", "a", "b", "c", "gone", "x" * 90])
ways = st.lists(st.builds(Way, names | ids, names | ids, st.sampled_from([Decimal(0), Decimal(1)])))
all_facts = st.builds(
    Facts,
    houses=houses.map(tuple),
    arrived=ids,
    origin=ids,
    position=places,
    country=st.sampled_from(["", "DE"]),
    goods=st.sampled_from(["", "glass", "x" * 400]),
    fixed=ids,
    costs=ways.map(tuple),
    specialists=st.dictionaries(st.sampled_from(["glass", "x" * 400]), names | ids),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(all_facts, st.sampled_from(list(Rule)), st.randoms(use_true_random=False))
def test_any_facts_give_an_existing_warehouse_and_one_choice_in_any_order(facts, rule, dice):
    choice = choose(rule, facts)
    assert choice.warehouse_id in {"", *(house.id for house in facts.houses)}
    assert choice.why.startswith(f"{rule.value}: ")
    assert len(choice.why) <= WHY
    if not choice.warehouse_id:
        assert facts.arrived not in {house.id for house in facts.houses}
        assert facts.origin not in {house.id for house in facts.houses}
    shuffled = replace(
        facts,
        houses=tuple(dice.sample(facts.houses, len(facts.houses))),
        costs=tuple(dice.sample(facts.costs, len(facts.costs))),
        specialists=dict(random.Random(1).sample(list(facts.specialists.items()), len(facts.specialists))),
    )
    assert choose(rule, shuffled) == choice


def test_the_table_of_costs():
    text = "# from > to = cost\n\nBerlin > Paris = 2.50\n V2FyZTox== > V2Fy== = 0 ;DE > Berlin=4"
    assert parse_costs(text) == (
        Way("Berlin", "Paris", Decimal("2.50")),
        Way("V2FyZTox==", "V2Fy==", Decimal(0)),
        Way("DE", "Berlin", Decimal(4)),
    )
    assert parse_costs("") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a > b = 1\nA > B = 2", "Line 2: this way is named twice."),
        ("\n\na = 1", "Line 3: must read like from > to = cost."),
        ("a > b", "Line 1: must read like from > to = cost."),
        ("a > b > c = 1", "Line 1: must read like from > to = cost."),
        ("> b = 1", "Line 1: must read like from > to = cost."),
        ("a > b = much", "Line 1: much is not a cost."),
        ("a > b =", "Line 1: nothing is not a cost."),
        ("a > b = -1", "Line 1: a cost is from 0 to below 1,000,000,000."),
        ("a > b = NaN", "Line 1: a cost is from 0 to below 1,000,000,000."),
        ("\n" * 2001, "Line 2001: at most 2000 lines."),
    ],
)
def test_what_is_wrong_with_the_table_of_costs(text, message):
    with pytest.raises(Invalid) as caught:
        parse_costs(text)
    assert caught.value.message == message


def test_the_map_of_classes():
    assert parse_map("Glass = Berlin\n# no\n books=V2FyZTox== ") == {"glass": "Berlin", "books": "V2FyZTox=="}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("glass = a\nGLASS = b", "Line 2: GLASS is named twice."),
        ("glass", "Line 1: must read like class = warehouse."),
        ("= a", "Line 1: must read like class = warehouse."),
        ("glass =", "Line 1: must read like class = warehouse."),
    ],
)
def test_what_is_wrong_with_the_map(text, message):
    with pytest.raises(Invalid) as caught:
        parse_map(text)
    assert caught.value.message == message
