"""Giving money back."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from .. import store
from ..access import MANAGERS, PERMISSION
from ..usecases.estimate_refund import estimate_refund
from ..usecases.refund_return import refund_return
from ..usecases.resolve_refund import resolve_refund
from ..usecases.review_order import review_order
from . import money, types
from . import money_inputs as given
from .base import OWN, ReturnMutation, answer_field
from .inputs import lines_of
from .terms import ReturnMethod


class RefundQueries(graphene.ObjectType):
    """What would come back."""

    refund_estimate = graphene.Field(
        money.RefundEstimate,
        order_id=graphene.ID(required=True),
        lines=lines_of(given.EstimateLineInput),
        withdrawal=graphene.Boolean(description="By the law's right."),
        method=ReturnMethod(description="How the goods travel; it decides about the label."),
        description=f"What returning these units would give back; changes nothing. {OWN}",
    )

    def resolve_refund_estimate(
        root, info: Any, order_id: str, lines: list[Any], withdrawal: bool = False, method: str = ""
    ) -> Any:
        found = estimate_refund(
            info.context.asker,
            order_id,
            given.estimated(lines),
            withdrawal=bool(withdrawal),
            method=method or "",
        )
        return money.RefundEstimate(
            amounts=money.amounts(found.plan.charge, found.currency),
            rows=money.plan_rows(found.plan, found.currency),
            ceiling=money.money(found.ceiling, found.currency),
        )


class RefundingMutation(ReturnMutation):
    """Base of those that decide a refund: they answer it too."""

    class Meta:
        abstract = True

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        payload = super().answer(info, result)
        row = store.for_api().get(pk=result["id"])
        for refund in types.Return.resolve_refunds(row, info):
            if str(refund.pk) == result["refund"]:
                payload.refund = refund
        return payload


class ReturnRefund(RefundingMutation):
    __doc__ = f"""Gives back what accepted and kept units earned; a worker calls the gateway. Again: other
    payments give what one refused. More than the units earned needs a reason and, beside {PERMISSION},
    {" or ".join(MANAGERS)}."""

    class Arguments:
        id = graphene.ID(required=True)
        amount = graphene.String(description='Another amount than they earned, such as "4.90".')
        to = money.RefundTo(
            description="Without: as each line's customer wished, money first; exchanges wait for theirs."
        )
        reason = graphene.String(description="Why it is another amount.")
        advance = graphene.List(
            graphene.NonNull(given.AdvanceLineInput), description="Units to pay before anybody judged them."
        )

    return_ = answer_field()
    refund = graphene.Field(money.Refund)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        amount = None
        if data.get("amount") is not None:
            amount = given.minor(data["amount"], store.find_return(key).order.currency)
        refund = refund_return(
            info.context.asker,
            key,
            amount,
            to=given.kind(data.get("to")),
            reason=data.get("reason") or "",
            advance=given.advanced(data.get("advance")),
        )
        return {"id": str(key), "refund": str(refund.pk)}


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


class ReturnOrderReview(ReturnMutation):
    __doc__ = f"""Says what was paid for each line of an order whose totals do not explain each other, so that
    refunds can be computed. Lines that are not named were not paid for. Beside {PERMISSION} it
    requires {" or ".join(MANAGERS)}."""

    class Arguments:
        id = graphene.ID(required=True, description="Of a return of the order.")
        lines = lines_of(given.StatedLineInput)
        shipping = given.StatedAmountInput(description="Nothing without.")
        reason = graphene.String(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        rma = store.find_return(key)
        currency = rma.order.currency
        lines = [
            (line["order_line_id"], given.charge(line, currency, f"lines.{i}"))
            for i, line in enumerate(data["lines"])
        ]
        shipping = given.charge(data.get("shipping") or {"net": "0", "tax": "0"}, currency, "shipping")
        review_order(info.context.asker, rma.order_id, lines, shipping, data["reason"])
        return {"id": str(key)}


class RefundMutations(graphene.ObjectType):
    """The steps of a refund."""

    return_refund = ReturnRefund.Field()
    return_refund_resolve = ReturnRefundResolve.Field()
    return_order_review = ReturnOrderReview.Field()
