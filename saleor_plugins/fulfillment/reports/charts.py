"""Small bar charts as SVG. Colours are the page's: a bar has the class of its series."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 640
LABEL, VALUE = 170, 110
BAR, GAP, GROUP_GAP = 16, 3, 12
AXIS = 24


@dataclass(frozen=True)
class Bar:
    """A bar: `size` to scale, `text` beside it, `series` the class that colours it."""

    size: float
    text: str
    series: str


@dataclass(frozen=True)
class Group:
    """Bars of one thing."""

    label: str
    bars: Sequence[Bar]


def rows(name: str, groups: Sequence[Group]) -> str:
    """Horizontal bars in groups, each with its value. `name` is what readers hear who do not see it."""
    most = max((bar.size for group in groups for bar in group.bars), default=0) or 1
    room = WIDTH - LABEL - VALUE
    parts, y = [], 4
    for group in groups:
        middle = y + (len(group.bars) * (BAR + GAP) - GAP) / 2
        parts.append(_text(LABEL - 10, middle + 4, _short(group.label, 26), "end"))
        for bar in group.bars:
            width = max(bar.size / most * room, 1 if bar.size else 0)
            parts.append(_bar(LABEL, y, width, BAR, bar.series, f"{group.label}: {bar.text}"))
            parts.append(_text(LABEL + width + 6, y + BAR - 4, bar.text, "start", "value"))
            y += BAR + GAP
        y += GROUP_GAP - GAP
    parts.append(f'<line class="axis" x1="{LABEL}" x2="{LABEL}" y1="0" y2="{y - GROUP_GAP + 4}"/>')
    return _svg(name, y - GROUP_GAP + 8, parts)


def columns(name: str, groups: Sequence[Group], height: int = 180) -> str:
    """Vertical bars in groups along an axis: a histogram of several series."""
    most = max((bar.size for group in groups for bar in group.bars), default=0) or 1
    slot = (WIDTH - 2) / max(len(groups), 1)
    parts = []
    top = 16
    for at, group in enumerate(groups):
        wide = min((slot - 4) / max(len(group.bars), 1), 28)
        x = at * slot + (slot - wide * len(group.bars)) / 2
        for bar in group.bars:
            tall = bar.size / most * (height - top)
            parts.append(
                _bar(x, height - tall, max(wide - 1, 1), tall, bar.series, f"{group.label}: {bar.text}")
            )
            if bar.size and wide >= 24:
                parts.append(_text(x + wide / 2, height - tall - 4, bar.text, "middle", "value"))
            x += wide
        parts.append(_text(at * slot + slot / 2, height + 16, group.label, "middle"))
    parts.append(f'<line class="axis" x1="0" x2="{WIDTH}" y1="{height}" y2="{height}"/>')
    return _svg(name, height + AXIS, parts)


def _svg(name: str, height: float, parts: Sequence[str]) -> str:
    inner = "".join(parts)
    return (
        f'<svg role="img" aria-label="{escape(name)}" viewBox="0 0 {WIDTH} {height:g}" '
        f'width="{WIDTH}" height="{height:g}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def _bar(x: float, y: float, width: float, height: float, series: str, title: str) -> str:
    return (
        f'<rect class="{escape(series)}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="2"><title>{escape(title)}</title></rect>'
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _short(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
