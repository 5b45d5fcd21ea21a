"""What can be asked about and done with an order's routing."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection_field, page, require
from .. import store
from ..models import Hold, RoutingDecision
from ..usecases.commit_decision import Trigger
from ..usecases.route_order import preview, route_order
from .life import routed_json
from .life_types import HoldType, show_hold
from .show import show_decision, show_preview
from .types import DecisionConnection, RoutingDecisionType, RoutingPlan

ORDERS = "MANAGE_ORDERS"


def _asker(info: Any) -> str:
    return info.context.asker.id or ""


class OrderQueries(graphene.ObjectType):
    """What can be asked about an order's routing."""

    routing_decision = graphene.Field(
        RoutingDecisionType,
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The decision in force for an order; null before the first. Requires MANAGE_ORDERS.",
    )
    routing_decisions = connection_field(
        DecisionConnection,
        "The ledger of decisions, newest first, of one order or of all. Requires MANAGE_ORDERS.",
        order_id=graphene.ID(description="Saleor's Order id."),
    )
    routing_preview = graphene.Field(
        RoutingPlan,
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="What routing the order now would decide; nothing is changed. Requires MANAGE_ORDERS.",
    )

    @staticmethod
    def resolve_routing_decision(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        row = store.current(order_id)
        return show_decision(row) if row else None

    @staticmethod
    def resolve_routing_decisions(
        root: Any, info: Any, first: int, after: str | None = None, order_id: str | None = None
    ) -> Any:
        require(info, ORDERS)
        return page(DecisionConnection, store.decisions(order_id), first, after, show_decision)

    @staticmethod
    def resolve_routing_preview(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return show_preview(preview(order_id))


class RouteOrder(Mutation):
    """Route an order now. Unlike a hook, this also leaves a plan that stands for one that is cheaper."""

    permission = ORDERS
    decision = graphene.Field(RoutingDecisionType, description="The decision in force then.")
    changed = graphene.Boolean(description="Whether a new decision was made.")
    hold = graphene.Field(HoldType, description="The hold that a rule placed instead of routing the order.")

    class Arguments:
        order_id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Route."""
        routed = route_order(data["order_id"], trigger=Trigger.MANUAL, by=_asker(info))
        return routed_json(routed)

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RouteOrder:
        """The decision in force then."""
        row = RoutingDecision.objects.get(pk=result["decision"]) if result["decision"] else None
        hold = Hold.objects.get(pk=result["hold"]) if result["hold"] else None
        return cls(
            decision=show_decision(row) if row else None,
            changed=result["changed"],
            hold=show_hold(hold) if hold else None,
        )


class OrderMutations(graphene.ObjectType):
    """What can be done with an order's routing."""

    route_order = RouteOrder.Field()
