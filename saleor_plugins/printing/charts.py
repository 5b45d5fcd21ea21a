"""Small bar charts as SVG. Colours are the page's: a bar has the class of its series."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .svg import bar, line, short, svg, text

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


def rows(name: str, groups: Sequence[Group], label: int = LABEL, width: int = WIDTH) -> str:
    """Horizontal bars in groups, each with its value. `name` is what readers hear who do not see it.

    Of the picture's `width`, groups' names have `label`.
    """
    most = max((each.size for group in groups for each in group.bars), default=0) or 1
    room = width - label - VALUE * width // WIDTH
    parts, y = [], 4
    for group in groups:
        middle = y + (len(group.bars) * (BAR + GAP) - GAP) / 2
        parts.append(text(label - 10, middle + 4, short(group.label, 22 * label // LABEL), "end"))
        for each in group.bars:
            long = max(each.size / most * room, 1 if each.size else 0)
            parts.append(bar(label, y, long, BAR, each.series, f"{group.label}: {each.text}"))
            parts.append(text(label + long + 6, y + BAR - 4, each.text, "start", "value"))
            y += BAR + GAP
        y += GROUP_GAP - GAP
    parts.append(line(label, label, 0, y - GROUP_GAP + 4))
    return svg(name, width, y - GROUP_GAP + 8, parts)


def columns(name: str, groups: Sequence[Group], scale: Callable[[float], str], height: int = 170) -> str:
    """Vertical bars in groups along an axis: a histogram of several series. `scale` writes a size."""
    most = max((each.size for group in groups for each in group.bars), default=0) or 1
    top = 10
    parts = [_level(height - (height - top) * share, scale(most * share)) for share in (0.5, 1.0)]
    slot = (WIDTH - SCALE) / max(len(groups), 1)
    for at, group in enumerate(groups):
        wide = min((slot - 4) / max(len(group.bars), 1), 28)
        x = SCALE + at * slot + (slot - wide * len(group.bars)) / 2
        for each in group.bars:
            tall = each.size / most * (height - top)
            told = f"{group.label}: {each.text}"
            parts.append(bar(x, height - tall, max(wide - 1, 1), tall, each.series, told))
            x += wide
        parts.append(text(SCALE + (at + 0.5) * slot, height + 16, group.label, "middle"))
    parts.append(line(SCALE, WIDTH, height, height))
    return svg(name, WIDTH, height + AXIS, parts)


def _level(y: float, label: str) -> str:
    return line(SCALE, WIDTH, y, y) + text(SCALE - 6, y + 4, label, "end", "value")
