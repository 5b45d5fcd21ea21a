from decimal import Decimal

import pytest

from saleor_plugins.kernel.errors import Invalid, Invalids
from saleor_plugins.platform.settings import Setting, boolean, choice, decimal, integer, parse_settings, text

SETTINGS = (
    Setting("window_days", "30", "Days", parse=integer(0, 365)),
    Setting("auto_approve", False, "Automatic", kind="BOOLEAN", parse=boolean),
    Setting("when", "paid", "When", parse=choice("paid", "created")),
    Setting("level", "0.95", "Level", parse=decimal("0.5", "0.999")),
)


def test_defaults_fill_what_is_missing():
    assert parse_settings(SETTINGS, {}) == {
        "window_days": 30, "auto_approve": False, "when": "paid", "level": Decimal("0.95")
    }  # fmt: skip


def test_every_bad_field_is_named_at_once():
    with pytest.raises(Invalids) as found:
        parse_settings(
            SETTINGS, {"window_days": "soon", "auto_approve": "maybe", "when": "never", "level": "NaN"}
        )
    assert [error.field for error in found.value.errors] == ["window_days", "auto_approve", "when", "level"]


@pytest.mark.parametrize(
    ("parse", "value"),
    [(integer(0, 10), "11"), (integer(0, 10), "-1"), (integer(0, 10), ""), (integer(0, 10), "1.5"),
     (decimal("0", "1"), "Infinity"), (decimal("0", "1"), "1.1"), (choice("a"), ""), (boolean, "yes")],
)  # fmt: skip
def test_refused_values(parse, value):
    with pytest.raises(Invalid):
        parse(value)


def test_texts_and_switches():
    assert text(None) == "" and text("  a ") == "a"
    assert (
        boolean(True) is True
        and boolean("true") is True
        and boolean("false") is False
        and boolean("") is False
    )
