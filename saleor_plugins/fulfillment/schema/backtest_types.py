"""GraphQL types of what-if runs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from ..domain.backtest.stock import Start
from ..models import Backtest
from ..reports.backtest_page import page
from ..reports.backtest_rows import title
from .policies import RoutingObjective, RoutingShortage
from .show import money
from .types import Amount, Money

BacktestStock = graphene.Enum("BacktestStock", [(each.value, each.value) for each in Start])
BacktestState = graphene.Enum("BacktestState", [(each, each) for each in Backtest.STATES])
COUNTS = ("orders", "parcels", "packages", "units", "split_orders", "unfilled_units", "unpriced_units")
SHARES = ("parcels_per_order", "split_share", "km_per_parcel", "km_per_unit", "days_mean", "late_share")


class BacktestPolicyInput(graphene.InputObjectType):
    """What the policy of every channel should be instead; what is left out stays as it is today."""

    objective = RoutingObjective()
    per_parcel = Amount(description="WEIGHTED: what a parcel counts, in today's currency as all amounts.")
    per_100_km = Amount(name="per100Km", description="WEIGHTED: what 100 km of a parcel's way count.")
    per_day = Amount(description="WEIGHTED: what a day until a parcel arrives counts.")
    late_per_day = Amount(description="What a day late counts, per parcel.")
    promise_days = graphene.Int(description="Orders should arrive within so many days.")
    most_parcels = graphene.Int(description="An order becomes at most so many parcels.")
    split = graphene.Boolean(description="False: everything in one parcel or nothing.")
    shortage = RoutingShortage()


class BacktestProfileInput(graphene.InputObjectType):
    """What a warehouse's profile should be instead; what is left out stays as it is today."""

    warehouse_id = graphene.ID(required=True)
    ships_orders = graphene.Boolean(description="Open or close it.")
    priority = graphene.Int()
    daily_parcels = graphene.Int()
    safety_stock = graphene.Int()
    handling_per_parcel = Amount()
    handling_per_unit = Amount()


class BacktestShare(graphene.ObjectType):
    """A warehouse's or a country's part of a scenario."""

    id = graphene.String(required=True, description="Saleor's Warehouse id, or a country code.")
    name = graphene.String(required=True)
    orders = graphene.Int(required=True)
    parcels = graphene.Int(required=True)
    units = graphene.Int(required=True)
    cost = graphene.Field(Money, required=True)
    share = graphene.Float(description="Of the units that were shipped.")


class BacktestDays(graphene.ObjectType):
    """How many orders had all arrived after so many days."""

    days = graphene.Int(required=True)
    orders = graphene.Int(required=True)


class BacktestScenario(graphene.ObjectType):
    """One column: the orders under one set of rules. Numbers that nothing is known for are null."""

    name = graphene.String(required=True, description="today, proposed, or saleor: what it does by itself.")
    title = graphene.String(required=True)
    card = graphene.String(required=True, description="The rates that priced it.")
    cost = graphene.Field(Money, required=True)
    cost_per_order = graphene.Field(Money)
    cost_per_unit = graphene.Field(Money, description="Per shipped unit: fair where fewer are shipped.")
    orders = graphene.Int(required=True, description="Orders with at least one parcel.")
    parcels = graphene.Int(required=True)
    packages = graphene.Int(required=True, description="Parcels, the heavy ones counted as their packages.")
    parcels_per_order = graphene.Float()
    split_orders = graphene.Int(required=True)
    split_share = graphene.Float()
    units = graphene.Int(required=True, description="Units shipped.")
    unfilled_units = graphene.Int(required=True)
    unpriced_units = graphene.Int(required=True, description="Shipped where no rate has a price.")
    km_per_parcel = graphene.Float()
    km_per_unit = graphene.Float()
    days_mean = graphene.Float(description="Days from the order to its last parcel's arrival.")
    days_p90 = graphene.Int(name="daysP90", description="Nine of ten orders within so many days.")
    days = graphene.List(graphene.NonNull(BacktestDays), required=True)
    late_share = graphene.Float(description="Of the orders that had a day to arrive by.")
    warehouses = graphene.List(graphene.NonNull(BacktestShare), required=True)
    countries = graphene.List(graphene.NonNull(BacktestShare), required=True)


class BacktestOrder(graphene.ObjectType):
    """An order that costs something else under the proposed rules."""

    order_id = graphene.ID(required=True)
    number = graphene.String(required=True)
    today = graphene.Field(Money, required=True)
    proposed = graphene.Field(Money, required=True)
    difference = graphene.Field(Money, required=True)


class BacktestAlike(graphene.ObjectType):
    """The orders that ship as many units in both: where costs can be compared as they are."""

    orders = graphene.Int(required=True)
    today = graphene.Field(Money, required=True)
    proposed = graphene.Field(Money, required=True)


