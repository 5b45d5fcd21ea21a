"""The reports over GraphQL. What a query does not select is not counted."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import graphene

from ...http.api import MAX_PAGE, require
from ...kernel.errors import Invalid
from ..domain.reports.scope import Scope
from ..usecases.report_forecasts import forecast_report
from ..usecases.report_stock import Found, StockReport, stock_report, too_few
from ..usecases.report_suppliers import supplier_report
from ..views.reports import report_url
from .base import NEEDS, PERMISSION, money
from .report_types import (
    RestockForecasts,
    RestockHoldings,
    RestockStockValue,
    RestockSupplierRecord,
    accuracy,
    holding,
    many,
    stock_value,
)


class Asked:
    """A scope, and one look at the stock for all fields that need it."""

    def __init__(self, scope: Scope):
        self.scope = scope

    @cached_property
    def stock(self) -> StockReport:
        """The look."""
        return stock_report(self.scope, MAX_PAGE)

    def listed(self, found: Found, first: int) -> RestockHoldings:
        """The first rows of a list. Raises Invalid (``first``)."""
        if not 1 <= first <= MAX_PAGE:
            raise Invalid(f"Must be from 1 to {MAX_PAGE}.", field="first")
        currency = self.stock.currency
        return RestockHoldings(
            count=found.count,
            units=found.units,
            value=money(found.value, currency),
            rows=[holding(row, currency) for row in found.rows[:first]],
        )


def _first() -> graphene.Int:
    return graphene.Int(default_value=20, description=f"From 1 to {MAX_PAGE}.")


class RestockReport(graphene.ObjectType):
    """What lies, what runs out, and how good forecasts and suppliers were."""

    dead_stock = graphene.Field(
        RestockHoldings,
        required=True,
        first=_first(),
        description="Neither sold nor arrived for long; what binds most money first.",
    )
    running_out = graphene.Field(
        RestockHoldings,
        required=True,
        first=_first(),
        description="Gone before more can come; most missed units first.",
    )
    stock_value = many(RestockStockValue, "By class and warehouse.")
    forecasts = graphene.Field(RestockForecasts, required=True)
    suppliers = many(RestockSupplierRecord, "Most ordered units first.")
    url = graphene.String(
        required=True, description="A page of all reports with CSV files; opens for an hour without a token."
    )

    def resolve_dead_stock(asked: Any, info: Any, first: int) -> RestockHoldings:
        if asked.stock.dead is None:
            raise too_few(asked.scope.dead_days)
        return asked.listed(asked.stock.dead, first)

    def resolve_running_out(asked: Any, info: Any, first: int) -> RestockHoldings:
        return asked.listed(asked.stock.running_out, first)

    def resolve_stock_value(asked: Any, info: Any) -> list[RestockStockValue]:
        return [stock_value(cell, asked.stock.currency) for cell in asked.stock.cells]

    def resolve_forecasts(asked: Any, info: Any) -> RestockForecasts:
        found = forecast_report(asked.scope)
        return RestockForecasts(
            whole=accuracy("", found.whole),
            weeks=[accuracy(day.isoformat(), sums) for day, sums in found.weeks.items()],
            warehouses=[accuracy(name, sums) for name, sums in found.warehouses.items()],
            classes=[accuracy(name, sums) for name, sums in found.classes.items()],
        )

    def resolve_suppliers(asked: Any, info: Any) -> Any:
        return supplier_report(asked.scope)

    def resolve_url(asked: Any, info: Any) -> str:
        return report_url(asked.scope)


class ReportQueries:
    """What merchants look at."""

    restock_report = graphene.Field(
        RestockReport,
        required=True,
        dead_days=graphene.Int(default_value=90, description="Without a sale: it is dead. From 7 to 364."),
        days=graphene.Int(default_value=182, description="Of forecasts and suppliers. From 7 to 364."),
        warehouse_id=graphene.ID(default_value="", description="All without."),
        description=f"Dead stock, what runs out, stock value, forecasts, suppliers. {NEEDS}",
    )

    def resolve_restock_report(root, info: Any, **scope: Any) -> Asked:
        require(info, PERMISSION)
        return Asked(Scope(**scope).checked())
