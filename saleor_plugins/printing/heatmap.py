"""A heat map as SVG: shades of the classes h0 to h6, each cell with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .svg import bar, short, svg, text

LABEL, CELL, ROW = 190, 66, 28
HEAD, FOOT = 92, 44
SHADES = 7


@dataclass(frozen=True)
class Cell:
    """`level` from 0 to 1 chooses the shade, None is blank; `words` stand in it, `title` tells it all."""

    level: float | None
    words: str
    title: str


@dataclass(frozen=True)
class Row:
    """Cells of one thing, one for each column."""

    label: str
    cells: Sequence[Cell]


def heatmap(name: str, columns: Sequence[str], rows: Sequence[Row], low: str, high: str) -> str:
    """Rows by columns; `low` and `high` stand at the ends of the legend."""
    parts = []
    for at, column in enumerate(columns):
        parts.append(text(LABEL + at * CELL + CELL / 2 - 4, HEAD - 8, short(column, 18), "start", turn=-38))
    for at, row in enumerate(rows):
        y = HEAD + at * ROW
        parts.append(text(LABEL - 8, y + ROW / 2 + 4, short(row.label, 26), "end"))
        parts += [_cell(cell, LABEL + place * CELL, y) for place, cell in enumerate(row.cells)]
    bottom = HEAD + len(rows) * ROW + 16
    parts += _legend(bottom, low, high)
    # The last heading leans out of its column.
    return svg(name, LABEL + max(len(columns), 4) * CELL + 50, bottom + FOOT - 16, parts)


def shade(level: float | None) -> str:
    """The class of a level."""
    return "h" if level is None else f"h{min(int(level * SHADES), SHADES - 1)}"


def _cell(cell: Cell, x: float, y: float) -> str:
    kind = shade(cell.level)
    box = bar(x + 1, y + 1, CELL - 2, ROW - 2, kind, cell.title)
    return box + text(x + CELL / 2, y + ROW / 2 + 4, cell.words, "middle", f"on {kind}")


def _legend(y: float, low: str, high: str) -> list[str]:
    boxes = [bar(LABEL + n * 24, y, 23, 12, f"h{n}", f"Shade {n + 1} of {SHADES}") for n in range(SHADES)]
    ends = [text(LABEL - 8, y + 11, low, "end"), text(LABEL + SHADES * 24 + 8, y + 11, high, "start")]
    return boxes + ends
