"""Tables as CSV text, in and out, as spreadsheets write and read them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from ....kernel.errors import Invalid, Invalids
from .rows import MOST_ROWS, Row, raise_errors

MOST_BYTES = 20_000_000
DELIMITERS = ",;\t|"
# A cell that begins so is a formula to a spreadsheet; the full-width ones are to a Japanese one.
_FORMULA = frozenset("=+-@\t\r\n'\uff1d\uff0b\uff0d\uff20")
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(content: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 with its mark. Raises Invalid that names the bad line."""
    if len(content) > MOST_BYTES:
        raise Invalid(f"Is larger than {MOST_BYTES:,} bytes.")
    encoding = next((name for mark, name in _ENCODINGS if content.startswith(mark)), "utf-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Invalid(f"Line {line}: is not UTF-8. Save the file as CSV UTF-8.") from None


def read_table(
    text: str,
    columns: Sequence[str],
    errors: list[Invalid],
    *,
    required: Iterable[str],
    field: str,
    amounts: Collection[str] = (),
) -> list[Row]:
    """The good rows below the header, which has some of `columns` in any order and spelling of words.

    `amounts` may have a decimal comma where that cannot be a thousands separator. What is wrong is added
    to `errors` as ``field.LINE.COLUMN``.
    """
    rows: list[Row] = []
    try:
        lines = _lines(text, field)
        names = _header(next(lines, (1, []))[1], columns, required, field)
        for number, cells in lines:
            row = Row(f"{field}.{number}", dict(zip(names, map(_unquoted, cells), strict=False)), number)
            if len(rows) >= MOST_ROWS:
                raise Invalid(f"Has more than {MOST_ROWS:,} rows.", field=field)
            wrong = _structure(row, cells, names, amounts)
            errors += wrong
            if not wrong:
                rows.append(_with_points(row, amounts))
    except Invalids as bad:
        errors += bad.errors
    except Invalid as error:
        errors.append(error)
    return rows


def _structure(
    row: Row, cells: Sequence[str], names: Sequence[str], amounts: Collection[str]
) -> list[Invalid]:
    if len(cells) != len(names):
        return [row.refusal(Invalid(f"Has {len(cells)} cells, the header has {len(names)}."))]
    return [
        row.refusal(Invalid(_TWO_WAYS.format(row.values[name]), field=name))
        for name in names
        if name in amounts and _point(row.values[name]) is None
    ]


def _with_points(row: Row, amounts: Collection[str]) -> Row:
    values = {name: _point(cell) if name in amounts else cell for name, cell in row.values.items()}
    return Row(row.path, values, row.line)


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The table as CSV, line by line; cells that a spreadsheet would run as a formula begin with "'"."""
    yield _line(columns)
    for row in rows:
        yield _line([_quoted(_text(row.get(name))) for name in columns])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _quoted(cell: str) -> str:
    return f"'{cell}" if cell[:1] in _FORMULA and cell else cell


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA and cell[1:] else cell


def _lines(text: str, field: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with the line they begin on."""
    text = text.removeprefix("\ufeff")
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Invalid(f"Line {line}: has a NUL character.", field=f"{field}.{line}")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        message = f"Line {begins}: is not CSV ({error})."
        raise Invalid(message, field=f"{field}.{begins}") from None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).casefold()


def _header(cells: Sequence[str], columns: Sequence[str], required: Iterable[str], field: str) -> list[str]:
    known = {_plain(name): name for name in columns}
    names, errors = [], []
    for cell in cells:
        name = known.get(_plain(cell), "")
        if not name:
            shown = cell.strip()[:50]
            errors.append(f'there is no column "{shown}"; there are {", ".join(columns)}')
        elif name in names:
            errors.append(f"the column {name} is there twice")
        names.append(name)
    errors += [f"the column {name} is missing" for name in required if name not in names]
    raise_errors([Invalid(f"The header: {error}.", field=f"{field}.1") for error in errors])
    return names


_TWO_WAYS = '"{}" can be read in two ways: write it with a decimal point, and no other mark.'


def _point(cell: str) -> str | None:
    """An amount with a decimal point; None for one that can be read in two ways."""
    plain = cell.replace("\u00a0", "").replace(" ", "")
    if "," not in plain:
        return plain
    # No thousands separator stands before one or two digits at the end.
    return plain.replace(",", ".") if re.fullmatch(r"[0-9]+,[0-9]{1,2}", plain) else None
