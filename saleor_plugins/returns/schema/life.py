"""What may happen to a return between its approval and its end, and after it."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import own_key
from ..access import MANAGERS, PERMISSION
from ..models import ReturnMessage
from ..usecases.close_return import close_return
from ..usecases.keep_units import keep_units
from ..usecases.message_return import MAX_BODY, message_return
from ..usecases.reopen_return import reopen_return
from ..usecases.track_return import track_return
from . import history, inputs
from .base import OWN, ReturnMutation, answer_field, result_of, units_of


class ReturnTrack(ReturnMutation):
    __doc__ = f"""Says under which number the goods are on their way; once it was scanned nothing expires.
    {OWN} Shoppers can not say that it was scanned."""

    class Arguments:
        id = graphene.ID(required=True)
        carrier = graphene.String()
        tracking_number = graphene.String()
        scanned = graphene.Boolean(description="A carrier has the parcel.")

    permission = None
    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        rma = track_return(
            info.context.asker,
            own_key(data["id"], "Return"),
            data.get("carrier") or "",
            data.get("tracking_number") or "",
            scanned=bool(data.get("scanned")),
        )
        return result_of(rma)


class ReturnKeep(ReturnMutation):
    """Lets the customer keep awaited units; `returnRefund` then gives their money."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = inputs.lines_of(inputs.ReturnUnitsInput)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = units_of(data["lines"])
        return result_of(keep_units(info.context.asker, own_key(data["id"], "Return"), items))


class ReturnClose(ReturnMutation):
    """Finishes a return; units that never arrived are missing and may be asked for again."""

    class Arguments:
        id = graphene.ID(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(close_return(info.context.asker, own_key(data["id"], "Return")))


class ReturnReopen(ReturnMutation):
    __doc__ = f"""Takes a finished return up again; missing units that nobody else has are awaited again.
    Beside {PERMISSION} it requires {" or ".join(MANAGERS)}."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return result_of(reopen_return(info.context.asker, own_key(data["id"], "Return"), data["reason"]))


class ReturnMessageCreate(ReturnMutation):
    __doc__ = f"Writes to the other side, or with `internal` a note for staff only. {OWN}"

    class Arguments:
        id = graphene.ID(required=True, description="Of the return.")
        body = graphene.String(required=True, description=f"Up to {MAX_BODY} characters.")
        internal = graphene.Boolean()

    permission = None
    return_ = answer_field()
    message = graphene.Field(history.ReturnMessage)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key, internal = own_key(data["id"], "Return"), bool(data.get("internal"))
        written = message_return(info.context.asker, key, data["body"], internal=internal)
        return {"id": str(key), "message": str(written.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        payload = super().answer(info, result)
        payload.message = ReturnMessage.objects.get(pk=result["message"])
        return payload


class LifeMutations(graphene.ObjectType):
    """The steps beside the goods, and after them."""

    return_track = ReturnTrack.Field()
    return_keep = ReturnKeep.Field()
    return_close = ReturnClose.Field()
    return_reopen = ReturnReopen.Field()
    return_message = ReturnMessageCreate.Field()
