"""Packing slips and pick lists as PDF, with fpdf2 and Roboto (Apache License 2.0, from font-roboto)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import Any

from fpdf import FPDF
from fpdf.enums import TableBordersLayout, TextEmphasis, VAlign
from fpdf.fonts import FontFace
from fpdf.table import Table

from ..domain.parcels.barcode import code128, width_of
from ..domain.parcels.documents import Pick, PickList, Slip

FONT = "Roboto"
FORMATS = {"a4": "A4", "letter": "Letter"}
MARGIN = 14
MOST_NAMED = 30
# fpdf2 logs the characters that a font lacks: they would be parts of people's names.
logging.getLogger("fpdf").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)


def slip_pdf(slip: Slip, paper: str) -> bytes:
    """A packing slip on A4 or letter paper."""
    pdf = _document(paper, f"Order {slip.order_number}")
    _codes(pdf, slip.codes)
    _text(pdf, "Packing slip", 18, bold=True)
    _text(pdf, f"Order {slip.order_number} of {slip.ordered_on.isoformat()}", 11)
    if slip.warehouse:
        _text(pdf, f"From {slip.warehouse}", 11)
    if slip.tracking_number:
        carrier = f" ({slip.carrier})" if slip.carrier else ""
        _text(pdf, f"Tracking number {slip.tracking_number}{carrier}", 11)
    pdf.set_y(max(pdf.get_y(), MARGIN + 16 * len(slip.codes)) + 4)
    _text(pdf, "Ship to", 9)
    for line in slip.to or ("The order has no shipping address.",):
        _text(pdf, line, 13)
    pdf.ln(4)
    rows = [(row.sku, row.product, row.variant, str(row.quantity)) for row in slip.rows]
    _table(pdf, ("OK", "SKU", "Product", "Variant", "Quantity"), rows, (8, 38, 70, 44, 22))
    pdf.ln(3)
    _text(pdf, f"{slip.units} in {len(slip.rows)} lines", 10, bold=True)
    part, parts = slip.part
    if parts > 1:
        _text(pdf, f"This is parcel {part} of {parts}. What is missing here comes in another parcel.", 10)
    return bytes(pdf.output())


def picks_pdf(picks: PickList, paper: str) -> bytes:
    """A pick list on A4 or letter paper."""
    pdf = _document(paper, f"Pick list {picks.warehouse}")
    _text(pdf, "Pick list", 18, bold=True)
    due = f", parcels due by {picks.day.isoformat()}" if picks.day else ""
    _text(pdf, f"{picks.warehouse}{due}", 11)
    counts = f"{picks.units} units of {len(picks.picks)} products for {len(picks.orders)} orders."
    _text(pdf, f"{counts} Bins are not known: sorted by SKU.", 9)
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
        _text(pdf, "Nothing is due.", 11)
    return bytes(pdf.output())


def _orders(pick: Pick) -> str:
    """The orders a product is for. A row must fit on a page: the HTML page names all of them."""
    named = [f"{number}\u00a0×\u00a0{units}" for number, units in pick.orders[:MOST_NAMED]]
    more = len(pick.orders) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


class _Paper(FPDF):
    """A page with its title and number at the foot."""

    foot = ""
    # Where the barcodes end that stand beside the first lines.
    bars_end = 0.0

    def footer(self) -> None:
        self.set_y(-MARGIN)
        self.set_font(FONT, size=8)
        self.cell(0, 5, f"{self.foot}   {self.page_no()} / {{nb}}", align="R")


def _document(paper: str, title: str) -> _Paper:
    import font_roboto

    pdf = _Paper(format=FORMATS[paper])
    pdf.add_font(FONT, fname=font_roboto.Roboto)
    pdf.add_font(FONT, style="B", fname=font_roboto.RobotoBold)
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, MARGIN + 6)
    pdf.foot = drawable(title)
    pdf.set_title(drawable(title))
    pdf.add_page()
    return pdf


def drawable(text: str) -> str:
    """The text with a question mark for what the font cannot draw; the HTML page draws everything."""
    known = _glyphs()
    return "".join(char if ord(char) in known else "?" for char in text)


@cache
def _box() -> Any:
    """A square to tick: the font has none."""
    from PIL import Image, ImageDraw

    image = Image.new("L", (96, 96), 255)
    ImageDraw.Draw(image).rectangle((4, 4, 91, 91), outline=0, width=6)
    return image


@cache
def _glyphs() -> frozenset[int]:
    import font_roboto
    from fontTools.ttLib import TTFont

    with TTFont(font_roboto.Roboto, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _text(pdf: _Paper, text: str, size: float, *, bold: bool = False) -> None:
    pdf.set_font(FONT, style="B" if bold else "", size=size)
    beside = pdf.page_no() == 1 and pdf.get_y() < pdf.bars_end
    width = pdf.epw - 75 if beside else pdf.epw
    pdf.multi_cell(width, size * 0.5, drawable(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _codes(pdf: _Paper, codes: Sequence[tuple[str, str]]) -> None:
    top, width = pdf.get_y(), 68.0
    left = pdf.w - MARGIN - width
    for name, text in codes:
        bars = code128(text)
        module = width / width_of(bars)
        pdf.set_fill_color(0)
        for at, wide in bars:
            pdf.rect(left + at * module, top, wide * module, 10, style="F")
        pdf.set_font(FONT, size=8)
        pdf.set_xy(left, top + 10.5)
        pdf.cell(width, 4, drawable(f"{name} {text}"), align="R")
        top += 16
    pdf.bars_end = top
    pdf.set_xy(MARGIN, MARGIN)


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
