"""Taking parcels in, judging what is in them, and what lies aside."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import connection_field, page, require
from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from ..access import PERMISSION
from ..store import restocked, strays
from ..usecases.follow_up import follow_up
from ..usecases.inspect_return import Judgement, inspect_return
from ..usecases.receive_parcel import receive_parcel
from ..usecases.receive_unannounced import receive_unannounced
from . import inputs, parcel_types, types
from .base import ReturnMutation, answer_field, line_key, result_of


class ReturnReceive(ReturnMutation):
    """Takes in a parcel, or a part of what was approved; repeat it for every parcel."""

    class Arguments:
        id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        lines = inputs.lines_of(parcel_types.ReceivedLineInput)
        tracking_number = graphene.String()
        accept_unexpected = graphene.Boolean(description="Lets units in that nobody asked to return.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [(_named(line, i), line["quantity"]) for i, line in enumerate(data["lines"])]
        return result_of(
            receive_parcel(
                info.context.asker,
                own_key(data["id"], "Return"),
                data["warehouse_id"],
                items,
                tracking_number=data.get("tracking_number") or "",
                accept_unexpected=bool(data.get("accept_unexpected")),
            )
        )


def _named(line: Any, i: int) -> UUID | str:
    if bool(line.get("return_line_id")) == bool(line.get("order_line_id")):
        raise Invalid("Give either returnLineId or orderLineId.", field=f"lines.{i}")
    if line.get("order_line_id"):
        return str(line["order_line_id"])
    key: UUID = line_key(line, i)
    return key


class ReturnReceiveUnannounced(ReturnMutation):
    """Takes in a parcel that no return asked for: opens one that is RECEIVING."""

    class Arguments:
        order_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        lines = inputs.lines_of(parcel_types.UnannouncedLineInput)
        tracking_number = graphene.String()

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        items = [(line["order_line_id"], line["quantity"]) for line in data["lines"]]
        return result_of(
            receive_unannounced(
                info.context.asker,
                data["order_id"],
                data["warehouse_id"],
                items,
                tracking_number=data.get("tracking_number") or "",
            )
        )


class ReturnInspect(ReturnMutation):
    """Judges received units; RESTOCK puts them into the shop's stock, once."""

    class Arguments:
        id = graphene.ID(required=True)
        lines = inputs.lines_of(parcel_types.JudgedLineInput)

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


class ReturnFollowUp(ReturnMutation):
    """Restocks or scraps units that an inspection put aside (REFURBISH, QUARANTINE); moves no money."""

    class Arguments:
        inspection_id = graphene.ID(required=True)
        quantity = graphene.Int(required=True)
        outcome = types.FollowUpOutcome(required=True)
        warehouse_id = graphene.ID(description="For RESTOCK. Without: by the return's policy.")

    return_ = answer_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = follow_up(
            info.context.asker,
            own_key(data["inspection_id"], "Inspection", field="inspectionId"),
            data["quantity"],
            data["outcome"],
            data.get("warehouse_id") or "",
        )
        return {"id": str(row.inspection.receipt_line.return_line.rma_id)}


class ParcelQueries(graphene.ObjectType):
    """What lies in the warehouses."""

    stray_parcels = connection_field(
        parcel_types.StrayParcelConnection,
        f"Parcels that nobody has placed, newest first. Requires the permission {PERMISSION}.",
        warehouse_id=graphene.ID(),
        settled=graphene.Boolean(default_value=False, description="Those that were placed or dismissed."),
    )
    put_aside = connection_field(
        parcel_types.PutAsideConnection,
        f"Units to refurbish or in quarantine, newest first. Requires the permission {PERMISSION}.",
        warehouse_id=graphene.ID(),
        variant_id=graphene.ID(),
        grade=graphene.String(),
        disposition=graphene.Argument(types.Disposition),
    )

    def resolve_stray_parcels(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = strays.listed(warehouse_id=where.get("warehouse_id") or "", settled=bool(where.get("settled")))
        return page(parcel_types.StrayParcelConnection, rows, first, after)

    def resolve_put_aside(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = restocked.put_aside(**{name: value for name, value in where.items() if value is not None})
        return page(parcel_types.PutAsideConnection, rows, first, after)


class ParcelMutations(graphene.ObjectType):
    """The steps in the warehouse."""

    return_receive = ReturnReceive.Field()
    return_receive_unannounced = ReturnReceiveUnannounced.Field()
    return_inspect = ReturnInspect.Field()
    return_follow_up = ReturnFollowUp.Field()
