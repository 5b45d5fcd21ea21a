"""Exchanging returned goods for others."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ...kernel.money import from_minor
from .. import store
from ..domain.credit import Charge
from ..domain.plan import PartKind
from ..usecases.cancel_exchange import cancel_exchange
from ..usecases.estimate_refund import ExchangeEstimate, estimate_exchange
from ..usecases.exchange_return import exchange_return
from . import money
from . import money_inputs as given
from .base import OWN, answer_field
from .inputs import lines_of
from .refunds import RefundingMutation


class ExchangeQueries(graphene.ObjectType):
    """What an exchange would cost."""

    exchange_estimate = graphene.Field(
        money.ExchangeEstimate,
        order_id=graphene.ID(required=True),
        lines=lines_of(given.EstimateLineInput),
        items=lines_of(given.ExchangeItemInput),
        description="What exchanging these units for the items would cost or give back, at today's prices, "
        f"without delivery; changes nothing. {OWN}",
    )

    def resolve_exchange_estimate(
        root, info: Any, order_id: str, lines: list[Any], items: list[Any]
    ) -> money.ExchangeEstimate:
        found = estimate_exchange(info.context.asker, order_id, given.estimated(lines), given.goods(items))
        return _shown(found)


def _shown(found: ExchangeEstimate) -> money.ExchangeEstimate:
    plan, quote = found.plan, found.quote
    return money.ExchangeEstimate(
        credit=money.amounts(plan.charge, quote.currency),
        rows=money.plan_rows(plan, quote.currency),
        goods=[
            money.ExchangeGoods(
                variant_id=line.variant_id,
                quantity=line.quantity,
                amounts=money.amounts(Charge(line.net, line.gross - line.net), quote.currency),
            )
            for line in quote.lines
        ],
        price=money.amounts(Charge(quote.total_net, quote.total_gross - quote.total_net), quote.currency),
        to_pay=money.money(max(found.difference, 0), quote.currency),
        to_get_back=money.money(max(-found.difference, 0), quote.currency),
    )


class ReturnExchange(RefundingMutation):
    """Makes a new order for what the lines' customers want instead. What the units earned pays for it; the
    customer pays the rest of its price as any order's, or gets back what is left."""

    class Arguments:
        id = graphene.ID(required=True)
        items = graphene.List(
            graphene.NonNull(given.ExchangeItemInput), description="Without: what the lines asked for."
        )
        to = money.RefundTo(description="How what is left is given back; PAYMENT without.")
        advance = graphene.List(
            graphene.NonNull(given.AdvanceLineInput),
            description="Units to credit before anybody judged them.",
        )

    return_ = answer_field()
    refund = graphene.Field(money.Refund)
    new_order_id = graphene.ID()
    difference = graphene.Field(
        money.Money, description="What the customer has to pay; below zero: what they get back."
    )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        made = exchange_return(
            info.context.asker,
            key,
            None if data.get("items") is None else given.goods(data["items"]),
            to=given.kind(data.get("to")) or PartKind.PAYMENT,
            advance=given.advanced(data.get("advance")),
        )
        currency = store.find_return(key).order.currency
        return {
            "id": str(key),
            "refund": str(made.refund.pk),
            "order": made.order_id,
            "difference": [str(from_minor(made.difference, currency)), currency],
        }

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        payload = super().answer(info, result)
        payload.new_order_id = result["order"]
        amount, currency = result["difference"]
        payload.difference = money.Money(amount=amount, currency=currency)
        return payload


class ReturnExchangeCancel(RefundingMutation):
    """Gives back what an exchange credited to a new order that was cancelled in the shop, once."""

    class Arguments:
        id = graphene.ID(required=True, description="Of the return that was exchanged.")
        order_id = graphene.ID(required=True, description="Of the cancelled new order.")
        to = money.RefundTo(description="PAYMENT without.")

    return_ = answer_field()
    refund = graphene.Field(money.Refund)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        to = given.kind(data.get("to")) or PartKind.PAYMENT
        refund = cancel_exchange(info.context.asker, key, data["order_id"], to=to)
        return {"id": str(key), "refund": str(refund.pk)}


class ExchangeMutations(graphene.ObjectType):
    """Exchanges."""

    return_exchange = ReturnExchange.Field()
    return_exchange_cancel = ReturnExchangeCancel.Field()
