"""The GraphQL API of the returns desk."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection_field, page
from ...kernel.ids import own_key
from .. import store
from ..access import return_for
from ..usecases.returnable_lines import returnable_lines
from . import lists, types
from .access import AccessMutations, AccessQueries, ReturnsView
from .asked import asked
from .audit import AuditQueries
from .base import OWN
from .exchanges import ExchangeMutations, ExchangeQueries
from .flags import FlagMutations
from .labels import LabelMutations
from .life import LifeMutations
from .mails import MailMutations, MailQueries
from .offers import OfferQueries
from .parcels import ParcelMutations, ParcelQueries
from .photos import PhotoMutations
from .privacy import PrivacyMutations, PrivacyQueries
from .refunds import RefundMutations, RefundQueries
from .reports import ReportQueries
from .requests import RequestMutations
from .rules import RulesMutations, RulesQueries
from .strays import StrayMutations


class Query(
    AccessQueries,
    ParcelQueries,
    AuditQueries,
    RefundQueries,
    ExchangeQueries,
    OfferQueries,
    ReportQueries,
    MailQueries,
    PrivacyQueries,
    RulesQueries,
    graphene.ObjectType,
):
    """Returns, what may be returned, and what it would give back."""

    return_ = graphene.Field(
        types.Return, name="return", id=graphene.ID(required=True), description=f"One return. {OWN}"
    )
    returns = connection_field(
        types.ReturnConnection,
        f"Returns, newest first. {OWN}",
        **lists.FILTERS,
    )
    returnable_lines = graphene.List(
        graphene.NonNull(types.ReturnableLine),
        required=True,
        order_id=graphene.ID(required=True),
        description=f"An order's lines and where their units are. {OWN}",
    )

    def resolve_return_(root, info: Any, id: str) -> Any:
        rma = return_for(info.context.asker, own_key(id, "Return"))
        return store.for_api(asked(info)).get(pk=rma.pk)

    def resolve_returns(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        rows = lists.visible(info, store.for_api(asked(info, "edges", "node")), where)
        return page(types.ReturnConnection, rows, first, after)

    def resolve_returnable_lines(root, info: Any, order_id: str) -> Any:
        return returnable_lines(info.context.asker, order_id)


class Mutations(
    AccessMutations,
    RequestMutations,
    LifeMutations,
    PhotoMutations,
    LabelMutations,
    ParcelMutations,
    StrayMutations,
    RefundMutations,
    ExchangeMutations,
    FlagMutations,
    MailMutations,
    PrivacyMutations,
    RulesMutations,
):
    """Every step of a return."""


schema = graphene.Schema(query=Query, mutation=Mutations)
view = ReturnsView(schema)
