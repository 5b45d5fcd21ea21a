"""Giving money back."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import graphene

from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from ...kernel.money import to_minor
from .. import store
from ..usecases.refund_return import refund_return
from ..usecases.resolve_refund import resolve_refund
from . import money, types
from .base import ReturnMutation, answer_field


class ReturnRefund(ReturnMutation):
    """Gives back what the accepted units earned; a worker calls the gateway. Again: retries refused parts."""

    class Arguments:
        id = graphene.ID(required=True)
        amount = graphene.String(description='Less than they earned, such as "4.90". Never more.')

    return_ = answer_field()
    refund = graphene.Field(money.Refund)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        amount = None
        if data.get("amount") is not None:
            amount = minor(data["amount"], store.find_return(key).order.currency)
        refund = refund_return(info.context.asker, key, amount)
        return {"id": str(key), "refund": str(refund.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        payload = super().answer(info, result)
        for refund in types.Return.resolve_refunds(payload.return_, info):
            if str(refund.pk) == result["refund"]:
                payload.refund = refund
        return payload


class ReturnRefundResolve(ReturnMutation):
    """Says what the gateway knows of an UNKNOWN part of a refund that the shop's books leave unclear."""

    class Arguments:
        id = graphene.ID(required=True, description="Of the refund.")
        payment_id = graphene.ID(required=True)
        happened = graphene.Boolean(required=True)
        reason = graphene.String(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data.pop("id"), "Refund")
        return {"id": str(resolve_refund(info.context.asker, key, **data).rma_id)}


def minor(text: str, currency: str) -> int:
    try:
        amount = Decimal(text)
        if amount.is_finite() and amount.adjusted() < 15:
            return to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        pass
    raise Invalid(f"Not an amount of {currency}.", field="amount")


class RefundMutations(graphene.ObjectType):
    """The steps of a refund."""

    return_refund = ReturnRefund.Field()
    return_refund_resolve = ReturnRefundResolve.Field()
