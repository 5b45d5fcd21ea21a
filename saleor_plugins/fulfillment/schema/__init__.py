"""The router's GraphQL API."""

from __future__ import annotations

import graphene

from ...http.graphql import GraphQLView
from .backtests import BacktestMutations, BacktestQueries
from .carriers import CarrierMutations, CarrierQueries
from .checkout import CheckoutQueries
from .labels import LabelMutations, LabelQueries
from .life import LifeMutations, LifeQueries
from .orders import OrderMutations, OrderQueries
from .parcels import ParcelMutations, ParcelQueries
from .policies import PolicyMutations, PolicyQueries
from .profiles import ProfileMutations, ProfileQueries
from .rates import RateMutations, RateQueries
from .waves import WaveMutations, WaveQueries


class Query(
    CheckoutQueries,
    CarrierQueries,
    LabelQueries,
    ParcelQueries,
    OrderQueries,
    LifeQueries,
    RateQueries,
    ProfileQueries,
    PolicyQueries,
    BacktestQueries,
    WaveQueries,
):
    """What can be asked."""


class Mutations(
    CarrierMutations,
    LabelMutations,
    ParcelMutations,
    OrderMutations,
    LifeMutations,
    RateMutations,
    ProfileMutations,
    PolicyMutations,
    BacktestMutations,
    WaveMutations,
):
    """What can be done."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
