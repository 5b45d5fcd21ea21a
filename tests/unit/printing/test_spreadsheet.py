"""What a spreadsheet would run is text in our files."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest

from saleor_plugins.printing.spreadsheet import lines, safe

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u3000=1", "'=1", '"=1+1"', "＝1", "＋1", "－1", "＠x",
    "a;=1", "a,=1", "a|=cmd|' /C calc'!A0", 'x";=1', "a,\t@x", "a; '=1", "=HYPERLINK(\"http://x\",\"y\")",
    "\x00=1", "\u2028=1",
]  # fmt: skip


def runs(cell: str) -> bool:
    """Whether a spreadsheet may take it for a formula."""
    return cell.lstrip(" \t\r\n\"'\u3000\x00\u2028")[:1] in tuple(
        "=+-@＝＋－＠"
    ) and not cell.lstrip().startswith("'")


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("separator", [",", ";", "|"])
def test_no_cell_runs_whatever_the_separator(words: str, separator: str) -> None:
    file = "".join(lines(("SKU", "Units"), [(words, 1), ("shirt", 2)]))
    assert file.count("\r\n") == 3
    for row in csv.reader(io.StringIO(file.lstrip("\ufeff")), delimiter=separator):
        assert not any(runs(cell) for cell in row), row


def test_what_is_harmless_stays_as_it_is() -> None:
    for words in ("SHIRT-RED", "a=b", "5 - 3", "jane@example.com", "größe", "", "1+1"):
        assert safe(words) == words


def test_numbers_stay_numbers() -> None:
    file = "".join(lines(("a",), [(-3,), (Decimal("-12.30"),), (0.5,), (None,), (True,)]))
    assert file.split("\r\n")[1:-1] == ["-3", "-12.30", "0.5", '""', "True"]


def test_rows_are_written_as_they_come() -> None:
    def endless():  # type: ignore[no-untyped-def]
        while True:
            yield ("x",)

    found = lines(("a",), endless())
    assert [next(found) for _ in range(3)][1:] == ['"x"\r\n'] * 2
