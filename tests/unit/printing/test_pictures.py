"""Heat maps and waterfalls: to scale, legible, and with nothing in them that a browser could run."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from saleor_plugins.printing import charts
from saleor_plugins.printing.heatmap import Cell, Row, heatmap, shade
from saleor_plugins.printing.waterfall import Step, waterfall

EVIL = '"><script>alert(1)</script>&'
NS = {"s": "http://www.w3.org/2000/svg"}


def rects(picture: str) -> list[dict[str, str]]:
    return [each.attrib for each in ElementTree.fromstring(picture).iterfind(".//s:rect", NS)]


@pytest.mark.parametrize(
    "picture",
    [
        heatmap(EVIL, [EVIL], [Row(EVIL, [Cell(0.5, EVIL, EVIL)])], EVIL, EVIL),
        waterfall(EVIL, [Step(EVIL, 1, EVIL)]),
        charts.rows(EVIL, [charts.Group(EVIL, [charts.Bar(1, EVIL, "first")])]),
        heatmap("", [], [], "", ""),
        waterfall("", []),
        charts.rows("", []),
    ],
)
def test_what_merchants_wrote_is_text(picture: str) -> None:
    tree = ElementTree.fromstring(picture)
    assert {each.tag.rpartition("}")[2] for each in tree.iter()} <= {"svg", "rect", "title", "text", "line"}
    assert tree.get("role") == "img"
    assert "<script" not in picture


def test_shades_go_from_nothing_to_the_most() -> None:
    assert [shade(level) for level in (None, 0, 0.14, 0.15, 0.5, 0.99, 1)] == [
        "h", "h0", "h0", "h1", "h3", "h6", "h6"
    ]  # fmt: skip


def test_a_cell_tells_itself() -> None:
    picture = heatmap(
        "Rates", ["All", "Size"], [Row("SKU", [Cell(1, "9 %", "a"), Cell(None, "", "b")])], "0", "9"
    )
    titles = [each.text for each in ElementTree.fromstring(picture).iterfind(".//s:rect/s:title", NS)]
    assert titles[:2] == ["a", "b"]
    assert [each["class"] for each in rects(picture)[:2]] == ["h6", "h"]


def test_steps_hang_together_and_are_to_scale() -> None:
    steps = [
        Step("a", 100, "100", total=True), Step("b", -40, "-40"), Step("c", 20, "20"), Step("d", 80, "80", total=True),
        Step("e", -130, "-130"), Step("f", -50, "-50", total=True),
    ]  # fmt: skip
    boxes = rects(waterfall("x", steps))
    spans = [(float(box["x"]), float(box["x"]) + float(box["width"])) for box in boxes]
    scale = (spans[0][1] - spans[0][0]) / 100
    zero = spans[0][0]
    for (left, right), (low, high) in zip(
        spans, [(0, 100), (60, 100), (60, 80), (0, 80), (-50, 80), (-50, 0)], strict=True
    ):
        assert left == pytest.approx(zero + low * scale, abs=0.11)
        assert right == pytest.approx(zero + high * scale, abs=0.21)
    assert [box["class"] for box in boxes] == ["total", "less", "more", "total", "less", "total"]


def luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_number_in_the_heat_map_is_legible_by_day_and_night() -> None:
    """WCAG 2.2: 4.5 for text, 3 for what charts are made of."""
    from saleor_plugins.returns.reports.page import FOLDER, STYLE

    css = (FOLDER / STYLE).read_text()
    for block in (css.split("@media", 1)[0], css.split("@media", 1)[1].split("body {", 1)[0]):
        colour = dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6})", block))
        for n in range(7):
            ink = colour["dark"] if n > 3 else colour["light"]
            assert contrast(ink, colour[f"h{n}"]) >= 4.5, (n, contrast(ink, colour[f"h{n}"]))
        for name in ("ink", "soft", "link", "alarm"):
            assert contrast(colour[name], colour["paper"]) >= 4.5, name
        for name in ("total", "more", "less", "first", "second", "third"):
            assert contrast(colour[name], colour["paper"]) >= 3, name
        shades = [luminance(colour[f"h{n}"]) for n in range(7)]
        assert shades in (sorted(shades), sorted(shades, reverse=True)), "lightness alone tells the shade"
