"""Labels: buying one again, and saying what became of one whose answer was lost."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..usecases.buy_label import buy_again
from ..usecases.resolve_label import resolve_label
from .base import ReturnMutation, answer_field, result_of
from .photos import decoded


class ReturnLabelBuy(ReturnMutation):
    """Has a worker buy a label for awaited goods, after one that failed or where there is none."""

    class Arguments:
        id = graphene.ID(required=True, description="Of the return.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(buy_again(own_key(data["id"], "Return")))


class ReturnLabelResolve(ReturnMutation):
    """Says what became of an UNKNOWN label: look at the carrier's whether it made one."""

    class Arguments:
        id = graphene.ID(required=True, description="Of the label.")
        bought = graphene.Boolean(required=True)
        tracking_number = graphene.String(description="The label's number, when it was bought.")
        content = graphene.String(description="Its picture, a PDF or PNG in base64.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        rma = resolve_label(
            info.context.asker,
            own_key(data["id"], "ReturnLabel"),
            data["bought"],
            tracking_number=data.get("tracking_number") or "",
            content=decoded(data.get("content") or ""),
        )
        return result_of(rma)


class LabelMutations(graphene.ObjectType):
    """What staff does with labels."""

    return_label_buy = ReturnLabelBuy.Field()
    return_label_resolve = ReturnLabelResolve.Field()
