"""A transfer as PDF: what to take from the shelves, and what to find in the boxes."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from fpdf.enums import TableBordersLayout, TextEmphasis, VAlign
from fpdf.fonts import FontFace

from ...kernel.errors import NotFound
from ...platform import shop
from ...printing.sheet import FONT, MARGIN, Sheet, drawable
from ..domain.transfer import APPROVED, DRAFT
from ..models import Transfer, TransferLine
from ..store import transfers

_WIDTHS = (8, 38, 92, 20, 24)


def transfer_pdf(transfer: Transfer, paper: str) -> bytes:
    """The pick list of a transfer that has not left, else its packing list; `paper` is a4 or letter."""
    planned = transfer.state in (DRAFT, APPROVED)
    title = f"{'Pick' if planned else 'Packing'} list of transfer {transfer.number}"
    pdf = Sheet(paper, title)
    pdf.put_codes([("Transfer", f"T{transfer.number}")])
    pdf.put(title, 18, bold=True)
    if transfer.state == DRAFT:
        pdf.put("Not approved yet: nothing of it is promised.", 11, bold=True)
    if transfer.expected_on:
        pdf.put(f"Expected on {transfer.expected_on.isoformat()}", 11)
    pdf.set_y(max(pdf.get_y(), MARGIN + 16) + 4)
    for name, warehouse_id in (("From", transfer.source_id), ("To", transfer.target_id)):
        pdf.put(name, 9)
        for text in _place(warehouse_id):
            pdf.put(text, 12)
        pdf.ln(2)
    rows = [(line, line.quantity if planned else line.shipped) for line in transfers.lines_of(transfer)]
    rows = sorted((row for row in rows if row[1]), key=lambda row: (_natural(row[0].sku), row[0].name))
    _table(pdf, "Take" if planned else "Shipped", rows)
    pdf.ln(3)
    pdf.put(f"Lines: {len(rows)}, units: {sum(units for _, units in rows)}", 10, bold=True)
    pdf.ln(6)
    pdf.put("Date and name:  ______________________________", 10)
    return bytes(pdf.output())


def _place(warehouse_id: str) -> tuple[str, ...]:
    try:
        return tuple(shop().warehouse_address(warehouse_id).lines)
    except NotFound:
        return ("This warehouse is gone.",)


def _table(pdf: Sheet, counted: str, rows: list[tuple[TransferLine, int]]) -> None:
    pdf.set_font(FONT, size=10)
    with pdf.table(
        col_widths=_WIDTHS,
        text_align=("L", "L", "L", "R", "R"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis=TextEmphasis.B, size_pt=9),
        line_height=5,
        padding=(1, 1.5),
        v_align=VAlign.T,
    ) as table:
        table.row([drawable(text) for text in ("OK", "SKU", "Product", counted, "Arrived")])
        for line, units in rows:
            row = table.row()
            row.cell(img=_box(), img_fill_width=False)
            row.cell(drawable(line.sku))
            row.cell(drawable(line.name))
            row.cell(str(units), style=FontFace(emphasis=TextEmphasis.B))
            row.cell("")


@cache
def _box() -> Any:
    """A square to tick: the font has none."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (96, 96), 255)
    ImageDraw.Draw(image).rectangle((4, 4, 91, 91), outline=0, width=6)
    return image


def _natural(text: str) -> list[tuple[int, int, str]]:
    """Sorts A-9 before A-10, as shelves are."""
    parts = [part for part in re.split(r"(\d+)", text) if part]
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts]