class BacktestResult(graphene.ObjectType):
    """The scenarios side by side."""

    since = graphene.Date(required=True)
    until = graphene.Date(required=True)
    orders = graphene.Int(required=True, description="Orders that were replayed.")
    scenarios = graphene.List(graphene.NonNull(BacktestScenario), required=True)
    changed_orders = graphene.Int(required=True, description="Shipped otherwise than today.")
    fuller_orders = graphene.Int(required=True, description="Ship more units than today.")
    emptier_orders = graphene.Int(required=True, description="Ship fewer units than today.")
    alike = graphene.Field(BacktestAlike, required=True)
    dearer = graphene.List(graphene.NonNull(BacktestOrder), required=True, description="The most, first.")
    cheaper = graphene.List(graphene.NonNull(BacktestOrder), required=True, description="The most, first.")
    notes = graphene.List(graphene.NonNull(graphene.String), required=True, description="What was assumed.")
    html = graphene.String(required=True, description="The whole as a page with charts.")

    @staticmethod
    def resolve_html(root: Any, info: Any) -> str:
        """Drawn only for who asks."""
        return page(root.stored)


class BacktestType(graphene.ObjectType):
    """A replay of past orders under other rules."""

    class Meta:
        name = "Backtest"

    id = graphene.ID(required=True)
    state = graphene.Field(BacktestState, required=True)
    days = graphene.Int(required=True)
    card = graphene.String(description="The proposed rate card; null is today's.")
    channel = graphene.String(description="Null is all.")
    stock = graphene.Field(BacktestStock, required=True)
    done = graphene.Int(required=True, description="Orders that are done.")
    total = graphene.Int(required=True)
    error = graphene.String(description="Why it failed.")
    created = graphene.DateTime(required=True)
    finished = graphene.DateTime()
    result = graphene.Field(BacktestResult, description="Null until it is DONE.")


BacktestConnection = connection(BacktestType, "Backtest")


def show_backtest(row: Backtest) -> BacktestType:
    """A run."""
    return BacktestType(
        id=to_global("Backtest", row.pk),
        state=row.state,
        days=row.settings["days"],
        card=row.settings["card"] or None,
        channel=row.settings["channel"] or None,
        stock=row.settings["stock"],
        done=row.done,
        total=row.total,
        error=row.error or None,
        created=row.created,
        finished=row.finished,
        result=_result(row.result) if row.result else None,
    )


def _result(result: Mapping[str, Any]) -> BacktestResult:
    currency, alike = result["currency"], result["alike"]
    found = BacktestResult(
        since=date.fromisoformat(result["since"]),
        until=date.fromisoformat(result["until"]),
        orders=result["orders"],
        scenarios=[_scenario(column, result) for column in result["columns"]],
        changed_orders=result["changed_orders"],
        fuller_orders=result["fuller_orders"],
        emptier_orders=result["emptier_orders"],
        alike=BacktestAlike(
            orders=alike["orders"],
            today=money(alike["today"], currency),
            proposed=money(alike["proposed"], currency),
        ),
        dearer=[_order(row, currency) for row in result["dearer"]],
        cheaper=[_order(row, currency) for row in result["cheaper"]],
        notes=result["notes"],
    )
    found.stored = result
    return found


def _scenario(column: Mapping[str, Any], result: Mapping[str, Any]) -> BacktestScenario:
    def amount(key: str) -> Money | None:
        return None if column[key] is None else money(round(column[key]), result["currency"])

    return BacktestScenario(
        name=column["name"],
        title=title(column),
        card=column["card"],
        cost=amount("cost"),
        cost_per_order=amount("cost_per_order"),
        cost_per_unit=amount("cost_per_unit"),
        days=[BacktestDays(days=int(days), orders=count) for days, count in column["days"].items()],
        days_p90=column["days_p90"],
        warehouses=[_share(part, result) for part in column["warehouses"]],
        countries=[_share(part, result) for part in column["countries"]],
        **{key: column[key] for key in (*COUNTS, *SHARES)},
    )


def _share(part: Mapping[str, Any], result: Mapping[str, Any]) -> BacktestShare:
    return BacktestShare(
        id=part["key"],
        name=result["names"].get(part["key"], part["key"]),
        orders=part["orders"],
        parcels=part["parcels"],
        units=part["units"],
        cost=money(part["cost"], result["currency"]),
        share=part["share"],
    )


def _order(row: Mapping[str, Any], currency: str) -> BacktestOrder:
    amounts = {key: money(row[key], currency) for key in ("today", "proposed", "difference")}
    return BacktestOrder(order_id=row["id"], number=row["number"], **amounts)
