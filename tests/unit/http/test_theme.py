"""Whatever colour a merchant may choose, people can read it, by day and by night."""

from __future__ import annotations

import re

import pytest

from saleor_plugins.http.theme import lighter, mix, theme
from saleor_plugins.kernel.colours import READABLE, WHITE, contrast

COLOURS = ["#1f4f8f", "#000000", "#767676", "#d6001c", "#007a33", "#6f2da8", "#b3541e", "#0000ff"]


def variables(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})", css))


@pytest.mark.parametrize("colour", COLOURS)
def test_text_on_every_ground(colour: str) -> None:
    light, dark, _ = theme(colour, "#1f2933").split("@media")
    day, night = variables(light), variables(dark)
    assert contrast(day["accent"], WHITE) >= READABLE
    assert contrast(day["accent"], day["tint"]) >= READABLE
    assert contrast(night["on-accent"], night["accent"]) >= READABLE
    for ground in ("#12151a", "#1b1f26", night["tint"]):
        assert contrast(night["accent"], ground) >= READABLE, ground


def test_a_readable_colour_stays_what_it_is() -> None:
    assert lighter("#9bb8ff", "#12151a") == "#9bb8ff"
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
