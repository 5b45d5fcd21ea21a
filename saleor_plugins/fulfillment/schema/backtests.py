"""What-if runs over GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.ids import own_key
from ..usecases.backtest import ask_backtest, backtests
from .backtest_types import (
    BacktestConnection,
    BacktestPolicyInput,
    BacktestProfileInput,
    BacktestStock,
    BacktestType,
    show_backtest,
)
from .names import camel
from .rates import PLUGINS


class BacktestQueries(graphene.ObjectType):
    """What can be asked about what-if runs."""

    backtest = graphene.Field(
        BacktestType,
        id=graphene.ID(required=True),
        description="A what-if run with its progress and result; null when there is none. "
        "Requires MANAGE_PLUGINS.",
    )
    backtests = connection_field(BacktestConnection, "What-if runs, newest first. Requires MANAGE_PLUGINS.")

    @staticmethod
    def resolve_backtest(root: Any, info: Any, id: str) -> BacktestType | None:
        require(info, PLUGINS)
        row = backtests.get(own_key(id, "Backtest"))
        return show_backtest(row) if row else None

    @staticmethod
    def resolve_backtests(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PLUGINS)
        return page(BacktestConnection, backtests.all(), first, after, show_backtest)


class BacktestChange(Mutation):
    """Base of what answers with a run."""

    class Meta:
        abstract = True

    permission = PLUGINS

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        """The run as it is now."""
        row = backtests.get(own_key(result["id"], "Backtest"))
        return cls(backtest=show_backtest(row) if row else None)


class BacktestRun(BacktestChange):
    """Replay the last days' orders under other rules, in the background; nothing in the shop changes."""

    backtest = graphene.Field(BacktestType)

    class Arguments:
        days = graphene.Int(required=True, description="From 1 to 365.")
        card = graphene.String(description="A rate card's name; today's without.")
        policy = BacktestPolicyInput()
        profiles = graphene.List(graphene.NonNull(BacktestProfileInput))
        stock = BacktestStock(description="What the shelves begin with; REPLAYED without.")
        channel = graphene.String(description="Orders of this channel only.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Queue the run."""
        row = ask_backtest(
            data["days"],
            by=info.context.asker.id or "",
            card=data.get("card"),
            policy=camel(data.get("policy") or {}),
            profiles=[camel(profile) for profile in data.get("profiles") or ()],
            stock=data.get("stock"),
            channel=data.get("channel"),
        )
        return {"id": show_backtest(row).id}


class BacktestCancel(BacktestChange):
    """Stop a what-if run that has not ended: it is FAILED then."""

    backtest = graphene.Field(BacktestType)

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Stop it."""
        backtests.cancel(own_key(data["id"], "Backtest"))
        return {"id": data["id"]}


class BacktestMutations(graphene.ObjectType):
    """What can be done with what-if runs."""

    backtest_run = BacktestRun.Field()
    backtest_cancel = BacktestCancel.Field()
