"""The desk's reports. What a query does not select is not counted."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import require
from ..access import PERMISSION
from ..domain.reports.scope import Scope
from ..reports.customers import concentration
from ..reports.goods import dispositions
from ..reports.money import costs, retained
from ..reports.pending import deadlines, unreceived, unreceived_units
from ..reports.rates import return_rates
from ..reports.times import times
from ..views.reports import report_url
from .money import count, many
from .report_types import (
    ReturnConcentration,
    ReturnCosts,
    ReturnDeadlines,
    ReturnFate,
    ReturnRates,
    ReturnRetained,
    ReturnStageTime,
    ReturnUnreceivedLine,
    checked,
    first,
)


class ReturnsReport(graphene.ObjectType):
    """Reports on a time, a channel and a country."""

    rates = graphene.Field(ReturnRates, required=True)
    costs = many(ReturnCosts, "By currency, of returns asked for in the scope.")
    times = many(ReturnStageTime, "Of returns asked for in the scope.")
    deadlines = graphene.Field(ReturnDeadlines, required=True)
    unreceived_units = count("Credited, and never received.")
    unreceived = graphene.Field(
        graphene.List(graphene.NonNull(ReturnUnreceivedLine), required=True), first=first(50)
    )
    dispositions = many(ReturnFate, "Of the units of returns asked for in the scope.")
    retained = many(ReturnRetained, "By currency, of returns asked for in the scope.")
    customers = graphene.Field(ReturnConcentration, required=True, first=first(20))
    url = graphene.String(
        required=True,
        description="A page of all reports, with CSV and SVG files; opens for an hour without a token.",
    )

    def resolve_rates(scope: Any, info: Any) -> Any:
        return return_rates(scope)

    def resolve_costs(scope: Any, info: Any) -> Any:
        return costs(scope)

    def resolve_times(scope: Any, info: Any) -> Any:
        return times(scope)

    def resolve_deadlines(scope: Any, info: Any) -> Any:
        return deadlines(scope)

    def resolve_unreceived_units(scope: Any, info: Any) -> int:
        return unreceived_units(scope)

    def resolve_unreceived(scope: Any, info: Any, first: int) -> Any:
        return list(unreceived(scope, checked(first)))

    def resolve_dispositions(scope: Any, info: Any) -> Any:
        return dispositions(scope)

    def resolve_retained(scope: Any, info: Any) -> Any:
        return retained(scope)

    def resolve_customers(scope: Any, info: Any, first: int) -> Any:
        return concentration(scope, checked(first))

    def resolve_url(scope: Any, info: Any) -> str:
        return report_url(scope)


class ReportQueries(graphene.ObjectType):
    """What merchants look at."""

    returns_report = graphene.Field(
        ReturnsReport,
        required=True,
        since=graphene.DateTime(required=True),
        until=graphene.DateTime(required=True, description="Not included."),
        channel=graphene.String(default_value="", description="A channel's slug; all without."),
        country=graphene.String(default_value="", description="Two letters; all without."),
        description=f"Rates, costs, times and what waits. Requires the permission {PERMISSION}.",
    )

    def resolve_returns_report(root, info: Any, **scope: Any) -> Scope:
        require(info, PERMISSION)
        return Scope(**scope).checked()
