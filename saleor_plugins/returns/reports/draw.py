"""The reports as pictures."""

from __future__ import annotations

from saleor_plugins.kernel.money import from_minor
from saleor_plugins.printing import charts
from saleor_plugins.printing.heatmap import Cell, Row, heatmap
from saleor_plugins.printing.waterfall import Step, waterfall

from ..domain.reports.found import Concentration, Costs, Deadlines, Fate, Retained, Stage
from ..domain.reports.rate import RateTable, VariantRate
from ..domain.reports.waterfall import WORDS as STEPS
from ..domain.reports.waterfall import StepKind
from . import goods, times
from .words import NAMES, amount, customer, duration, percent, sentence

MOST_VARIANTS = 20
MOST_REASONS = 7
MOST_CUSTOMERS = 10
# Of the label, and of the whole picture.
WIDE = (190, 640)


def draw_rates(table: RateTable) -> str:
    """The variants with most returned units by their most frequent reasons; a cell is units per sold one."""
    rows, reasons = table.rows[:MOST_VARIANTS], table.reasons[:MOST_REASONS]
    rates = [row.rate(reason) or 0 for row in rows for reason in ("", *reasons)]
    most = max(rates, default=0)
    drawn = [
        Row(row.sku or row.name, [_cell(row, reason, most) for reason in ("", *reasons)]) for row in rows
    ]
    columns = ["All reasons", *(sentence(reason) for reason in reasons)]
    name = f"{NAMES['rates']}: {percent(table.rate)} of {table.sold:,} units sold"
    return heatmap(name, columns, drawn, "0\u202f%", percent(most))


def _cell(row: VariantRate, reason: str, most: float) -> Cell:
    units = row.reasons.get(reason, 0) if reason else row.returned
    rate = row.rate(reason)
    sold = "an unknown number" if row.sold is None else f"{row.sold:,}"
    title = f"{row.sku}, {sentence(reason) if reason else 'all reasons'}: {units:,} of {sold} sold"
    if rate is None:
        return Cell(None, f"{units:,}\u202fu" if units else "", title)
    return Cell(rate / most if most and units else None, percent(rate) if units else "", title)


def draw_costs(found: Costs) -> str:
    """The waterfall of one currency; steps of nothing are left out."""
    steps = [
        Step(
            STEPS[step.kind],
            float(from_minor(step.amount, found.currency)),
            amount(step.amount, found.currency),
            step.is_total,
        )
        for step in found.steps
        if step.amount or step.kind in (StepKind.REFUNDED, StepKind.COST)
    ]
    return waterfall(f"{NAMES['costs']}, {found.currency}", steps)


def draw_times(found: list[Stage]) -> str:
    """Two bars for each stage: within which time it was over for half of the returns, and for nine in ten."""
    groups = [
        charts.Group(
            times.WORDS[stage.name],
            [
                charts.Bar(stage.p50, f"{duration(stage.p50)} (half)", "first"),
                charts.Bar(stage.p90, f"{duration(stage.p90)} (9 in 10)", "second"),
            ],
        )
        for stage in found
    ]
    return charts.rows(NAMES["times"], groups, *WIDE)


def draw_dispositions(found: list[Fate]) -> str:
    """A bar for each fate."""
    whole = sum(row.units for row in found)
    groups = [
        charts.Group(
            goods.WORDS[row.disposition],
            [charts.Bar(row.units, f"{row.units:,} ({percent(row.units / whole)})", "first")],
        )
        for row in found
    ]
    return charts.rows(NAMES["dispositions"], groups, *WIDE)


def draw_retained(found: Retained) -> str:
    """Where the refunds of one currency went, and what exchanges brought beyond them."""
    parts = (
        ("Paid back", found.paid_back, "second"),
        ("Exchanged", found.exchanged, "first"),
        ("Store credit", found.store_credit, "first"),
        ("Paid on top in exchanges", found.extra, "third"),
    )
    groups = [
        charts.Group(name, [charts.Bar(minor, amount(minor, found.currency), series)])
        for name, minor, series in parts
    ]
    return charts.rows(f"{NAMES['retained']}, {found.currency}: {percent(found.share)}", groups, *WIDE)


def draw_deadlines(found: Deadlines) -> str:
    """How many withdrawals wait for their money."""
    parts = (
        ("Overdue", found.overdue, "alarm"),
        ("Due within 3 days", found.soon, "second"),
        ("Later", found.later, "first"),
    )
    groups = [charts.Group(name, [charts.Bar(count, f"{count:,}", series)]) for name, count, series in parts]
    return charts.rows(NAMES["deadlines"], groups, *WIDE)


def draw_customers(found: Concentration) -> str:
    """The customers with most units, each with their share of all."""
    groups = [
        charts.Group(
            customer(row.key),
            [charts.Bar(row.units, f"{row.units:,} ({percent(row.share)})", "first")],
        )
        for row in found.rows[:MOST_CUSTOMERS]
    ]
    return charts.rows(f"{NAMES['customers']}, of {found.customers:,} who returned", groups, *WIDE)
