"""A waterfall as SVG: steps down the page, each bar from where the one before it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .svg import bar, line, short, svg, text

WIDTH, LABEL, VALUE = 720, 262, 118
BAR, GAP = 20, 8


@dataclass(frozen=True)
class Step:
    """A change by `size`, or with `total` a sum that stands on the ground; `words` are its amount."""

    label: str
    size: float
    words: str
    total: bool = False


def waterfall(name: str, steps: Sequence[Step]) -> str:
    """Bars of the classes total, more and less, each with its amount."""
    spans = _spans(steps)
    low = min((min(span) for span in spans), default=0)
    high = max((max(span) for span in spans), default=0)
    scale = (WIDTH - LABEL - VALUE) / ((high - low) or 1)

    def at(size: float) -> float:
        return LABEL + (size - low) * scale

    parts = []
    for place, (step, (start, end)) in enumerate(zip(steps, spans, strict=True)):
        y = place * (BAR + GAP) + 4
        left, right = sorted((at(start), at(end)))
        parts.append(text(LABEL - 10, y + BAR - 6, short(step.label, 38), "end", _weight(step, "label")))
        width = max(right - left, 1 if step.size else 0)
        parts.append(bar(left, y, width, BAR, _kind(step), f"{step.label}: {step.words}"))
        parts.append(text(WIDTH - 4, y + BAR - 6, step.words, "end", _weight(step, "value")))
        if place + 1 < len(steps):
            parts.append(line(at(end), at(end), y + BAR, y + BAR + GAP))
    parts.append(line(at(0), at(0), 0, len(steps) * (BAR + GAP)))
    return svg(name, WIDTH, len(steps) * (BAR + GAP) + 4, parts)


def _spans(steps: Sequence[Step]) -> list[tuple[float, float]]:
    running, spans = 0.0, []
    for step in steps:
        start = 0.0 if step.total else running
        running = step.size if step.total else running + step.size
        spans.append((start, running))
    return spans


def _kind(step: Step) -> str:
    return "total" if step.total else "more" if step.size >= 0 else "less"


def _weight(step: Step, kind: str) -> str:
    return f"{kind} sum" if step.total else kind
