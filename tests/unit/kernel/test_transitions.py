import pytest

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.kernel.transitions import Machine, transition

DOOR = Machine(
    "door",
    [
        transition("open", ["CLOSED"], "OPEN", "anyone"),
        transition("close", ["OPEN"], "CLOSED", "anyone"),
        transition("break", ["OPEN", "CLOSED"], "BROKEN", "nobody"),
    ],
)


def test_targets_and_refusals():
    assert DOOR.target("CLOSED", "open") == "OPEN"
    assert DOOR.allows("OPEN", "break") and not DOOR.allows("BROKEN", "open")
    with pytest.raises(Conflict, match="door that is BROKEN cannot open"):
        DOOR.target("BROKEN", "open")


def test_the_table_shows_every_row():
    assert DOOR.table().splitlines()[-1] == "| break | CLOSED, OPEN | BROKEN | nobody |"
    assert len(DOOR.table().splitlines()) == 2 + len(DOOR.rows)
