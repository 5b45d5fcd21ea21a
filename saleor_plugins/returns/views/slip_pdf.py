"""A return slip as PDF: a page for the parcel, with the address to cut off at its foot."""

from __future__ import annotations

from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from ...printing.sheet import FONT, MARGIN, Sheet, drawable
from ..usecases.return_slip import Slip

# Millimetres: the codes beside the title, and the address below the cut.
_QR, _BARS, _CUT = 34.0, (68.0, 13.0), 68.0


def slip_pdf(slip: Slip, words: dict[str, str], steps: list[str], shop: str, paper: str) -> bytes:
    """The slip on A4 or letter paper."""
    pdf = Sheet(paper, f"{shop} · {slip.number}")
    pdf.put_qr(slip.number, pdf.w - MARGIN - _QR, MARGIN - 4, _QR)
    pdf.put_bars(slip.number, pdf.w - MARGIN - _BARS[0], MARGIN + _QR - 4, _BARS)
    # Title and steps stay beside the codes.
    pdf.bars_end = MARGIN + _QR + _BARS[1]
    pdf.put(shop, 11)
    pdf.put(words["title"], 20, bold=True)
    pdf.put(f"{words['number']} {slip.number}", 12, bold=True)
    pdf.put(f"{words['order']} {slip.order_number}", 11)
    pdf.ln(2)
    for place, step in enumerate(steps, 1):
        pdf.put(f"{place}. {step}", 10.5)
        pdf.ln(0.8)
    pdf.set_y(max(pdf.get_y(), pdf.bars_end) + 4)
    _rows(pdf, slip, words)
    pdf.ln(2)
    pdf.put(f"{words['units']}: {slip.units}", 11, bold=True)
    _address(pdf, slip, words)
    return bytes(pdf.output())


def _rows(pdf: Sheet, slip: Slip, words: dict[str, str]) -> None:
    pdf.set_font(FONT, size=10)
    heading = FontFace(emphasis="BOLD", size_pt=9)
    wide = pdf.epw - 48 - 22
    with pdf.table(
        col_widths=(48, wide, 22),
        text_align=("LEFT", "LEFT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=heading,
        line_height=5.5,
        padding=1,
    ) as table:
        table.row([words["sku"], words["item"], words["quantity"]])
        for row in slip.rows:
            table.row([drawable(row.sku), drawable(row.name), str(row.units)])


def _address(pdf: Sheet, slip: Slip, words: dict[str, str]) -> None:
    """At the foot of the page, or of another one where there is no room left."""
    top = pdf.h - MARGIN - 6 - _CUT
    if pdf.get_y() > top - 4:
        pdf.add_page()
    pdf.set_draw_color(120)
    pdf.set_dash_pattern(dash=2, gap=2)
    pdf.line(MARGIN, top, pdf.w - MARGIN, top)
    pdf.set_dash_pattern()
    pdf.set_xy(MARGIN, top + 1)
    pdf.put(f"{words['cut']}", 8)
    pdf.ln(3)
    pdf.put(words["to"], 10)
    pdf.bars_end = pdf.h
    to = slip.to or (words["no_address"],)
    for line in to:
        pdf.put(line, 15 if len(to) < 7 else 10, bold=True)
    left = pdf.w - MARGIN - _BARS[0]
    pdf.put_bars(slip.number, left, top + 14, _BARS)
    pdf.set_xy(left, top + 14 + _BARS[1] + 1)
    pdf.set_font(FONT, size=11)
    pdf.cell(_BARS[0], 5, drawable(slip.number), align="C")
