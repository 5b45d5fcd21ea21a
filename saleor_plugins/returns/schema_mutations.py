"""The mutations of the returns API. Each may be repeated with an idempotency key."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import graphene

from ..http.api import Mutation
from ..kernel.errors import Invalid
from ..kernel.ids import own_key
from ..kernel.money import to_minor
from . import schema_inputs as inputs
from . import schema_refunds as refunds
from . import schema_types as types
from . import store
from .access import PERMISSION
from .usecases.approve_return import approve_return
from .usecases.cancel_return import cancel_return
from .usecases.close_return import close_return
from .usecases.decline_return import decline_return
from .usecases.inspect_return import Judgement, inspect_return
from .usecases.receive_parcel import receive_parcel
from .usecases.refund_return import refund_return
from .usecases.request_return import Item, request_return
from .usecases.resolve_refund import resolve_refund

OWN = f"A shopper may do this with their own orders; everybody else needs the permission {PERMISSION}."


class ReturnMutation(Mutation):
    """Base of all: answers the return as it is then."""

    class Meta:
        abstract = True

    permission: str | None = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(return_=store.for_api().filter(pk=result["id"]).first())


def _answer_field() -> graphene.Field:
    return graphene.Field(types.Return, name="return")


def _result(rma: Any) -> dict[str, Any]:
    return {"id": str(rma.pk)}


class ReturnRequest(ReturnMutation):
    __doc__ = f"Asks to return units of an order. {OWN}"

    class Arguments:
        order_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReturnLineInput)

    permission = None
    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [
            Item(
                line["quantity"],
                line.get("order_line_id") or "",
                line.get("fulfillment_line_id") or "",
                line.get("reason") or "",
            )
            for line in data["lines"]
        ]
        return _result(request_return(info.context.asker, data["order_id"], items))


class ReturnApprove(ReturnMutation):
    """Lets the goods come back."""

    class Arguments:
        id = graphene.ID(required=True)

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _result(approve_return(info.context.asker, own_key(data["id"], "Return")))


class ReturnDecline(ReturnMutation):
    """Says no, with a reason that the customer may read."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _result(decline_return(info.context.asker, own_key(data["id"], "Return"), data["reason"]))


class ReturnCancel(ReturnMutation):
    __doc__ = f"Takes a request back before anything arrived. {OWN}"

    class Arguments:
        id = graphene.ID(required=True)

    permission = None
    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _result(cancel_return(info.context.asker, own_key(data["id"], "Return")))


class ReturnReceive(ReturnMutation):
    """Takes in a parcel, or a part of what was approved; repeat it for every parcel."""

    class Arguments:
        id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReceivedLineInput)

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [(_line_key(line, i), line["quantity"]) for i, line in enumerate(data["lines"])]
        key = own_key(data["id"], "Return")
        return _result(receive_parcel(info.context.asker, key, data["warehouse_id"], items))


class ReturnInspect(ReturnMutation):
    """Judges received units; RESTOCK puts them into the shop's stock, once."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.JudgedLineInput)

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        judgements = [
            Judgement(
                _line_key(line, i),
                line["quantity"],
                line["disposition"],
                line.get("warehouse_id") or "",
                line.get("grade") or "",
            )
            for i, line in enumerate(data["lines"])
        ]
        return _result(inspect_return(info.context.asker, own_key(data["id"], "Return"), judgements))


class ReturnRefund(ReturnMutation):
    """Gives back what the accepted units earned; a worker calls the gateway. Again: retries refused parts."""

    class Arguments:
        id = graphene.ID(required=True)
        amount = graphene.String(description='Less than they earned, such as "4.90". Never more.')

    return_ = _answer_field()
    refund = graphene.Field(refunds.Refund)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "Return")
        amount = None
        if data.get("amount") is not None:
            amount = _minor(data["amount"], store.find_return(key).order.currency)
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

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data.pop("id"), "Refund")
        return {"id": str(resolve_refund(info.context.asker, key, **data).rma_id)}


class ReturnClose(ReturnMutation):
    """Finishes a return; units that never arrived are missing and may be asked for again."""

    class Arguments:
        id = graphene.ID(required=True)

    return_ = _answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _result(close_return(info.context.asker, own_key(data["id"], "Return")))


def _line_key(line: Any, i: int) -> Any:
    return own_key(line["return_line_id"], "ReturnLine", field=f"lines.{i}.returnLineId")


def _minor(text: str, currency: str) -> int:
    try:
        amount = Decimal(text)
        if amount.is_finite() and amount.adjusted() < 15:
            return to_minor(amount, currency)
    except (InvalidOperation, ValueError):
        pass
    raise Invalid(f"Not an amount of {currency}.", field="amount")
