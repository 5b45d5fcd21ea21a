"""The types and inputs of the API that are about goods in warehouses."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection
from ...kernel import clock
from ...kernel.ids import to_global
from . import types
from .money import count


class ReceivedLineInput(graphene.InputObjectType):
    """Units that arrived: name the return's line, or the order's line."""

    return_line_id = graphene.ID()
    order_line_id = graphene.ID()
    quantity = graphene.Int(required=True)


class UnannouncedLineInput(graphene.InputObjectType):
    """Units of an order's line that arrived."""

    order_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class JudgedLineInput(graphene.InputObjectType):
    """What becomes of received units."""

    return_line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
    disposition = types.Disposition(required=True)
    warehouse_id = graphene.ID(description="Without: RESTOCK by the return's policy, else where it arrived.")
    grade = graphene.String(description="Its condition, in your words, such as A, B or C.")


class StrayParcel(graphene.ObjectType):
    """A parcel that arrived and that nobody could give to a return."""

    id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    tracking_number = graphene.String(required=True)
    note = graphene.String(required=True)
    return_id = graphene.ID(description="The return it was found to be of.")
    dismissed = graphene.String(required=True, description="Why it is of no return.")
    at = graphene.DateTime(required=True)
    settled = graphene.DateTime()

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("StrayParcel", row.pk)

    def resolve_return_id(row: Any, info: Any) -> str | None:
        return to_global("Return", row.rma_id) if row.rma_id else None


class PutAside(graphene.ObjectType):
    """Units of one inspection that wait to be restocked or scrapped."""

    inspection_id = graphene.ID(required=True, description="For returnFollowUp.")
    return_id = graphene.ID(required=True)
    return_number = graphene.String(required=True)
    warehouse_id = graphene.ID(required=True)
    variant_id = graphene.ID()
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    disposition = graphene.Field(types.Disposition, required=True)
    grade = graphene.String(required=True)
    quantity = count("Units that still lie there.")
    since = graphene.DateTime(required=True)
    days = graphene.Int(required=True, description="Whole days since.")

    def resolve_inspection_id(row: Any, info: Any) -> str:
        return to_global("Inspection", row.pk)

    def resolve_return_id(row: Any, info: Any) -> str:
        return to_global("Return", row.receipt_line.receipt.rma_id)

    def resolve_return_number(row: Any, info: Any) -> str:
        return str(row.receipt_line.receipt.rma.number)

    def resolve_variant_id(row: Any, info: Any) -> str | None:
        return row.variant_id or None

    def resolve_sku(row: Any, info: Any) -> str:
        return str(row.receipt_line.return_line.line.sku)

    def resolve_name(row: Any, info: Any) -> str:
        return str(row.receipt_line.return_line.line.name)

    def resolve_quantity(row: Any, info: Any) -> int:
        return int(row.left)

    def resolve_since(row: Any, info: Any) -> Any:
        return row.at

    def resolve_days(row: Any, info: Any) -> int:
        return int((clock.now() - row.at).days)


StrayParcelConnection = connection(StrayParcel)
PutAsideConnection = connection(PutAside)
