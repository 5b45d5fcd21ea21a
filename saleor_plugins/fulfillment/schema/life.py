"""What happens to an order after its decision: holds, turndowns, and who waits for a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.errors import Invalid, Required
from ...kernel.ids import own_key
from .. import store
from ..models import Hold, RoutedOrder, RoutingDecision
from ..usecases.hold_order import hold_order
from ..usecases.reject_order import lift_turndown, reject_order, short_pick, variant_of
from ..usecases.release_order import release_order
from ..usecases.route_order import Routed
from .life_types import (
    AttentionConnection,
    HoldConnection,
    HoldType,
    TurndownType,
    show_attention,
    show_hold,
    show_turndown,
)
from .show import show_decision
from .types import RoutingDecisionType

ORDERS = "MANAGE_ORDERS"


class LifeQueries(graphene.ObjectType):
    """What can be asked about orders after their decision."""

    holds = connection_field(
        HoldConnection,
        "Holds, newest first, released ones too, of one order or of all. Requires MANAGE_ORDERS.",
        order_id=graphene.ID(description="Saleor's Order id."),
    )
    turndowns = graphene.List(
        graphene.NonNull(TurndownType),
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="What warehouses turned down of an order, oldest first. Requires MANAGE_ORDERS.",
    )
    orders_needing_attention = connection_field(
        AttentionConnection,
        "Orders that wait for a person, newest first: held, unroutable, partly routed, or waiting for stock. "
        "Requires MANAGE_ORDERS.",
        states=graphene.List(graphene.NonNull(graphene.String), description="Only these states."),
    )

    @staticmethod
    def resolve_holds(
        root: Any, info: Any, first: int, after: str | None = None, order_id: str | None = None
    ) -> Any:
        require(info, ORDERS)
        return page(HoldConnection, store.holds(order_id), first, after, show_hold)

    @staticmethod
    def resolve_turndowns(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return [show_turndown(row) for row in store.turndowns(order_id)]

    @staticmethod
    def resolve_orders_needing_attention(
        root: Any, info: Any, first: int, after: str | None = None, states: list[str] | None = None
    ) -> Any:
        require(info, ORDERS)
        rows = store.for_people()
        if states is not None:
            unknown = [state for state in states if state not in RoutedOrder.FOR_PEOPLE]
            if unknown:
                raise Invalid(f"Must be among {', '.join(RoutedOrder.FOR_PEOPLE)}.", field="states")
            rows = rows.filter(state__in=states)
        return page(AttentionConnection, rows, first, after, show_attention)


class OrderHold(Mutation):
    """Keep an order from being routed and shipped until it is released; its stock stays promised."""

    permission = ORDERS
    hold = graphene.Field(HoldType)

    class Arguments:
        order_id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Hold."""
        return {"hold": str(hold_order(data["order_id"], data["reason"], by=_asker(info)).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> OrderHold:
        """The hold."""
        return cls(hold=show_hold(Hold.objects.get(pk=result["hold"])))


class Rerouting(Mutation):
    """Base of what routes an order anew in the same call."""

    class Meta:
        abstract = True

    permission = ORDERS

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        """What is in force then."""
        rows = RoutingDecision.objects.filter(pk=result["decision"]) if result["decision"] else []
        shown: dict[str, Any] = {
            "decision": next((show_decision(row) for row in rows), None),
            "changed": result["changed"],
        }
        if "turndown" in result:
            shown["turndown"] = show_turndown(store.turndown(UUID(result["turndown"])))
        if result["hold"]:
            shown["hold"] = show_hold(Hold.objects.get(pk=result["hold"]))
        return cls(**shown)


def routed_json(routed: Routed | None) -> dict[str, Any]:
    """What a routing came to, as JSON."""
    decision = routed.decision if routed else None
    return {
        "decision": str(decision.pk) if decision else None,
        "changed": bool(routed and routed.new),
        "hold": str(routed.hold.pk) if routed and routed.hold else None,
    }


class OrderRelease(Rerouting):
    """End an order's hold and route it with what is there now."""

    hold = graphene.Field(HoldType, description="The hold that ended.")
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")

    class Arguments:
        order_id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Release."""
        hold, routed = release_order(data["order_id"], by=_asker(info))
        return {**routed_json(routed), "hold": str(hold.pk)}


class OrderReject(Rerouting):
    """A warehouse ships nothing of an order: what it was given moves elsewhere at once, or waits."""

    turndown = graphene.Field(TurndownType)
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")
    hold = graphene.Field(HoldType, description="What keeps the order from being routed, if anything.")

    class Arguments:
        order_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        reason = graphene.String(default_value="")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Reject."""
        reason = data["reason"] or ""
        row, routed = reject_order(data["order_id"], data["warehouse_id"], reason, by=_asker(info))
        return {**routed_json(routed), "turndown": str(row.pk)}


class ShortPick(Rerouting):
    """A warehouse found fewer units than it was asked for: the others come from elsewhere, or wait."""

    turndown = graphene.Field(TurndownType)
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")
    hold = graphene.Field(HoldType, description="What keeps the order from being routed, if anything.")

    class Arguments:
        order_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        variant_id = graphene.ID(description="This or lineId.")
        line_id = graphene.ID(description="This or variantId.")
        found = graphene.Int(required=True, description="Units that are there for the order.")
        correct_stock = graphene.Boolean(
            default_value=False, description="Also take the missing units off Saleor's stock there."
        )
        reason = graphene.String(default_value="")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Note it and reroute."""
        variant = data.get("variant_id")
        if variant is None:
            if data.get("line_id") is None:
                raise Required("Name the variant or the line.", field="variantId")
            variant = variant_of(data["order_id"], data["line_id"])
        row, routed = short_pick(
            data["order_id"],
            data["warehouse_id"],
            variant,
            data["found"],
            correct_stock=bool(data["correct_stock"]),
            reason=data["reason"] or "",
            by=_asker(info),
        )
        return {**routed_json(routed), "turndown": str(row.pk)}


class TurndownLift(Rerouting):
    """A warehouse may be asked again for what it turned down; the order is routed anew."""

    turndown = graphene.Field(TurndownType)
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")
    hold = graphene.Field(HoldType, description="What keeps the order from being routed, if anything.")

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Lift."""
        row, routed = lift_turndown(own_key(data["id"], "Turndown"), by=_asker(info))
        return {**routed_json(routed), "turndown": str(row.pk)}


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


class LifeMutations(graphene.ObjectType):
    """What can be done with orders after their decision."""

    order_hold = OrderHold.Field()
    order_release = OrderRelease.Field()
    order_reject = OrderReject.Field()
    short_pick = ShortPick.Field()
    turndown_lift = TurndownLift.Field()
