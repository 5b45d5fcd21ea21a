"""Purchase orders: the table of states."""

from __future__ import annotations

from pathlib import Path

import pytest

from saleor_plugins.restock.domain import order as rules


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("verb", [row.verb for row in rules.MACHINE.rows])
def test_the_table_is_the_whole_truth(state: str, verb: str) -> None:
    allowed = {
        "approve": {"DRAFT"},
        "send": {"APPROVED"},
        "amend": {"APPROVED", "SENT"},
        "amend the rest": {"PARTLY_RECEIVED"},
        "close short": {"PARTLY_RECEIVED"},
        "withdraw": {"DRAFT"},
        "receive part": {"APPROVED", "SENT", "PARTLY_RECEIVED"},
        "receive all": {"APPROVED", "SENT", "PARTLY_RECEIVED"},
        "cancel": {"DRAFT", "APPROVED", "SENT", "PARTLY_RECEIVED"},
    }
    assert rules.MACHINE.allows(state, verb) == (state in allowed[verb])


@pytest.mark.parametrize(("ordered", "percent", "units"), [(10, 0, 0), (10, 10, 1), (9, 10, 0), (200, 5, 10)])
def test_tolerance_rounds_down(ordered: int, percent: int, units: int) -> None:
    assert rules.tolerance(ordered, percent) == units


def test_the_docs_show_the_table_of_states() -> None:
    docs = Path(__file__).parents[3] / "docs" / "restock.md"
    assert rules.MACHINE.table() in docs.read_text()
