"""What of an order may be returned, and how: the portal's questions as GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ..usecases.offer_return import offer_return
from .base import OWN
from .money import Money, count, many, money
from .terms import LAW, ReturnMethod, ReturnPayer
from .types import ReturnReason, ReturnResolution


class OfferedReason(graphene.ObjectType):
    """A reason that may be given."""

    code = graphene.Field(ReturnReason, required=True)
    photos = count("How many photos it needs.")
    note = graphene.Boolean(required=True, description="Whether it needs words.")


class OfferedLine(graphene.ObjectType):
    """A line of the order, and whether it may be asked for."""

    order_line_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    sold = count()
    available = count("Units that are with the customer and in no return.")
    most = count("The most units of it in one request.")
    until = graphene.Date(description="The last day, in the shop's time zone; null while none is known.")
    refused = graphene.String(required=True, description="A code such as WINDOW_CLOSED; empty when it may.")
    why = graphene.String(required=True, description="Why it may not, in words.")
    final_sale = graphene.Boolean(required=True)
    withdrawal = graphene.Boolean(required=True, description="Whether the law's right may be used today.")
    reasons = many(OfferedReason)
    resolutions = many(ReturnResolution)


class ReturnOffer(graphene.ObjectType):
    """What may be returned of an order today."""

    law = graphene.String(required=True, description=LAW)
    payer = graphene.Field(ReturnPayer, required=True, description="Who pays the way back.")
    label_fee = graphene.Field(Money, required=True, description="What is kept once for the label.")
    methods = many(ReturnMethod)
    lines = many(OfferedLine)

    def resolve_label_fee(row: Any, info: Any) -> Money:
        return money(row.label_fee, row.currency)


class OfferQueries(graphene.ObjectType):
    """Before anybody asks."""

    return_offer = graphene.Field(
        ReturnOffer,
        order_id=graphene.ID(required=True),
        withdrawal=graphene.Boolean(description="By the law's right instead of the shop's rules."),
        description=f"What may be returned of an order today, by the rules and the law. {OWN}",
    )

    def resolve_return_offer(root, info: Any, order_id: str, withdrawal: bool = False) -> Any:
        return offer_return(info.context.asker, order_id, withdrawal=bool(withdrawal))
