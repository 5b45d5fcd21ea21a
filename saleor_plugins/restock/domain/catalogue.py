"""A supplier's catalogue as a table: columns, cells, and what is wrong with which of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

COLUMNS = (
    "supplier",
    "sku",
    "supplier_sku",
    "price",
    "currency",
    "moq",
    "pack",
    "lead_days",
    "breaks",
    "active",
)
NEEDED = ("sku", "price", "currency")
_BREAK = re.compile(r"(\d{1,7})=(\S+)")
_YES, _NO = ("", "yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Problem:
    """What is wrong in a file: its line (from 1, the header's), and the column ("" for all of it)."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        where = f"Line {self.line}, {self.column}" if self.column else f"Line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True)
class Row:
    """A line of the file: texts by column."""

    line: int
    cells: dict[str, str]


class Unreadable(Exception):
    """The file cannot be read any further."""

    def __init__(self, problem: Problem):
        super().__init__(str(problem))
        self.problem = problem


def rows(lines: Iterable[str], needed: Iterable[str] = NEEDED) -> Iterator[Row]:
    """The rows of a CSV file with a header; commas, semicolons or tabs between cells; no empty lines.

    Raises Unreadable naming line and column.
    """
    source = iter(lines)
    header = next(source, "").lstrip("\ufeff")
    mark = max(",;\t", key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=mark), [])]
    _check_header(names, needed)
    reader = csv.reader(source, delimiter=mark, strict=True)
    try:
        begun = 2
        for cells in reader:
            line, begun = begun, reader.line_num + 2
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(names):
                raise Unreadable(Problem(line, "", f"Has {len(cells)} cells; the header has {len(names)}."))
            cells += [""] * (len(names) - len(cells))
            yield Row(line, {name: _plain(cell) for name, cell in zip(names, cells, strict=True)})
    except csv.Error as error:
        raise Unreadable(Problem(reader.line_num + 1, "", f"Is not CSV: {error}.")) from None


def _check_header(names: list[str], needed: Iterable[str]) -> None:
    for name in names:
        if name not in COLUMNS:
            raise Unreadable(Problem(1, name, f"No such column. There are: {', '.join(COLUMNS)}."))
        if names.count(name) > 1:
            raise Unreadable(Problem(1, name, "Is there twice."))
    for name in needed:
        if name not in names:
            raise Unreadable(Problem(1, name, "The column is missing."))


def _plain(cell: str) -> str:
    """The cell without the quote that keeps spreadsheets from running it."""
    cell = cell.strip()
    return cell[1:] if re.match(r"'\s*[=+\-@]", cell) else cell


def whole(text: str, otherwise: int | None) -> int | None:
    """A whole number, or `otherwise` for an empty cell. Raises ValueError."""
    if not text:
        return otherwise
    if not re.fullmatch(r"\d{1,9}", text):
        raise ValueError("Must be a whole number.")
    return int(text)


def switch(text: str) -> bool:
    """Yes or no; an empty cell is yes. Raises ValueError."""
    if text.lower() not in (*_YES, *_NO):
        raise ValueError("Must be yes or no.")
    return text.lower() in _YES


def breaks(text: str) -> list[tuple[int, str]]:
    """Price breaks as in ``12=3.50 100=3.20``. Raises ValueError."""
    found = []
    for part in text.split():
        match = _BREAK.fullmatch(part)
        if not match:
            raise ValueError("Must look like 12=3.50 100=3.20: from 12 units on 3.50 each.")
        found.append((int(match[1]), match[2]))
    return found
