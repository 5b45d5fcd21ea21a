"""The few shapes that charts are made of. Colours are the stylesheet's, by class; all text is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape


def svg(name: str, width: float, height: float, parts: Sequence[str]) -> str:
    """A picture; `name` is what readers hear who do not see it."""
    inner = "".join(parts)
    return (
        f'<svg role="img" aria-label="{escape(name)}" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" xmlns="http://www.w3.org/2000/svg">{inner}</svg>'
    )


def bar(x: float, y: float, width: float, height: float, series: str, title: str) -> str:
    """A rectangle with a tooltip."""
    return (
        f'<rect class="{escape(series)}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="2"><title>{escape(title)}</title></rect>'
    )


def text(x: float, y: float, words: str, anchor: str, kind: str = "label", turn: int = 0) -> str:
    """Words that start, end or have their middle at `x`, `y`; turned by so many degrees."""
    turned = f' transform="rotate({turn} {x:.1f} {y:.1f})"' if turn else ""
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turned}>{escape(words)}</text>'
    )


def line(x1: float, x2: float, y1: float, y2: float, kind: str = "axis") -> str:
    """A line."""
    return f'<line class="{kind}" x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"/>'


def short(words: str, length: int) -> str:
    """At most `length` letters of them."""
    return words if len(words) <= length else words[: length - 1] + "…"
