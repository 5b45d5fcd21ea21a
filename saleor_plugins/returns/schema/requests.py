"""Asking for a return and deciding on it."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..domain.reasons import Reason, Resolution
from ..usecases.approve_return import approve_return
from ..usecases.cancel_return import cancel_return
from ..usecases.decline_return import decline_return
from ..usecases.request_return import Item, request_return
from . import inputs
from .base import OWN, ReturnMutation, answer_field, result_of, units_of


class ReturnRequest(ReturnMutation):
    __doc__ = f"Asks to return units of an order. {OWN}"

    class Arguments:
        order_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReturnLineInput)

    permission = None
    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [_item(line) for line in data["lines"]]
        return result_of(request_return(info.context.asker, data["order_id"], items))


def _item(line: Any) -> Item:
    return Item(
        quantity=line["quantity"],
        order_line_id=line.get("order_line_id") or "",
        fulfillment_line_id=line.get("fulfillment_line_id") or "",
        reason=line.get("reason") or "",
        reason_code=line.get("reason_code") or Reason.UNSPECIFIED.value,
        resolution=line.get("resolution") or Resolution.REFUND.value,
        exchange_variant_id=line.get("exchange_variant_id") or "",
    )


class ReturnApprove(ReturnMutation):
    """Lets the goods come back: all, or with `lines` only these units; the others are declined."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(inputs.ReturnUnitsInput))
        warehouse_id = graphene.ID(description="Where to send them. Without: the merchant's rule chooses.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = None if data.get("lines") is None else units_of(data["lines"])
        key, house = own_key(data["id"], "Return"), data.get("warehouse_id") or ""
        return result_of(approve_return(info.context.asker, key, items, destination_id=house))


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


class RequestMutations(graphene.ObjectType):
    """The steps before the goods."""

    return_request = ReturnRequest.Field()
    return_approve = ReturnApprove.Field()
    return_decline = ReturnDecline.Field()
    return_cancel = ReturnCancel.Field()
