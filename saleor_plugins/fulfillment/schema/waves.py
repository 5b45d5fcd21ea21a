"""Waves over GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.ids import own_key, to_global
from ..models import Wave
from ..store import waves as rows
from ..usecases.route_wave import AT_MOST, MOST_ORDERS, MOST_SECONDS, SECONDS, ask_wave
from .orders import ORDERS
from .show import money, show_decision
from .types import DecisionConnection, Money


class WaveType(graphene.ObjectType):
    """Many open orders decided together. Amounts are null before it is done."""

    class Meta:
        name = "Wave"

    id = graphene.ID(required=True)
    state = graphene.String(required=True, description="QUEUED, RUNNING, DONE or FAILED.")
    limit = graphene.Int(required=True, description="How many orders it looks at, the oldest first.")
    doing = graphene.String(required=True, description="What it is at while it runs.")
    done = graphene.Int(required=True, description="Steps of that.")
    total = graphene.Int(required=True)
    orders = graphene.Int(required=True, description="Orders that were looked at.")
    alone = graphene.Int(required=True, description="Of these, those that had to be decided by themselves.")
    moved = graphene.Int(required=True, description="Orders with a new decision.")
    changed = graphene.Int(required=True, description="Orders that changed meanwhile and were routed singly.")
    method = graphene.String(required=True, description="WHOLE, ROLLED (in blocks) or SINGLE (one by one).")
    note = graphene.String(required=True, description="What is worth knowing about it.")
    cost = graphene.Field(Money, description="What the orders that were decided together cost.")
    single_cost = graphene.Field(Money, description="What they would have cost decided one by one.")
    saving = graphene.Field(Money, description="The difference.")
    bound = graphene.Field(Money, description="Proven: no plan that ships as much costs less.")
    gap = graphene.Float(description="The share of the cost above that bound, from 0 to 1.")
    seconds = graphene.Float(description="CPU time of the decision.")
    created = graphene.DateTime(required=True)
    finished = graphene.DateTime()
    decisions = connection_field(DecisionConnection, "The new decisions, newest first.")

    @staticmethod
    def resolve_decisions(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        require(info, ORDERS)
        key = own_key(root.id, "Wave")
        return page(DecisionConnection, rows.decisions_of(key), first, after, show_decision)


WaveConnection = connection(WaveType, "Wave")


def show_wave(row: Wave) -> WaveType:
    """A wave."""
    same = ("state", "doing", "done", "total", "orders", "alone", "moved", "changed", "method", "note", "gap")
    amounts = {"cost": row.cost, "single_cost": row.single_cost, "bound": row.bound}
    amounts["saving"] = row.single_cost - row.cost
    known = {name: money(minor, row.currency) for name, minor in amounts.items()} if row.currency else {}
    return WaveType(
        id=to_global("Wave", row.pk),
        limit=row.at_most,
        seconds=row.seconds,
        created=row.created,
        finished=row.finished,
        **{name: getattr(row, name) for name in same},
        **known,
    )


class WaveQueries(graphene.ObjectType):
    """What can be asked about waves."""

    wave = graphene.Field(
        WaveType,
        id=graphene.ID(required=True),
        description="A wave with its progress and outcome; null when there is none. Requires MANAGE_ORDERS.",
    )
    waves = connection_field(WaveConnection, "Waves, newest first. Requires MANAGE_ORDERS.")

    @staticmethod
    def resolve_wave(root: Any, info: Any, id: str) -> WaveType | None:
        require(info, ORDERS)
        row = rows.wave(own_key(id, "Wave"))
        return show_wave(row) if row else None

    @staticmethod
    def resolve_waves(root: Any, info: Any, first: int, after: str | None = None) -> Any:
        require(info, ORDERS)
        return page(WaveConnection, rows.waves(), first, after, show_wave)


class WaveRun(Mutation):
    """Decide the open orders together, in the background. One wave runs at a time, the next ones wait."""

    permission = ORDERS
    wave = graphene.Field(WaveType)

    class Arguments:
        limit = graphene.Int(default_value=AT_MOST, description=f"How many orders, from 1 to {MOST_ORDERS}.")
        seconds = graphene.Int(
            default_value=SECONDS, description=f"CPU seconds for the search, from 1 to {MOST_SECONDS}."
        )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Queue the wave."""
        row = ask_wave(data["limit"], data["seconds"], by=info.context.asker.id or "")
        return {"id": to_global("Wave", row.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> WaveRun:
        """The wave as it is now."""
        row = rows.wave(own_key(result["id"], "Wave"))
        return cls(wave=show_wave(row) if row else None)


class WaveMutations(graphene.ObjectType):
    """What can be done with waves."""

    wave_run = WaveRun.Field()
