"""An order as PDF: a letter that a supplier can print, file and pick from."""

from __future__ import annotations

from datetime import UTC, datetime, time

from babel import Locale
from fpdf.enums import TableBordersLayout
from fpdf.fonts import FontFace

from ...kernel import wording
from ...printing.sheet import FONT, MARGIN, Sheet, drawable
from ..domain.paper import Change, Paper
from .words import words

_INK, _DIM, _LINE, _TINT = 30, 105, 205, 245


def order_pdf(paper: Paper, link: str = "") -> bytes:
    """The order, or its cancellation, on A4 or letter paper; `link` is where it is confirmed."""
    said, locale = words(paper.language), wording.locale_of(paper.language)
    title = said["canceled" if paper.cancels else "order"]
    pdf = Sheet(paper.paper.lower(), f"{paper.shop} · {title} {paper.number}")
    # The same order is the same file, however often it is made.
    pdf.set_creation_date(datetime.combine(paper.placed, time(), UTC))
    pdf.set_lang(paper.language)
    pdf.set_text_color(_INK)
    _head(pdf, paper, title)
    _facts(pdf, paper, said, locale)
    _parties(pdf, paper, said)
    if paper.cancels:
        pdf.put(said["stop"], 11, bold=True)
        pdf.ln(3)
    _changes(pdf, paper, said, locale)
    _rows(pdf, paper, said, locale)
    _total(pdf, paper, said, locale)
    _close(pdf, paper, said, link)
    return bytes(pdf.output())


def _head(pdf: Sheet, paper: Paper, title: str) -> None:
    if not paper.cancels:
        pdf.put_bars(str(paper.number), pdf.w - MARGIN - 46, MARGIN, (46, 11))
        pdf.bars_end = MARGIN + 13
    pdf.put(paper.shop, 11)
    pdf.put(f"{title} {paper.number}", 20, bold=True)
    pdf.ln(3)


def _facts(pdf: Sheet, paper: Paper, said: dict[str, str], locale: Locale) -> None:
    """Date, revision and the day it is wanted on, side by side."""
    facts = [(said["date"], wording.day(paper.placed, locale)), (said["revision"], str(paper.revision))]
    if paper.wanted and not paper.cancels:
        facts.append((said["wanted"], wording.day(paper.wanted, locale)))
    top, wide = pdf.get_y(), pdf.epw / 3
    pdf.set_fill_color(_TINT)
    pdf.rect(MARGIN, top, pdf.epw, 13, style="F")
    for place, (name, value) in enumerate(facts):
        _pair(pdf, MARGIN + place * wide, top + 1.5, name, value)
    pdf.set_xy(MARGIN, top + 17)


def _pair(pdf: Sheet, left: float, top: float, name: str, value: str) -> None:
    pdf.set_xy(left, top)
    pdf.set_font(FONT, size=8)
    pdf.set_text_color(_DIM)
    pdf.cell(50, 4, drawable(name))
    pdf.set_xy(left, top + 4)
    pdf.set_font(FONT, style="B", size=11)
    pdf.set_text_color(_INK)
    pdf.cell(50, 6, drawable(value))


def _parties(pdf: Sheet, paper: Paper, said: dict[str, str]) -> None:
    """Who orders, who delivers, and where to."""
    columns = [
        (said["from"], paper.sender),
        (said["to"], (paper.supplier,)),
        (said["deliver_to"], paper.deliver_to),
    ]
    top, wide, low = pdf.get_y(), pdf.epw / 3, pdf.get_y()
    for place, (name, texts) in enumerate(columns):
        left = MARGIN + place * wide
        pdf.set_xy(left, top)
        pdf.set_font(FONT, size=8)
        pdf.set_text_color(_DIM)
        pdf.cell(wide, 4.5, drawable(name))
        pdf.set_text_color(_INK)
        pdf.set_xy(left, top + 5)
        for number, text in enumerate(texts):
            pdf.set_font(FONT, style="B" if number == 0 else "", size=10)
            pdf.set_x(left)
            pdf.multi_cell(wide - 5, 5, drawable(text), align="L", new_x="LEFT", new_y="NEXT")
        low = max(low, pdf.get_y())
    pdf.set_xy(MARGIN, low + 6)


def _changes(pdf: Sheet, paper: Paper, said: dict[str, str], locale: Locale) -> None:
    if not paper.changes:
        return
    pdf.put(said["replaces"].format(revision=paper.replaces), 10, bold=True)
    pdf.ln(0.5)
    for change in paper.changes:
        pdf.put("• " + change_text(change, paper.currency, said, locale), 10)
    pdf.ln(4)


def change_text(change: Change, currency: str, said: dict[str, str], locale: Locale) -> str:
    """What became of a line, in words."""

    def each(units: int, price: int) -> str:
        if not units:
            return said["nothing"]
        shown = wording.amount(price, currency, locale)
        return said["each"].format(units=wording.number(units, locale), price=shown)

    names = " · ".join(part for part in (change.supplier_sku, change.sku, change.name) if part)
    before = each(change.before, change.price_before)
    return said["changed"].format(item=names, before=before, after=each(change.after, change.price_after))


def _rows(pdf: Sheet, paper: Paper, said: dict[str, str], locale: Locale) -> None:
    pdf.set_draw_color(_LINE)
    pdf.set_fill_color(255)
    pdf.set_font(FONT, size=9.5)
    wide = pdf.epw - 30 - 30 - 20 - 27 - 29
    with pdf.table(
        col_widths=(30, 30, wide, 20, 27, 29),
        text_align=("LEFT", "LEFT", "LEFT", "RIGHT", "RIGHT", "RIGHT"),
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=FontFace(emphasis="BOLD", size_pt=8.5, fill_color=_TINT),
        line_height=5,
        padding=(1.2, 1),
    ) as table:
        table.row(
            [drawable(said[name]) for name in ("your_sku", "our_sku", "item", "quantity", "price", "sum")]
        )
        for line in paper.lines:
            texts = (
                line.supplier_sku,
                line.sku,
                line.name,
                wording.number(line.quantity, locale),
                wording.amount(line.price, paper.currency, locale),
                wording.amount(line.total, paper.currency, locale),
            )
            table.row([drawable(text) for text in texts])


def _total(pdf: Sheet, paper: Paper, said: dict[str, str], locale: Locale) -> None:
    pdf.ln(2)
    if pdf.will_page_break(9):
        pdf.add_page()
    pdf.set_font(FONT, size=10)
    pdf.cell(pdf.epw / 2, 8, drawable(f"{said['units']}: {wording.number(paper.units, locale)}"))
    pdf.set_font(FONT, style="B", size=13)
    text = f"{said['total']}   {wording.amount(paper.total, paper.currency, locale)}"
    pdf.cell(pdf.epw / 2, 8, drawable(text), align="R", new_x="LMARGIN", new_y="NEXT")


def _close(pdf: Sheet, paper: Paper, said: dict[str, str], link: str) -> None:
    if paper.cancels:
        return
    pdf.ln(6)
    if pdf.will_page_break(30):
        pdf.add_page()
    top = pdf.get_y()
    pdf.put(said["quote"], 9.5)
    if paper.reply_to:
        pdf.put(paper.reply_to, 9.5)
    if link:
        pdf.put_qr(link, pdf.w - MARGIN - 26, top - 2, 26)
        pdf.set_xy(pdf.w - MARGIN - 80, top + 8)
        pdf.set_font(FONT, style="B", size=9.5)
        pdf.cell(52, 5, drawable(said["confirm"]), align="R", link=link)
