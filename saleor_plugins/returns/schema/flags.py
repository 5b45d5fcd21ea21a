"""What staff does about flags."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..usecases.dismiss_flag import dismiss_flag
from .base import ReturnMutation, answer_field


class ReturnFlagDismiss(ReturnMutation):
    """Dismiss a flag of a return; it is not raised again."""

    class Arguments:
        id = graphene.ID(required=True, description="The flag's.")
        note = graphene.String(required=True, description="Why, up to 500 characters.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        flag = dismiss_flag(info.context.asker, own_key(data["id"], "ReturnFlag"), data["note"])
        return {"id": str(flag.rma_id)}


class FlagMutations(graphene.ObjectType):
    """Signals."""

    return_flag_dismiss = ReturnFlagDismiss.Field()
