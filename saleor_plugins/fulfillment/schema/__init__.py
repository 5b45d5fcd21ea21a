"""The router's GraphQL API."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import require
from ...http.graphql import GraphQLView
from .. import store
from .life import LifeMutations, LifeQueries
from .orders import ORDERS, OrderMutations, OrderQueries
from .rates import PLUGINS, RateMutations
from .show import show_card, show_profile, show_shipment
from .types import (
    RateCardType,
    ShipmentType,
    WarehouseProfileType,
)


class Query(
    OrderQueries,
    LifeQueries,
):
    """What can be asked."""

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


class Mutations(
    OrderMutations,
    LifeMutations,
    RateMutations,
):
    """What can be done."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
