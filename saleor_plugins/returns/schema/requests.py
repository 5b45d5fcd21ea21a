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
from .terms import ReturnMethod


class ReturnRequest(ReturnMutation):
    __doc__ = f"Asks to return units of an order. {OWN}"

    class Arguments:
        order_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReturnLineInput)
        method = ReturnMethod(description="How the goods travel; one of those that `returnOffer` names.")
        language = graphene.String(description="en, de or pl. Without: the order's.")
        withdrawal = graphene.Boolean(
            description="By the law's right: needs no reason, photo or approval, and no limit holds."
        )
        draft_id = graphene.ID(description="With the photos that were added to it; it becomes one return.")

    permission = None
    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        draft = data.get("draft_id")
        rma = request_return(
            info.context.asker,
            data["order_id"],
            [_item(line) for line in data["lines"]],
            withdrawal=bool(data.get("withdrawal")),
            method=data.get("method") or "",
            language=data.get("language") or "",
            draft=own_key(draft, "ReturnDraft", field="draftId") if draft else None,
        )
        return result_of(rma)


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
