"""The GraphQL API of the restock plugin. What staff ask for requires MANAGE_PRODUCTS."""

from __future__ import annotations

import graphene

from ...http.graphql import GraphQLView
from .alerts import AlertMutations, AlertQueries
from .backtests import BacktestMutations, BacktestQueries
from .costs import CostMutations, CostQueries
from .demand import DemandQueries
from .expected import ExpectedQueries
from .kits import KitMutations, KitQueries
from .mails import MailMutations, MailQueries
from .orders import OrderMutations, OrderQueries
from .privacy import PrivacyMutations, PrivacyQueries
from .promotions import PromotionMutations, PromotionQueries
from .receipts import ReceiptMutations, ReceiptQueries
from .reports import ReportQueries
from .sending import SendingMutations, SendingQueries
from .suggestions import SuggestionMutations, SuggestionQueries
from .suppliers import SupplierMutations, SupplierQueries
from .trade import TradeMutations, TradeQueries
from .transfers import TransferMutations, TransferQueries


class Query(
    DemandQueries,
    KitQueries,
    PromotionQueries,
    SuggestionQueries,
    SupplierQueries,
    OrderQueries,
    SendingQueries,
    TradeQueries,
    ReceiptQueries,
    CostQueries,
    TransferQueries,
    ExpectedQueries,
    BacktestQueries,
    ReportQueries,
    AlertQueries,
    MailQueries,
    PrivacyQueries,
    graphene.ObjectType,
):
    """What the shop needs, ordered and sold."""


class Mutations(
    KitMutations,
    PromotionMutations,
    SuggestionMutations,
    SupplierMutations,
    OrderMutations,
    SendingMutations,
    TradeMutations,
    ReceiptMutations,
    CostMutations,
    TransferMutations,
    BacktestMutations,
    AlertMutations,
    MailMutations,
    PrivacyMutations,
    graphene.ObjectType,
):
    """Everything that changes something; each mutation may be repeated with an idempotency key."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
