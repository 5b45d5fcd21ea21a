"""Barcodes, slips and pick lists as data, and as PDF."""

from __future__ import annotations

import io
import itertools
import logging
import string
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from saleor_plugins.fulfillment.domain.parcels.documents import Row, Slip, pick_list, sorted_rows
from saleor_plugins.printing.barcode import QUIET, code128, width_of

# A machine that is busy is no fault of the code.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "
# Written out from ISO/IEC 15417: the first, some in the middle, the starts and the stop.
KNOWN = {0: "212222", 33: "111323", 99: "113141", 100: "114131", 104: "211214", 105: "211232"}


def decoded(text: str) -> str:
    """What a scanner reads: a decoder of its own, from the bars alone."""
    bars = code128(text)
    edges = [edge for at, width in bars for edge in (at, at + width)]
    widths = [b - a for a, b in itertools.pairwise(edges)]
    assert edges[0] == QUIET and widths[-7:] == [2, 3, 3, 1, 1, 1, 2]
    from saleor_plugins.printing.barcode import _WIDTHS

    symbols = ["".join(map(str, widths[at : at + 6])) for at in range(0, len(widths) - 7, 6)]
    values = [_WIDTHS.index(symbol) for symbol in symbols]
    *data, check = values
    assert check == (data[0] + sum(place * value for place, value in enumerate(data))) % 103
    read, in_c = "", {104: False, 105: True}[data[0]]
    for value in data[1:]:
        if value == 99 and not in_c:
            in_c = True
        elif value == 100 and in_c:
            in_c = False
        else:
            read += f"{value:02d}" if in_c else chr(value + 32)
    return read


@UNHURRIED
@given(st.text(PRINTABLE, min_size=1, max_size=40) | st.text(string.digits, min_size=1, max_size=20))
def test_a_barcode_says_its_text(text: str) -> None:
    assert decoded(text) == text
    assert width_of(code128(text)) >= 2 * QUIET + 11 * 3 + 13


def test_the_table_is_the_standard_s() -> None:
    from saleor_plugins.printing.barcode import _WIDTHS

    assert {place: _WIDTHS[place] for place in KNOWN} == KNOWN
    assert len(set(_WIDTHS)) == 107
    assert all(sum(map(int, symbol)) == 11 for symbol in _WIDTHS[:-1])


def test_digits_are_packed_in_pairs() -> None:
    assert width_of(code128("12345678")) < width_of(code128("ABCDEFGH"))


@pytest.mark.parametrize("text", ["", "ż", "a\nb", "\x00"])
def test_what_bars_cannot_say_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ASCII"):
        code128(text)


def test_rows_are_sorted_as_people_count() -> None:
    rows = [Row(sku, "", "", 1) for sku in ("B-2", "A-10", "A-9", "a-1")]
    assert [row.sku for row in sorted_rows(rows)] == ["a-1", "A-9", "A-10", "B-2"]


def test_a_pick_list_names_a_product_once_with_its_orders() -> None:
    shirt, hat = Row("S", "Shirt", "M", 2), Row("H", "Hat", "", 1)
    picks = pick_list("Here", date(2026, 3, 1), [("10", shirt), ("9", shirt), ("9", hat), ("9", shirt)])
    assert [(pick.row.sku, pick.row.quantity, pick.orders) for pick in picks.picks] == [
        ("H", 1, (("9", 1),)),
        ("S", 6, (("9", 4), ("10", 2))),
    ]
    assert (picks.units, picks.orders) == (7, ("9", "10"))


def slip(*rows: Row, to: tuple[str, ...] = ("Zażółć Gęślą", "ul. Długa 1", "30-001 KRAKÓW")) -> Slip:
    codes = (("Order", "1234"), ("Parcel", "RnVsZmlsbG1lbnQ6MTI="))
    return Slip("1234", date(2026, 3, 1), "Größe & Söhne", to, rows, codes, "1Z", "DHL", (1, 2))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_slip_is_printed_in_many_alphabets(paper: str, size: tuple[int, int]) -> None:
    from saleor_plugins.fulfillment.views.pdf import slip_pdf

    rows = (Row("A", "Zażółć gęślą jaźń", "Größe M", 3), Row("B", "Καλημέρα κόσμε", "Кириллица", 12))
    content = slip_pdf(slip(*rows), paper)
    text = text_of(content)
    for words in (
        "Gęślą",
        "ul. Długa 1",
        "Zażółć gęślą jaźń",
        "Größe M",
        "Καλημέρα",
        "Кириллица",
        "1Z (DHL)",
    ):
        assert words in text
    assert "parcel 1 of 2" in text
    box = PdfReader(io.BytesIO(content)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


def test_what_the_font_lacks_is_a_question_mark_and_never_logged(caplog: pytest.LogCaptureFixture) -> None:
    from saleor_plugins.fulfillment.views.pdf import slip_pdf

    with caplog.at_level(logging.DEBUG):
        text = text_of(slip_pdf(slip(Row("A", "日本 🎁 ok", "", 1), to=("山田",)), "a4"))
    assert "?? ? ok" in text
    assert not [record for record in caplog.records if "山" in record.getMessage()]


def test_long_names_and_long_lists_fit() -> None:
    from saleor_plugins.fulfillment.views.pdf import picks_pdf, slip_pdf

    long = Row("S" * 255, "W" * 250, "Very " * 50, 10**6)
    rows = [Row(f"SKU-{number}", "Thing", "", number) for number in range(1, 120)]
    content = slip_pdf(slip(long, *rows), "letter")
    assert len(PdfReader(io.BytesIO(content)).pages) > 3
    assert "SKU-119" in text_of(content) and "1000000" in text_of(content)
    many = pick_list("Here", None, [(f"{number}", long) for number in range(2000)])
    assert "and 1970 more" in text_of(picks_pdf(many, "a4")).replace("\n", " ").replace("\u00a0", " ")
    assert "Nothing is due" in text_of(picks_pdf(pick_list("Here", None, []), "a4"))
