"""Taking parcels in and judging what is in them."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..usecases.inspect_return import Judgement, inspect_return
from ..usecases.receive_parcel import receive_parcel
from . import inputs
from .base import ReturnMutation, answer_field, line_key, result_of


class ReturnReceive(ReturnMutation):
    """Takes in a parcel, or a part of what was approved; repeat it for every parcel."""

    class Arguments:
        id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReceivedLineInput)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [(line_key(line, i), line["quantity"]) for i, line in enumerate(data["lines"])]
        key = own_key(data["id"], "Return")
        return result_of(receive_parcel(info.context.asker, key, data["warehouse_id"], items))


class ReturnInspect(ReturnMutation):
    """Judges received units; RESTOCK puts them into the shop's stock, once."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.JudgedLineInput)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        judgements = [
            Judgement(
                line_key(line, i),
                line["quantity"],
                line["disposition"],
                line.get("warehouse_id") or "",
                line.get("grade") or "",
            )
            for i, line in enumerate(data["lines"])
        ]
        return result_of(inspect_return(info.context.asker, own_key(data["id"], "Return"), judgements))


class ParcelMutations(graphene.ObjectType):
    """The steps in the warehouse."""

    return_receive = ReturnReceive.Field()
    return_inspect = ReturnInspect.Field()
