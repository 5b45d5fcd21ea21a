"""The guide shows the machines as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from saleor_plugins.returns.domain.machines import PART, RETURN

GUIDE = Path(__file__).parents[3] / "docs" / "returns.md"


@pytest.mark.parametrize("machine", [RETURN, PART], ids=["return", "refund"])
def test_the_guide_has_the_table(machine) -> None:  # type: ignore[no-untyped-def]
    assert machine.table() in GUIDE.read_text()
