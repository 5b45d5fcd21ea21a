"""What-if runs over GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...jobs import DONE
from ...kernel.ids import own_key, to_global
from .. import models
from ..usecases.backtest import ask_backtest, backtests
from .base import NEEDS, PERMISSION, Money, money

RestockBacktestState = graphene.Enum(
    "RestockBacktestState", [(each, each) for each in models.Backtest.STATES]
)


class RestockBacktestColumn(graphene.ObjectType):
    """What a rule would have cost, and how well it would have served."""

    key = graphene.String(required=True)
    title = graphene.String(required=True)
    cost = graphene.Field(Money, required=True, description="Order lines, stock held and sales lost.")
    ordering = graphene.Field(Money, required=True)
    holding = graphene.Field(Money, required=True)
    losing = graphene.Field(Money, required=True, description="Margin of what was wanted and not there.")
    over_clairvoyant = graphene.Float(description="Its cost over that of who knows the future.")
    fill = graphene.Float(description="Part of the wanted units that were there; null without demand.")
    stock_value = graphene.Field(Money, required=True, description="Stock at cost on a mean day.")
    order_lines = graphene.Int(required=True)
    units_bought = graphene.Int(required=True)
    units_lost = graphene.Int(required=True)
    units_left = graphene.Int(required=True, description="On the shelves after the last day.")


class RestockBacktest(graphene.ObjectType):
    """Rules replayed over the shop's own demand; nothing in the shop changes."""

    id = graphene.ID(required=True)
    state = graphene.Field(RestockBacktestState, required=True)
    done = graphene.Int(required=True, description="Variants replayed.")
    total = graphene.Int(required=True)
    error = graphene.String(required=True)
    created = graphene.DateTime(required=True)
    finished = graphene.DateTime()
    since = graphene.Date(description="First replayed day; null until it is done.")
    until = graphene.Date()
    needs = graphene.Int(description="Variants in warehouses; null until it is done.")
    columns = graphene.List(graphene.NonNull(RestockBacktestColumn), required=True)


RestockBacktestConnection = connection(RestockBacktest)
_AMOUNTS = ("cost", "ordering", "holding", "losing", "stockValue")


def show(row: models.Backtest) -> RestockBacktest:
    """A run as the API shows it."""
    result = row.result if row.state == DONE else None
    return RestockBacktest(
        id=to_global("RestockBacktest", row.pk),
        state=row.state,
        done=row.done,
        total=row.total,
        error=row.error,
        created=row.created,
        finished=row.finished,
        since=result and result["since"],
        until=result and result["until"],
        needs=result and result["needs"],
        columns=[_column(each, result["currency"]) for each in result["columns"]] if result else [],
    )


def _column(found: dict[str, Any], currency: str) -> RestockBacktestColumn:
    amounts = {name: money(found[name], currency) for name in _AMOUNTS}
    values = {**found, **amounts}
    return RestockBacktestColumn(**{_snake(name): value for name, value in values.items()})


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


class BacktestQueries:
    """What can be asked about what-if runs."""

    restock_backtest = graphene.Field(
        RestockBacktest,
        id=graphene.ID(required=True),
        description=f"A what-if run; null when there is none. {NEEDS}",
    )
    restock_backtests = connection_field(RestockBacktestConnection, f"What-if runs, newest first. {NEEDS}")

    def resolve_restock_backtest(root, info: Any, id: str) -> RestockBacktest | None:
        require(info, PERMISSION)
        row = backtests.get(own_key(id, "RestockBacktest"))
        return show(row) if row else None

    def resolve_restock_backtests(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(RestockBacktestConnection, backtests.all(), first, after, show)


class CoverInput(graphene.InputObjectType):
    """A min/max rule in days of demand."""

    low = graphene.Int(required=True)
    high = graphene.Int(required=True)


class BacktestChange(Mutation):
    """Base of what answers with a run."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = backtests.get(own_key(result["id"], "RestockBacktest"))
        return cls(backtest=show(row) if row else None)


class RestockBacktestRun(BacktestChange):
    """Replays the last days' demand under several rules, in the background."""

    class Arguments:
        days = graphene.Int(default_value=182, description="From 28 to 364.")
        warehouse_id = graphene.ID(description="Only this warehouse.")
        services = graphene.List(graphene.NonNull(graphene.Float), description="Service levels, percent.")
        covers = graphene.List(graphene.NonNull(CoverInput))

    backtest = graphene.Field(RestockBacktest)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = ask_backtest(
            data["days"],
            by=info.context.asker.id or "",
            warehouse_id=data.get("warehouse_id"),
            services=data.get("services") or (),
            covers=[(each["low"], each["high"]) for each in data.get("covers") or ()],
        )
        return {"id": to_global("RestockBacktest", row.pk)}


class RestockBacktestCancel(BacktestChange):
    """Stops a what-if run that has not ended: it is FAILED then."""

    class Arguments:
        id = graphene.ID(required=True)

    backtest = graphene.Field(RestockBacktest)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        backtests.cancel(own_key(data["id"], "RestockBacktest"))
        return {"id": data["id"]}


class BacktestMutations:
    """What can be done with what-if runs."""

    restock_backtest_run = RestockBacktestRun.Field()
    restock_backtest_cancel = RestockBacktestCancel.Field()
