"""The life of a shipment: the table as the docs show it, and a state that late scans cannot falsify."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saleor_plugins.fulfillment.domain.parcels.shipment import (
    CANCELED,
    REPORTED,
    SHIPMENT,
    STATES,
    Scan,
    Source,
    state_of,
    verb_for,
    way_of,
)
from saleor_plugins.kernel.errors import Conflict

# A machine that is busy is no fault of the code.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

DOCS = Path(__file__).parents[3] / "docs" / "routing.md"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def scan(state: str, minutes: int, source: Source = Source.CARRIER) -> Scan:
    return Scan(state, NOON + timedelta(minutes=minutes), source)


def states(*scans: Scan) -> list[str]:
    return [row.state for row in way_of(scans)]


def test_the_docs_show_the_table() -> None:
    assert SHIPMENT.table() in DOCS.read_text()


@pytest.mark.parametrize("state", STATES)
def test_every_state_and_verb_is_decided(state: str) -> None:
    """Written out again, so that a slip in the table shows."""
    outward = state in ("CREATED", "IN_TRANSIT", "OUT_FOR_DELIVERY", "EXCEPTION")
    allowed = {
        "track": outward,
        "move": outward,
        "go_out": outward,
        "fail": outward,
        "deliver": outward,
        "turn_back": outward or state == "DELIVERED",
        "come_back": outward or state in ("DELIVERED", "RETURNING"),
        "correct": state in ("DELIVERED", "RETURNING", "RETURNED"),
        "cancel": state != "CANCELED",
    }
    assert {row.verb for row in SHIPMENT.rows} == set(allowed)
    for verb, fine in allowed.items():
        assert SHIPMENT.allows(state, verb) is fine, verb
        if not fine:
            with pytest.raises(Conflict):
                SHIPMENT.target(state, verb)


@pytest.mark.parametrize("state", REPORTED)
def test_what_may_be_reported_has_a_verb_that_leads_there(state: str) -> None:
    assert SHIPMENT.target("CREATED", verb_for("CREATED", state, Source.CARRIER)) == state


def test_a_parcel_goes_its_way() -> None:
    way = ["IN_TRANSIT", "OUT_FOR_DELIVERY", "EXCEPTION", "OUT_FOR_DELIVERY", "DELIVERED"]
    assert states(*(scan(state, at) for at, state in enumerate(way))) == way


def test_a_late_scan_is_history_only() -> None:
    delivered = [scan("DELIVERED", 10)]
    for state in ("IN_TRANSIT", "OUT_FOR_DELIVERY", "EXCEPTION", "DELIVERED"):
        for minutes in (5, 10, 15):
            assert state_of([*delivered, scan(state, minutes)]) == "DELIVERED"


def test_what_is_delivered_can_come_back() -> None:
    rows = [scan("DELIVERED", 1), scan("RETURNING", 2), scan("RETURNED", 3), scan("IN_TRANSIT", 4)]
    assert states(*rows) == ["DELIVERED", "RETURNING", "RETURNED"]
    # "Delivered" on the way back is at the sender's: only RETURNED says so.
    assert state_of([scan("RETURNING", 1), scan("DELIVERED", 2)]) == "RETURNING"


def test_only_staff_corrects() -> None:
    assert state_of([scan("DELIVERED", 1), scan("EXCEPTION", 2)]) == "DELIVERED"
    corrected = [scan("DELIVERED", 1), scan("EXCEPTION", 2, Source.STAFF)]
    assert state_of(corrected) == "EXCEPTION"
    assert state_of([*corrected, scan("DELIVERED", 3)]) == "DELIVERED"
    # The scan that was corrected, told once more, changes nothing.
    assert state_of([*corrected, scan("DELIVERED", 1)]) == "EXCEPTION"


def test_at_the_same_instant_the_furthest_counts_and_staff_has_the_last_word() -> None:
    assert state_of([scan("DELIVERED", 1), scan("IN_TRANSIT", 1)]) == "DELIVERED"
    assert state_of([scan("EXCEPTION", 1, Source.STAFF), scan("DELIVERED", 1)]) == "EXCEPTION"


def test_cancelled_is_final_whenever_it_happened() -> None:
    rows = [scan("DELIVERED", 9), scan(CANCELED, 1, Source.SALEOR), scan("RETURNING", 20)]
    assert state_of(rows) == CANCELED


SCANS = st.lists(
    st.builds(
        scan,
        st.sampled_from([*REPORTED, CANCELED]),
        st.integers(0, 6),
        st.sampled_from([Source.CARRIER, Source.CSV, Source.STAFF]),
    ),
    max_size=12,
)


@UNHURRIED
@given(SCANS, st.randoms())
def test_any_order_and_any_repetition_add_up_to_the_same(rows: list[Scan], chance: random.Random) -> None:
    mixed = [*rows, *chance.choices(rows, k=len(rows))] if rows else []
    chance.shuffle(mixed)
    assert state_of(mixed) == state_of(rows)
    assert states(*mixed) == states(*rows)


@UNHURRIED
@given(SCANS)
def test_the_way_is_only_what_the_table_allows(rows: list[Scan]) -> None:
    state = "CREATED"
    for row in way_of(rows):
        assert SHIPMENT.target(state, verb_for(state, row.state, row.source)) == row.state
        state = row.state
