"""Every report as rows: what CSV files and pages show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from saleor_plugins.kernel.money import from_minor

from ..domain.reports.found import Concentration, Costs, Due, Fate, Retained, Stage, Unreceived
from ..domain.reports.rate import RateTable, VariantRate
from ..domain.reports.waterfall import WORDS as STEPS
from . import goods, times

Rows = Iterator[Sequence[Any]]

RATES = (
    "Variant",
    "SKU",
    "Product",
    "Units sold",
    "Reason",
    "Units returned",
    "Rate of the reason",
    "Rate of the variant",
)
COSTS = ("Currency", "Step", "Meaning", "Amount")
TIMES = ("Stage", "Meaning", "Returns", "Half within (s)", "Nine in ten within (s)")
DEADLINES = (
    "Return",
    "Law",
    "Withdrawn",
    "Refund due",
    "Days left",
    "May wait for the goods",
    "Units open",
    "Return id",
)
UNRECEIVED = ("Return", "State", "SKU", "Units", "Credited", "Currency", "Since", "Return id")
DISPOSITIONS = ("Disposition", "Meaning", "Grade", "Units")
RETAINED = ("Currency", "Refunded", "Exchanged", "Store credit", "Paid back", "Exchanges brought", "Share")
CUSTOMERS = ("Customer", "Account", "Orders", "Returns", "Units", "Share of units", "Share up to here")


def rate_rows(found: RateTable) -> Rows:
    """A row for each reason of each variant."""
    for row in found.rows:
        for reason, units in sorted(row.reasons.items(), key=lambda each: (-each[1], each[0])):
            yield row.variant_id, row.sku, row.name, row.sold, reason, units, _rate(row, reason), _rate(row)


def _rate(row: VariantRate, reason: str = "") -> float | None:
    return rounded(row.rate(reason))


def rounded(share: float | None) -> float | None:
    """A share with six digits."""
    return None if share is None else round(share, 6)


def cost_rows(found: Iterable[Costs]) -> Rows:
    """A row for each step of each currency."""
    for costs in found:
        for step in costs.steps:
            yield costs.currency, step.kind.value, STEPS[step.kind], from_minor(step.amount, costs.currency)


def time_rows(found: Iterable[Stage]) -> Rows:
    """A row for each stage."""
    for stage in found:
        yield stage.name, times.WORDS[stage.name], stage.count, round(stage.p50), round(stage.p90)


def due_rows(found: Iterable[Due]) -> Rows:
    """A row for each withdrawal."""
    for row in found:
        when = (row.asked.isoformat(), row.due.isoformat(), row.days_left)
        yield row.number, row.law, *when, "yes" if row.withheld else "no", row.units, row.return_id


def unreceived_rows(found: Iterable[Unreceived]) -> Rows:
    """A row for each line of a return."""
    for row in found:
        value = from_minor(row.value, row.currency)
        goods_of = (row.number, row.state, row.sku, row.units, value, row.currency)
        yield *goods_of, row.since.isoformat(), row.return_id


def fate_rows(found: Iterable[Fate]) -> Rows:
    """A row for each grade of each disposition."""
    for row in found:
        for grade, units in row.grades.items():
            yield row.disposition, goods.WORDS[row.disposition], grade, units
        ungraded = row.units - sum(row.grades.values())
        if ungraded:
            yield row.disposition, goods.WORDS[row.disposition], "", ungraded


def retained_rows(found: Iterable[Retained]) -> Rows:
    """A row for each currency."""
    for row in found:
        amounts = (row.refunded, row.exchanged, row.store_credit, row.paid_back, row.extra)
        yield row.currency, *(from_minor(each, row.currency) for each in amounts), rounded(row.share)


def customer_rows(found: Concentration) -> Rows:
    """A row for each customer."""
    for row in found.rows:
        counts = (row.orders, row.returns, row.units)
        yield row.key, row.user_id, *counts, rounded(row.share), rounded(row.cumulative)
