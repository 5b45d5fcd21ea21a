"""The router's GraphQL API."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection_field, page, require
from ...http.graphql import GraphQLView
from .. import store
from ..usecases.route_order import preview
from .orders import ORDERS, OrderMutations
from .rates import PLUGINS, RateMutations
from .show import show_card, show_decision, show_preview, show_profile, show_shipment
from .types import (
    DecisionConnection,
    RateCardType,
    RoutingDecisionType,
    RoutingPlan,
    ShipmentType,
    WarehouseProfileType,
)


class Query(graphene.ObjectType):
    """What can be asked."""

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
    shipments = graphene.List(
        graphene.NonNull(ShipmentType),
        order_id=graphene.ID(required=True, description="Saleor's Order id."),
        description="The order's parcels, oldest first. Requires MANAGE_ORDERS.",
    )
    warehouse_profiles = graphene.List(
        graphene.NonNull(WarehouseProfileType),
        description="Warehouses whose part in routing differs from the default. Requires MANAGE_PLUGINS.",
    )
    rates = graphene.List(
        graphene.NonNull(RateCardType),
        description="Every rate card with its rates. None: built-in rates are used. Requires MANAGE_PLUGINS.",
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

    @staticmethod
    def resolve_shipments(root: Any, info: Any, order_id: str) -> Any:
        require(info, ORDERS)
        return [show_shipment(row) for row in store.shipments(order_id)]

    @staticmethod
    def resolve_warehouse_profiles(root: Any, info: Any) -> Any:
        require(info, PLUGINS)
        return [show_profile(row) for row in store.all_profiles()]

    @staticmethod
    def resolve_rates(root: Any, info: Any) -> Any:
        require(info, PLUGINS)
        return [show_card(row) for row in store.cards()]


class Mutations(OrderMutations, RateMutations):
    """What can be done."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
