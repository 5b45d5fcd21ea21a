"""Sheets of paper as PDF, with fpdf2 and Roboto (Apache License 2.0, from font-roboto)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache

from fpdf import FPDF

from .barcode import code128, width_of
from .qr import qr_runs

FONT = "Roboto"
FORMATS = {"a4": "A4", "letter": "Letter"}
MARGIN = 14
# fpdf2 logs the characters that a font lacks: they would be parts of people's names.
logging.getLogger("fpdf").setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.CRITICAL)


class Sheet(FPDF):
    """Pages of one of `FORMATS`, each with the title and its number at the foot; sizes are in points."""

    def __init__(self, paper: str, title: str):
        import font_roboto

        super().__init__(format=FORMATS[paper])
        self.foot = drawable(title)
        # Where the barcodes end that stand beside the first lines.
        self.bars_end = 0.0
        self.add_font(FONT, fname=font_roboto.Roboto)
        self.add_font(FONT, style="B", fname=font_roboto.RobotoBold)
        self.set_margin(MARGIN)
        self.set_auto_page_break(True, MARGIN + 6)
        self.set_title(self.foot)
        self.add_page()

    def footer(self) -> None:
        """The title and the page's number."""
        self.set_y(-MARGIN)
        self.set_font(FONT, size=8)
        self.cell(0, 5, f"{self.foot}   {self.page_no()} / {{nb}}", align="R")

    def put(self, text: str, size: float, *, bold: bool = False) -> None:
        """A paragraph, beside the barcodes as long as there are any."""
        self.set_font(FONT, style="B" if bold else "", size=size)
        beside = self.page_no() == 1 and self.get_y() < self.bars_end
        width = self.epw - 75 if beside else self.epw
        self.multi_cell(width, size * 0.5, drawable(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def put_codes(self, codes: Sequence[tuple[str, str]]) -> None:
        """Barcodes (what it is, its text) at the top right of the first page."""
        top, width = self.get_y(), 68.0
        left = self.w - MARGIN - width
        for name, text in codes:
            self.put_bars(text, left, top, (width, 10))
            self.set_font(FONT, size=8)
            self.set_xy(left, top + 10.5)
            self.cell(width, 4, drawable(f"{name} {text}"), align="R")
            top += 16
        self.bars_end = top
        self.set_xy(MARGIN, MARGIN)

    def put_bars(self, text: str, left: float, top: float, size: tuple[float, float]) -> None:
        """A barcode, `size` millimetres wide and high."""
        bars = code128(text)
        module = size[0] / width_of(bars)
        self.set_fill_color(0)
        for at, wide in bars:
            self.rect(left + at * module, top, wide * module, size[1], style="F")

    def put_qr(self, text: str, left: float, top: float, side: float) -> None:
        """A QR code, `side` millimetres wide and high with its quiet zone."""
        modules, runs = qr_runs(text)
        module = side / modules
        self.set_fill_color(0)
        for x, y, wide in runs:
            self.rect(left + x * module, top + y * module, wide * module, module, style="F")


def drawable(text: str) -> str:
    """The text with a question mark for what the font cannot draw; the HTML page draws everything."""
    known = _glyphs()
    return "".join(char if ord(char) in known else "?" for char in text)


@cache
def _glyphs() -> frozenset[int]:
    import font_roboto
    from fontTools.ttLib import TTFont

    with TTFont(font_roboto.Roboto, lazy=True) as font:
        return frozenset(font.getBestCmap())
