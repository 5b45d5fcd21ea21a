"""Whole decisions: who ships, what waits, what is left alone, and the same answer for any order of input."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from saleor_plugins.fulfillment.domain.facts import Profile
from saleor_plugins.fulfillment.domain.rates.table import Rate, RateTable
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.decision import Decision, Item, Outcome
from tests.unit.fulfillment.build import line, request, source


def shipped(decision: Decision) -> dict[str, int]:
    return {parcel.warehouse_id: parcel.quantity for parcel in decision.parcels}


def test_one_parcel_beats_two() -> None:
    found = decide(
        request(
            [line("a", "v1", 2), line("b", "v2", 1)],
            [source("near", v1=2), source("other", v2=1), source("full", v1=2, v2=1)],
        )
    )
    assert shipped(found) == {"full": 3}
    assert found.outcome is Outcome.ROUTED
    assert found.parcels[0].items == (Item("a", 2), Item("b", 1))
    assert found.cost == 530  # 5.00 and 300 g at 1.00 per kg


def test_home_before_abroad() -> None:
    found = decide(request([line("a", "v1", 1)], [source("paris", "FR", v1=9), source("berlin", v1=1)]))
    assert shipped(found) == {"berlin": 1}
    assert found.runner_up is not None
    assert (found.runner_up.warehouses, found.runner_up.difference) == (("paris",), 1530 - 510)


def test_two_lines_of_one_variant_share_its_stock() -> None:
    found = decide(request([line("a", "v1", 3), line("b", "v1", 3)], [source("x", v1=4), source("y", v1=1)]))
    assert shipped(found) == {"x": 4, "y": 1}
    assert sum(row.quantity for row in found.unsourced) == 1
    assert [row.line_id for row in found.unsourced] == ["b"]
    assert found.outcome is Outcome.PARTIAL


def test_negative_stock_hides_nothing() -> None:
    found = decide(request([line("a", "v1", 3)], [source("over", v1=-4), source("good", v1=3)]))
    assert shipped(found) == {"good": 3}
    (refused,) = found.rejected
    assert refused.code == "NO_FREE_STOCK"
    assert "4 more are promised than it holds" in refused.reason


def test_no_warehouse() -> None:
    found = decide(request([line("a", "v1", 3)], []))
    assert found.outcome is Outcome.UNROUTABLE
    assert [(row.quantity, row.code) for row in found.unsourced] == [(3, "NO_WAREHOUSE")]
    assert found.cost == 0


def test_no_address() -> None:
    found = decide(request([line("a", "v1", 3)], [source("x", v1=9)], country=""))
    assert [(row.quantity, row.code) for row in found.unsourced] == [(3, "NO_ADDRESS")]
    assert found.outcome is Outcome.UNROUTABLE


def test_short_stock_ships_what_there_is() -> None:
    found = decide(request([line("a", "v1", 10**6)], [source("x", v1=2), source("y", v1=3)]))
    assert shipped(found) == {"x": 2, "y": 3}
    (waiting,) = found.unsourced
    assert (waiting.quantity, waiting.code) == (10**6 - 5, "OUT_OF_STOCK")
    assert waiting.reason == "Only 5 of 1000000 are free in the warehouses that may ship it."


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"quantity": 0}, "NOTHING_TO_SHIP"),
        ({"is_gift_card": True}, "GIFT_CARD"),
        ({"requires_shipping": False}, "DIGITAL"),
        ({"variant_id": None}, "NO_VARIANT"),
        ({"tracks_stock": False}, "UNTRACKED"),
    ],
)
def test_lines_left_alone(change: dict, code: str) -> None:
    special = replace(line("b", "v1", 1), **change)
    found = decide(request([line("a", "v1", 1), special], [source("x", v1=2)]))
    assert [(row.line_id, row.code) for row in found.left_alone] == [("b", code)]
    assert shipped(found) == {"x": 1}
    alone = decide(request([special], [source("x", v1=2)]))
    assert alone.outcome is Outcome.NOTHING_TO_ROUTE


def test_click_and_collect_is_left_alone() -> None:
    found = decide(request([line("a", "v1", 1)], [source("x", v1=2)], click_and_collect=True))
    assert found.outcome is Outcome.NOTHING_TO_ROUTE
    assert found.left_alone[0].code == "CLICK_AND_COLLECT"


def test_equal_costs_go_to_priority_then_fewest_parcels_then_id() -> None:
    lines = [line("a", "v1", 2)]
    first = decide(request(lines, [source("b", v1=2), source("a", v1=2)]))
    assert shipped(first) == {"a": 2}
    liked = decide(request(lines, [source("b", v1=2, profile=Profile(-1)), source("a", v1=2)]))
    assert shipped(liked) == {"b": 2}
    free = RateTable("Free", "EUR", (Rate(0),))
    split = [
        source("a", v1=1, profile=Profile(-5)),
        source("b", v1=1, profile=Profile(-5)),
        source("c", v1=2),
    ]
    assert shipped(decide(request(lines, split, free))) == {"c": 2}


def test_handling_counts() -> None:
    dear = Profile(handling_parcel=200, handling_unit=50, currency="EUR")
    found = decide(request([line("a", "v1", 2)], [source("a", v1=2, profile=dear), source("b", v1=2)]))
    assert shipped(found) == {"b": 2}
    only = decide(request([line("a", "v1", 2)], [source("a", v1=2, profile=dear)]))
    assert only.parcels[0].cost.handling == 300
    assert only.cost == 500 + 20 + 300


def test_parts_of_a_cent_are_rounded_once() -> None:
    rates = RateTable("Odd", "EUR", (Rate(0, per_kg=333),))
    lines = [line("a", "v1", 1, 1), line("b", "v2", 1, 1), line("c", "v3", 1, 1)]
    found = decide(request(lines, [source("a", v1=1), source("b", v2=1), source("c", v3=1)], rates))
    assert found.cost == 1  # 3 x 0.333, not 3 x 0
    assert sum(parcel.cost.weight for parcel in found.parcels) == 1


def test_unknown_weight_is_said() -> None:
    found = decide(request([line("a", "v1", 1, None)], [source("a", v1=1)]))
    assert found.notes == ("No weight is known for Line a: counted as 0 kg.",)
    assert found.cost == 500


def test_runner_up_may_ship_less() -> None:
    found = decide(request([line("a", "v1", 5)], [source("big", v1=5), source("small", v1=2)]))
    assert found.runner_up is not None
    assert (found.runner_up.short, found.runner_up.warehouses) == (3, ("small",))
    alone = decide(request([line("a", "v1", 5)], [source("big", v1=5)]))
    assert alone.runner_up is None


def test_rejected_warehouses_say_what_they_would_cost() -> None:
    found = decide(request([line("a", "v1", 2)], [source("a", v1=2), source("b", v1=2), source("c", v1=1)]))
    by_id = {row.warehouse_id: row for row in found.rejected}
    assert (by_id["b"].covers, by_id["b"].difference) == (2, 0)
    assert (by_id["c"].covers, by_id["c"].difference) == (1, 500)
    assert by_id["c"].cost == found.cost + 500


@pytest.mark.parametrize("seed", range(20))
def test_permuted_input_gives_the_same_decision(seed: int) -> None:
    rng = random.Random(seed)
    variants = [f"v{n}" for n in range(4)]
    lines = [
        line(f"l{n}", rng.choice(variants), rng.randint(0, 4), rng.choice([None, 0, 250])) for n in range(6)
    ]
    sources = [
        source(
            f"w{n}",
            rng.choice(["DE", "FR"]),
            Profile(rng.choice([0, 0, 1])),
            **{variant: rng.randint(-1, 4) for variant in variants},
        )
        for n in range(8)
    ]
    first = decide(request(lines, sources))
    for _ in range(5):
        rng.shuffle(lines)
        rng.shuffle(sources)
        assert decide(request(lines, sources)) == first


def test_every_unit_is_accounted_for() -> None:
    rng = random.Random(7)
    for _ in range(200):
        lines = [line(f"l{n}", f"v{rng.randint(0, 2)}", rng.randint(0, 5)) for n in range(rng.randint(0, 5))]
        sources = [
            source(f"w{n}", rng.choice(["DE", "FR"]), **{f"v{v}": rng.randint(-2, 4) for v in range(3)})
            for n in range(rng.randint(0, 5))
        ]
        found = decide(request(lines, sources))
        asked = sum(row.quantity for row in lines)
        sent = sum(parcel.quantity for parcel in found.parcels)
        assert sent + sum(row.quantity for row in found.unsourced) == asked
        for place in sources:
            for variant in ("v0", "v1", "v2"):
                of_variant = {row.id for row in lines if row.variant_id == variant}
                taken = sum(
                    item.quantity
                    for parcel in found.parcels
                    if parcel.warehouse_id == place.id
                    for item in parcel.items
                    if item.line_id in of_variant
                )
                assert taken <= place.units(variant)
        assert found.solver.optimal
        assert found.solver.bound == found.cost
