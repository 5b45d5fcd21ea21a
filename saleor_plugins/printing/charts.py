"""Small bar charts as SVG. Colours are the page's: a bar has the class of its series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 440
LABEL, VALUE = 140, 84
BAR, GAP, GROUP_GAP = 14, 2, 12
AXIS, SCALE = 24, 40


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
        parts.append(_text(LABEL - 10, middle + 4, _short(group.label, 22), "end"))
        for bar in group.bars:
            width = max(bar.size / most * room, 1 if bar.size else 0)
            parts.append(_bar(LABEL, y, width, BAR, bar.series, f"{group.label}: {bar.text}"))
            parts.append(_text(LABEL + width + 6, y + BAR - 4, bar.text, "start", "value"))
            y += BAR + GAP
        y += GROUP_GAP - GAP
    parts.append(_line(LABEL, LABEL, 0, y - GROUP_GAP + 4))
    return _svg(name, y - GROUP_GAP + 8, parts)


def columns(name: str, groups: Sequence[Group], scale: Callable[[float], str], height: int = 170) -> str:
    """Vertical bars in groups along an axis: a histogram of several series. `scale` writes a size."""
    most = max((bar.size for group in groups for bar in group.bars), default=0) or 1
    top = 10
    parts = [_level(height - (height - top) * share, scale(most * share)) for share in (0.5, 1.0)]
    slot = (WIDTH - SCALE) / max(len(groups), 1)
    for at, group in enumerate(groups):
        wide = min((slot - 4) / max(len(group.bars), 1), 28)
        x = SCALE + at * slot + (slot - wide * len(group.bars)) / 2
        for bar in group.bars:
            tall = bar.size / most * (height - top)
            told = f"{group.label}: {bar.text}"
            parts.append(_bar(x, height - tall, max(wide - 1, 1), tall, bar.series, told))
            x += wide
        parts.append(_text(SCALE + (at + 0.5) * slot, height + 16, group.label, "middle"))
    parts.append(_line(SCALE, WIDTH, height, height))
    return _svg(name, height + AXIS, parts)


def _level(y: float, label: str) -> str:
    return _line(SCALE, WIDTH, y, y) + _text(SCALE - 6, y + 4, label, "end", "value")


def _line(x1: float, x2: float, y1: float, y2: float) -> str:
    return f'<line class="axis" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


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
