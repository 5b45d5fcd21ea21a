"""The life of a shipment, as the docs show it."""

from __future__ import annotations

from pathlib import Path

import pytest

from saleor_plugins.fulfillment.domain.shipment import SHIPMENT, STATES
from saleor_plugins.kernel.errors import Conflict

DOCS = Path(__file__).parents[3] / "docs" / "routing.md"


def test_the_docs_show_the_table() -> None:
    text = DOCS.read_text()
    assert SHIPMENT.table() in text


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", ["track", "deliver", "cancel"])
def test_only_the_table_is_allowed(state: str, verb: str) -> None:
    allowed = {
        ("CREATED", "track"): "CREATED",
        ("CREATED", "deliver"): "DELIVERED",
        ("CREATED", "cancel"): "CANCELED",
        ("DELIVERED", "cancel"): "CANCELED",
    }
    if (state, verb) in allowed:
        assert SHIPMENT.target(state, verb) == allowed[state, verb]
    else:
        with pytest.raises(Conflict):
            SHIPMENT.target(state, verb)
