"""A replay as a table for spreadsheets: one number a line, one scenario a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...kernel.money import from_minor
from ..domain.rates.csv_rows import write_table
from .backtest_rows import ROWS, Kind, Row, parts

PART = (("orders", Kind.COUNT), ("parcels", Kind.COUNT), ("units", Kind.COUNT), ("cost", Kind.MONEY))


def table(result: Mapping[str, Any]) -> Iterator[str]:
    """The lines: the whole, then by warehouse, by country, and orders by their days until arrival."""
    names = [column["name"] for column in result["columns"]]
    return write_table(["of", "key", "number", *names], _rows(result, names))


def _rows(result: Mapping[str, Any], names: list[str]) -> Iterator[dict[str, Any]]:
    columns, currency = result["columns"], result["currency"]
    for row in ROWS:
        values = [_plain(column[row.key], row, currency) for column in columns]
        yield {"of": "all", "key": "", "number": row.key, **dict(zip(names, values, strict=True))}
    for kind in ("warehouses", "countries"):
        for part in parts(result, kind):
            for key, form in PART:
                values = [_plain(cell[key], Row(key, "", form), currency) for cell in part["cells"]]
                yield {
                    "of": kind,
                    "key": part["name"],
                    "number": key,
                    **dict(zip(names, values, strict=True)),
                }
    for day in sorted({int(day) for column in columns for day in column["days"]}):
        counts = [column["days"].get(str(day), 0) for column in columns]
        yield {"of": "days", "key": day, "number": "orders", **dict(zip(names, counts, strict=True))}


def _plain(value: float | None, row: Row, currency: str) -> Any:
    return from_minor(round(value), currency) if row.kind is Kind.MONEY and value is not None else value
