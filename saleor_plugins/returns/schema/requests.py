"""Asking for a return and deciding on it."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..usecases.approve_return import approve_return
from ..usecases.cancel_return import cancel_return
from ..usecases.close_return import close_return
from ..usecases.decline_return import decline_return
from ..usecases.request_return import Item, request_return
from . import inputs
from .base import OWN, ReturnMutation, answer_field, result_of


class ReturnRequest(ReturnMutation):
    __doc__ = f"Asks to return units of an order. {OWN}"

    class Arguments:
        order_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReturnLineInput)

    permission = None
    return_ = answer_field()

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
        return result_of(request_return(info.context.asker, data["order_id"], items))


class ReturnApprove(ReturnMutation):
    """Lets the goods come back."""

    class Arguments:
        id = graphene.ID(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(approve_return(info.context.asker, own_key(data["id"], "Return")))


class ReturnDecline(ReturnMutation):
    """Says no, with a reason that the customer may read."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(decline_return(info.context.asker, own_key(data["id"], "Return"), data["reason"]))


class ReturnCancel(ReturnMutation):
    __doc__ = f"Takes a request back before anything arrived. {OWN}"

    class Arguments:
        id = graphene.ID(required=True)

    permission = None
    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(cancel_return(info.context.asker, own_key(data["id"], "Return")))


class ReturnClose(ReturnMutation):
    """Finishes a return; units that never arrived are missing and may be asked for again."""

    class Arguments:
        id = graphene.ID(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(close_return(info.context.asker, own_key(data["id"], "Return")))


class RequestMutations(graphene.ObjectType):
    """The steps before and after the goods."""

    return_request = ReturnRequest.Field()
    return_approve = ReturnApprove.Field()
    return_decline = ReturnDecline.Field()
    return_cancel = ReturnCancel.Field()
    return_close = ReturnClose.Field()
