"""The router's GraphQL API."""

from __future__ import annotations

import graphene

from ...http.graphql import GraphQLView
from .backtests import BacktestMutations, BacktestQueries
from .carriers import CarrierMutations, CarrierQueries
from .life import LifeMutations, LifeQueries
from .orders import OrderMutations, OrderQueries
from .parcels import ParcelMutations, ParcelQueries
from .policies import PolicyMutations, PolicyQueries
from .profiles import ProfileMutations, ProfileQueries
from .rates import RateMutations, RateQueries


class Query(
    CarrierQueries,
    ParcelQueries,
    OrderQueries,
    LifeQueries,
    RateQueries,
    ProfileQueries,
    PolicyQueries,
    BacktestQueries,
):
    """What can be asked."""


class Mutations(
    CarrierMutations,
    ParcelMutations,
    OrderMutations,
    LifeMutations,
    RateMutations,
    ProfileMutations,
    PolicyMutations,
    BacktestMutations,
):
    """What can be done."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
