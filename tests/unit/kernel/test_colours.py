"""Colours that a merchant chooses must be readable."""

from __future__ import annotations

import pytest

from saleor_plugins.kernel.colours import contrast, is_hex


@pytest.mark.parametrize(
    ("colour", "ratio"),
    [("#ffffff", 1.0), ("#000000", 21.0), ("#767676", 4.54), ("#777777", 4.47), ("#ff0000", 3.99)],
)
def test_ratios_that_are_known(colour: str, ratio: float) -> None:
    assert contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.01)
    assert contrast("#ffffff", colour) == contrast(colour, "#ffffff")


@pytest.mark.parametrize(
    "colour", ["", "#fff", "1f4f8f", "#1F4F8F", "#12345g", "#1234567", "red", "#123456;"]
)
def test_what_is_no_colour(colour: str) -> None:
    assert not is_hex(colour)
    assert is_hex("#1f4f8f")
