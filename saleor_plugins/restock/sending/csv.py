"""An order as a table: one line a row, formula-safe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...kernel.money import from_minor
from ...printing.spreadsheet import lines
from ..domain.paper import Paper
from .words import words

_COLUMNS = (
    "number",
    "revision",
    "line",
    "your_sku",
    "our_sku",
    "item",
    "quantity",
    "price",
    "sum",
    "currency",
)


def order_csv(paper: Paper) -> bytes:
    """The file, in UTF-8; amounts have a decimal point."""
    said = words(paper.language)
    return "".join(lines([said[name] for name in _COLUMNS], _rows(paper))).encode()


def _rows(paper: Paper) -> Iterator[list[Any]]:
    for place, line in enumerate(paper.lines, 1):
        yield [
            paper.number,
            paper.revision,
            place,
            line.supplier_sku,
            line.sku,
            line.name,
            line.quantity,
            from_minor(line.price, paper.currency),
            from_minor(line.total, paper.currency),
            paper.currency,
        ]
