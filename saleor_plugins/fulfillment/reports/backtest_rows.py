"""A replay's numbers in rows: what they are called, how they are written, how much they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ...kernel.money import exponent, from_minor

TITLES = {"today": "Today", "proposed": "Proposed", "saleor": "Saleor by itself"}
UNKNOWN = "–"


class Kind(StrEnum):
    """How a number is written."""

    MONEY = "MONEY"
    COUNT = "COUNT"
    NUMBER = "NUMBER"
    SHARE = "SHARE"


@dataclass(frozen=True)
class Row:
    """A number of a column. `good` says which way is better: -1 less, 1 more, 0 neither.

    One that is not `fair` only says something where as many units are shipped: who ships less pays less.
    """

    key: str
    title: str
    kind: Kind
    good: int = -1
    fair: bool = True


ROWS: tuple[Row, ...] = (
    Row("cost", "Cost", Kind.MONEY, fair=False),
    Row("cost_per_order", "Cost per order", Kind.MONEY, fair=False),
    Row("cost_per_unit", "Cost per shipped unit", Kind.MONEY),
    Row("parcels", "Parcels", Kind.COUNT, fair=False),
    Row("parcels_per_order", "Parcels per order", Kind.NUMBER, fair=False),
    Row("split_share", "Orders that are split", Kind.SHARE, fair=False),
    Row("km_per_parcel", "Kilometres per parcel", Kind.NUMBER),
    Row("km_per_unit", "Kilometres per unit", Kind.NUMBER),
    Row("days_mean", "Days until all has arrived, mean", Kind.NUMBER),
    Row("days_p90", "Days, nine of ten orders within", Kind.COUNT),
    Row("late_share", "Orders later than promised", Kind.SHARE),
    Row("orders", "Orders shipped", Kind.COUNT, 1),
    Row("units", "Units shipped", Kind.COUNT, 1),
    Row("unfilled_units", "Units unfilled", Kind.COUNT),
)


def written(value: float | None, kind: Kind, currency: str) -> str:
    """A number for people."""
    if value is None:
        return UNKNOWN
    if kind is Kind.MONEY:
        return f"{from_minor(round(value), currency):,.{exponent(currency)}f}"
    if kind is Kind.SHARE:
        return f"{value:.1%}"
    return f"{value:,.0f}" if kind is Kind.COUNT else f"{value:,.2f}"


def difference(value: float | None, before: float | None) -> float | None:
    """How much more `value` is than `before`, as a share of it; None where that says nothing."""
    if value is None or not before:
        return None
    return value / before - 1


def percent(share: float | None) -> str:
    """A difference for people: "+3.2 %", "±0 %"."""
    if share is None:
        return ""
    shown = round(share * 100, 1)
    return "±0 %" if shown == 0 else f"{shown:+.1f} %"


def verdict(share: float | None, good: int) -> str:
    """ "better", "worse" or "" for a difference."""
    if share is None or good == 0 or round(share * 100, 1) == 0:
        return ""
    return "better" if (share > 0) == (good > 0) else "worse"


def title(column: Mapping[str, Any]) -> str:
    """What a column is called."""
    return TITLES.get(column["name"], column["name"])


def summary(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every row with its cells: text, difference from the first column, and whether that is good."""
    columns, currency = result["columns"], result["currency"]
    return [
        {
            "title": f"{row.title}, {currency}" if row.kind is Kind.MONEY else row.title,
            "cells": [_cell(row, column, columns, currency) for column in columns],
        }
        for row in ROWS
        if any(column[row.key] is not None for column in columns)
    ]


def _cell(
    row: Row, column: Mapping[str, Any], columns: Sequence[Mapping[str, Any]], currency: str
) -> dict[str, str]:
    today = columns[0]
    share = None if column is today else difference(column[row.key], today[row.key])
    fair = row.fair or column["units"] == today["units"]
    return {
        "text": written(column[row.key], row.kind, currency),
        "difference": percent(share),
        "verdict": verdict(share, row.good) if fair else "",
    }


def parts(result: Mapping[str, Any], kind: str) -> list[dict[str, Any]]:
    """Warehouses or countries (`kind` is "warehouses" or "countries") with their numbers in each column.

    Those with most units in any column first.
    """
    columns = result["columns"]
    found = [{part["key"]: part for part in column[kind]} for column in columns]
    keys = {key for column in found for key in column}
    most = {key: max(column[key]["units"] if key in column else 0 for column in found) for key in keys}
    nothing = {"orders": 0, "parcels": 0, "units": 0, "cost": 0, "share": 0.0}
    names = result.get("names", {})
    return [
        {
            "key": key,
            "name": names.get(key, key),
            "cells": [
                {
                    **column.get(key, nothing),
                    "money": written(column.get(key, nothing)["cost"], Kind.MONEY, result["currency"]),
                }
                for column in found
            ],
        }
        for key in sorted(keys, key=lambda key: (-most[key], key))
    ]
