"""Sentences a merchant understands, and a ledger that gives the plan back."""

from __future__ import annotations

import json

from saleor_plugins.fulfillment.domain.facts import Profile
from saleor_plugins.fulfillment.domain.sourcing.decide import decide
from saleor_plugins.fulfillment.domain.sourcing.explain import explain
from saleor_plugins.fulfillment.domain.sourcing.record import explanation_json, parcels_from, plan_json, slots
from tests.unit.fulfillment.build import line, request, source


def test_whole_story() -> None:
    found = decide(
        request(
            [line("1", "v1", 4, 200), line("2", "v2", 3, None), line("3", "v3", 1, requires_shipping=False)],
            [
                source("berlin", v1=3),
                source("paris", "FR", v1=5, v2=2),
                source("hamburg", v1=1, v2=1, profile=Profile(handling_parcel=100, currency="EUR")),
                source("depot", v1=99, profile=Profile(ships_orders=False)),
            ],
        )
    )
    assert explain(found) == [
        "All 7 units ship in 2 parcels to DE for 23.00 EUR.",
        "Hamburg ships 2 for 6.20 EUR (parcel 5.00, weight 0.20, handling 1.00).",
        "Paris ships 5 for 16.80 EUR (parcel 15.00, weight 1.80).",
        "All of it arrives by 1970-01-08.",
        "Without Hamburg 1 more unit would wait; best then: Paris for 17.40 EUR.",
        "Not Berlin: it has 3 of these 7 units; with a parcel from there, 3.80 EUR more.",
        "Not Depot: Its profile says that it ships no orders.",
        "Line 3 is left alone: It needs no shipping.",
        "No weight is known for Line 2: counted as 0 kg.",
    ]


def test_waiting_units_and_ties_are_said() -> None:
    short = explain(decide(request([line("1", "v1", 3)], [source("a", v1=1), source("b", v1=1)])))
    assert short[0] == "2 of 3 units ship in 2 parcels to DE for 10.20 EUR."
    assert "1 of Line 1 must wait: Only 2 of 3 are free in the warehouses that may ship it." in short
    tie = explain(decide(request([line("1", "v1", 1)], [source("a", v1=1), source("b", v1=1)])))
    assert "Next best: B for 5.10 EUR, as dear, so the tie-breakers decided." in tie
    nothing = explain(decide(request([line("1", "v1", 1)], [])))
    assert nothing[0] == "No unit can be shipped now."
    assert explain(decide(request([], [])))[0] == "Nothing in this order needs routing."


def test_a_stopped_search_says_so() -> None:
    sources = [source(f"w{n}", "DE" if n % 2 else "FR", v1=2 + n % 3, v2=1 + n % 2) for n in range(12)]
    found = decide(request([line("1", "v1", 9), line("2", "v2", 7)], sources), node_limit=1)
    assert not found.solver.optimal
    assert found.solver.bound < found.cost
    assert any(said.startswith("The search stopped at its limit") for said in explain(found))


def test_the_ledger_gives_the_plan_back() -> None:
    found = decide(request([line("1", "v1", 3), line("2", "v1", 1)], [source("a", v1=3), source("b", v1=1)]))
    written = {**plan_json(found), **explanation_json(found)}
    stored = json.loads(json.dumps(written))
    assert stored == written
    assert parcels_from(stored) == found.parcels
    assert slots(found.parcels) == {("1", "a"): 3, ("2", "b"): 1}
