"""A CSV file of tracking numbers, read line by line; every mistake names its line and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from ....carriers.scans import LONGEST_NUMBER, checked_status, checked_time
from ....kernel.errors import Invalid

COLUMNS = ("order", "fulfillment", "tracking_number", "carrier", "status", "time")


@dataclass(frozen=True)
class TrackingLine:
    """A line of the file: which parcel, and what is now known about it."""

    number: int
    order: str
    fulfillment: str
    tracking_number: str
    carrier: str
    status: str
    time: datetime | None


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be used."""

    line: int
    column: str
    message: str
    code: str = "INVALID"


def read_tracking(lines: Iterable[str], now: datetime) -> Iterator[TrackingLine | Problem]:
    """The lines of a CSV file with a heading, as they come: flat memory. Empty lines are passed over.

    Separated by comma, semicolon or tab, as the heading is. Raises Invalid (field ``csv``) for a heading that
    names no parcel or an unknown column.
    """
    rows = iter(lines)
    heading = next((line for line in rows if line.strip()), "").lstrip("\ufeff")
    mark = max(",;\t", key=heading.count)
    names = [cell.strip().lower() for cell in next(csv.reader(io.StringIO(heading), delimiter=mark), [])]
    _check_heading(names)
    reader = csv.reader(rows, delimiter=mark)
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(reader.line_num + 1, "", f"Not a line of CSV: {error}.")
            continue
        if any(cell.strip() for cell in cells):
            yield _line(reader.line_num + 1, names, cells, now)


def _check_heading(names: list[str]) -> None:
    unknown = sorted(set(names) - set(COLUMNS))
    if unknown or len(set(names)) != len(names):
        raise Invalid(f"The first line must name columns among: {', '.join(COLUMNS)}.", field="csv")
    if not {"order", "fulfillment"} & set(names):
        raise Invalid("A column order or fulfillment is needed.", field="csv")
    if not {"tracking_number", "status"} & set(names):
        raise Invalid("A column tracking_number or status is needed.", field="csv")


def _line(number: int, names: list[str], cells: list[str], now: datetime) -> TrackingLine | Problem:
    if len(cells) != len(names):
        return Problem(number, "", f"Has {len(cells)} cells; the first line names {len(names)}.")
    row = dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    try:
        return _checked(number, row, now)
    except Invalid as error:
        return Problem(number, error.field or "", error.message, error.code)


def _checked(number: int, row: dict[str, str], now: datetime) -> TrackingLine:
    if not row["order"] and not row["fulfillment"]:
        raise Invalid("Name the order or the fulfilment.", field="order", code="REQUIRED")
    if not row["tracking_number"] and not row["status"]:
        raise Invalid("Neither a tracking number nor a status.", field="tracking_number", code="REQUIRED")
    for name in ("tracking_number", "carrier"):
        if len(row[name]) > LONGEST_NUMBER or not row[name].isprintable():
            raise Invalid(f"At most {LONGEST_NUMBER} printable characters.", field=name)
    if row["time"] and not row["status"]:
        raise Invalid("A time needs a status.", field="time")
    status = checked_status(row["status"], "status") if row["status"] else ""
    time = checked_time(row["time"], now, "time") if row["time"] else None
    order = row["order"].removeprefix("#")
    return TrackingLine(
        number, order, row["fulfillment"], row["tracking_number"], row["carrier"], status, time
    )
