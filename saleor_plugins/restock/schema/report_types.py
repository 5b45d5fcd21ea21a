"""What the reports answer."""

from __future__ import annotations

from typing import Any

import graphene

from ..domain.reports.accuracy import Sums
from ..domain.reports.holdings import Cell, Holding, Remedy, Step
from .base import Money, money

RestockRemedy = graphene.Enum("RestockRemedy", [(each.value, each.value) for each in Remedy])
RestockStep = graphene.Enum("RestockStep", [(each.value, each.value) for each in Step])


def many(kind: Any, description: str = "") -> graphene.List:
    """A list that is never null, of things that are never null."""
    return graphene.List(graphene.NonNull(kind), required=True, description=description)


class RestockHolding(graphene.ObjectType):
    """A variant in a warehouse."""

    variant_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    warehouse_id = graphene.ID(required=True)
    on_hand = graphene.Int(required=True)
    free = graphene.Int(required=True, description="Neither allocated, reserved nor promised to a transfer.")
    value = graphene.Field(Money, description="On hand at cost; null where the cost is unknown.")
    per_day = graphene.Float(required=True, description="Units expected to sell a day.")
    cover = graphene.Float(description="Days that the free units last; null when nothing is expected.")
    wait = graphene.Float(required=True, description="Days until units on order come, or an order of today.")
    missed = graphene.Float(required=True, description="Units asked for between running out and then.")
    on_order = graphene.Int(required=True, description="From suppliers and from other warehouses.")
    overdue = graphene.Int(required=True, description="Of them, units that should be here.")
    due = graphene.Date(description="The next day on which units should come.")
    waiting = graphene.Int(required=True, description="Shoppers who want a mail when it is back.")
    last_sale = graphene.Date()
    idle_days = graphene.Int(description="Days since the last sale; null when none is known.")
    abc = graphene.String(required=True, description="Empty before the first run.")
    xyz = graphene.String(required=True)
    sells_in = graphene.String(required=True, description="Another warehouse that sold it lately; or empty.")
    remedies = many(RestockRemedy, "What to do when it is dead.")
    step = graphene.Field(RestockStep, required=True, description="What to do when it runs out.")


_PLAIN = (
    *("variant_id", "sku", "name", "warehouse_id", "on_hand", "free", "per_day", "cover", "wait", "missed"),
    *("on_order", "overdue", "due", "waiting", "last_sale", "idle_days", "abc", "xyz", "sells_in"),
)


def holding(row: Holding, currency: str) -> RestockHolding:
    """A holding as the API shows it."""
    return RestockHolding(
        **{name: getattr(row, name) for name in _PLAIN},
        value=None if row.value is None else money(row.value, currency),
        remedies=[each.value for each in row.remedies],
        step=row.step.value,
    )


class RestockHoldings(graphene.ObjectType):
    """A list of holdings, the worst first, and what all of them add up to."""

    count = graphene.Int(required=True)
    units = graphene.Float(required=True, description="On hand where it is dead, missed where it runs out.")
    value = graphene.Field(Money, required=True, description="At cost, as far as known.")
    rows = many(RestockHolding)


class RestockStockValue(graphene.ObjectType):
    """The stock of a class in a warehouse."""

    abc = graphene.String(required=True, description="Empty before the first run.")
    xyz = graphene.String(required=True)
    warehouse = graphene.String(required=True)
    stocks = graphene.Int(required=True)
    units = graphene.Int(required=True)
    value = graphene.Field(Money, required=True)
    unpriced = graphene.Int(required=True, description="Units of unknown cost: not in the value.")


def stock_value(cell: Cell, currency: str) -> RestockStockValue:
    """A cell as the API shows it."""
    plain = {name: getattr(cell, name) for name in ("abc", "xyz", "warehouse", "units", "unpriced")}
    return RestockStockValue(**plain, stocks=cell.variants, value=money(cell.value, currency))


class RestockAccuracy(graphene.ObjectType):
    """Forecasts against what sold."""

    of = graphene.String(required=True, description="A day, a warehouse, a class; empty for all.")
    count = graphene.Int(required=True)
    expected = graphene.Float(required=True)
    actual = graphene.Float(required=True)
    wape = graphene.Float(description="The error as a part of what sold; null when nothing did.")
    bias = graphene.Float(description="Above zero: too much was expected.")


def accuracy(of: str, sums: Sums) -> RestockAccuracy:
    """Sums as the API shows them."""
    return RestockAccuracy(
        of=of,
        count=sums.count,
        expected=sums.expected,
        actual=sums.actual,
        wape=sums.wape,
        bias=sums.bias,
    )


class RestockForecasts(graphene.ObjectType):
    """Forecasts whose days are over."""

    whole = graphene.Field(RestockAccuracy, required=True)
    weeks = many(RestockAccuracy, "By the day they were made on.")
    warehouses = many(RestockAccuracy)
    classes = many(RestockAccuracy, "ABC; none before the first run.")


class RestockSupplierRecord(graphene.ObjectType):
    """A supplier's lines that were due."""

    supplier = graphene.String(required=True)
    orders = graphene.Int(required=True)
    lines = graphene.Int(required=True)
    ordered = graphene.Int(required=True, description="Units.")
    on_time = graphene.Int(required=True, description="Units that came by their day.")
    arrived = graphene.Int(required=True, description="Units that came until now.")
    punctual = graphene.Float(description="The part of the units that came by their day.")
    fill = graphene.Float(description="The part of the units that came until now.")
    late_days = graphene.Float(description="Of a late unit; null when none was.")
    lead_days = graphene.Float(description="From ordering to arrival; null when nothing came.")
    damaged = graphene.Int(required=True)
    wrong = graphene.Int(required=True)
