"""Packing slips and pick lists as PDF."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextEmphasis, VAlign
from fpdf.fonts import FontFace
from fpdf.table import Table

from ...printing.sheet import FONT, MARGIN, Sheet, drawable
from ..domain.parcels.documents import Pick, PickList, Slip

MOST_NAMED = 30


def slip_pdf(slip: Slip, paper: str) -> bytes:
    """A packing slip on A4 or letter paper."""
    pdf = Sheet(paper, f"Order {slip.order_number}")
    pdf.put_codes(slip.codes)
    pdf.put("Packing slip", 18, bold=True)
    pdf.put(f"Order {slip.order_number} of {slip.ordered_on.isoformat()}", 11)
    if slip.warehouse:
        pdf.put(f"From {slip.warehouse}", 11)
    if slip.tracking_number:
        carrier = f" ({slip.carrier})" if slip.carrier else ""
        pdf.put(f"Tracking number {slip.tracking_number}{carrier}", 11)
    pdf.set_y(max(pdf.get_y(), MARGIN + 16 * len(slip.codes)) + 4)
    pdf.put("Ship to", 9)
    for line in slip.to or ("The order has no shipping address.",):
        pdf.put(line, 13)
    pdf.ln(4)
    rows = [(row.sku, row.product, row.variant, str(row.quantity)) for row in slip.rows]
    _table(pdf, ("OK", "SKU", "Product", "Variant", "Quantity"), rows, (8, 38, 70, 44, 22))
    pdf.ln(3)
    pdf.put(f"{slip.units} in {len(slip.rows)} lines", 10, bold=True)
    part, parts = slip.part
    if parts > 1:
        pdf.put(f"This is parcel {part} of {parts}. What is missing here comes in another parcel.", 10)
    return bytes(pdf.output())


def picks_pdf(picks: PickList, paper: str) -> bytes:
    """A pick list on A4 or letter paper."""
    pdf = Sheet(paper, f"Pick list {picks.warehouse}")
    pdf.put("Pick list", 18, bold=True)
    due = f", parcels due by {picks.day.isoformat()}" if picks.day else ""
    pdf.put(f"{picks.warehouse}{due}", 11)
    counts = f"{picks.units} units of {len(picks.picks)} products for {len(picks.orders)} orders."
    pdf.put(f"{counts} Bins are not known: sorted by SKU.", 9)
    pdf.ln(3)
    rows = [
        (
            pick.row.sku,
            pick.row.product,
            pick.row.variant,
            str(pick.row.quantity),
            _orders(pick),
        )
        for pick in picks.picks
    ]
    if rows:
        heads = ("OK", "SKU", "Product", "Variant", "Take", "For orders")
        _table(pdf, heads, rows, (8, 34, 52, 34, 14, 40))
    else:
        pdf.put("Nothing is due.", 11)
    return bytes(pdf.output())


def _orders(pick: Pick) -> str:
    """The orders a product is for. A row must fit on a page: the HTML page names all of them."""
    named = [f"{number}\u00a0×\u00a0{units}" for number, units in pick.orders[:MOST_NAMED]]
    more = len(pick.orders) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


@cache
def _box() -> Any:
    """A square to tick: the font has none."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (96, 96), 255)
    ImageDraw.Draw(image).rectangle((4, 4, 91, 91), outline=0, width=6)
    return image


def _table(pdf: FPDF, heads: Sequence[str], rows: Sequence[Sequence[str]], widths: tuple[float, ...]) -> None:
    numbers = heads.index("Quantity") if "Quantity" in heads else heads.index("Take")
    aligned: Any = tuple("R" if place == numbers else "L" for place in range(len(heads)))
    pdf.set_font(FONT, size=10)
    layout = TableBordersLayout.HORIZONTAL_LINES
    head = FontFace(emphasis=TextEmphasis.B, size_pt=9)
    with pdf.table(
        col_widths=widths, text_align=aligned, borders_layout=layout, headings_style=head, line_height=5,
        padding=(1, 1.5), v_align=VAlign.T,
    ) as table:  # fmt: skip
        table.row([drawable(text) for text in heads])
        for cells in rows:
            _row(pdf, table, cells, numbers)


def _row(pdf: FPDF, table: Table, cells: Sequence[str], numbers: int) -> None:
    row = table.row()
    row.cell(img=_box(), img_fill_width=False)
    for place, text in enumerate(cells, 1):
        style = FontFace(emphasis=TextEmphasis.B) if place == numbers else None
        row.cell(drawable(text), style=style)
