"""The types of the returns API."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from ..domain.dispositions import Disposition as DispositionValue
from ..domain.machines import ReturnState as ReturnStateValue
from .money import Refund, count, many

ReturnState = graphene.Enum.from_enum(ReturnStateValue)
Disposition = graphene.Enum.from_enum(DispositionValue)


class ReturnLine(graphene.ObjectType):
    """Units of one order line in a return. Each number counts all units that ever got that far."""

    id = graphene.ID(required=True)
    order_line_id = graphene.ID(required=True)
    fulfillment_line_id = graphene.ID(description="When the request named a parcel's line.")
    variant_id = graphene.ID()
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    reason = graphene.String(required=True)
    requested = count()
    approved = count()
    declined = count()
    received = count()
    missing = count("Approved, and never arrived before the return was closed.")
    accepted = count()
    rejected = count("Sent back to the customer, without credit.")
    credited = count("Their refund is decided.")
    settled = count("Their money is with the customer.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnLine", row.pk)

    def resolve_order_line_id(row: Any, info: Any) -> str:
        return str(row.line_id)

    def resolve_fulfillment_line_id(row: Any, info: Any) -> str | None:
        return row.fulfillment_line_id or None

    def resolve_variant_id(row: Any, info: Any) -> str | None:
        return row.line.variant_id or None

    def resolve_sku(row: Any, info: Any) -> str:
        return str(row.line.sku)

    def resolve_name(row: Any, info: Any) -> str:
        return str(row.line.name)


class Inspection(graphene.ObjectType):
    """What became of some units of a parcel."""

    quantity = count()
    disposition = graphene.Field(Disposition, required=True)
    grade = graphene.String(required=True)
    warehouse_id = graphene.ID(required=True)
    moved = count("Units put into the shop's stock of the warehouse.")
    at = graphene.DateTime(required=True)


class ReceiptLine(graphene.ObjectType):
    """Units of a return's line in a parcel."""

    return_line_id = graphene.ID(required=True)
    quantity = count()
    restocked = count()
    inspections = many(Inspection)

    def resolve_return_line_id(row: Any, info: Any) -> str:
        return to_global("ReturnLine", row.return_line_id)

    def resolve_inspections(row: Any, info: Any) -> list[Any]:
        return sorted(row.inspections.all(), key=lambda inspection: inspection.first_unit)


class Receipt(graphene.ObjectType):
    """A parcel that arrived."""

    id = graphene.ID(required=True)
    sequence = count()
    warehouse_id = graphene.ID(required=True)
    at = graphene.DateTime(required=True)
    lines = many(ReceiptLine)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Receipt", row.pk)

    def resolve_lines(row: Any, info: Any) -> list[Any]:
        return list(row.lines.all())


class TimelineEntry(graphene.ObjectType):
    """Something that was done."""

    verb = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    asker_kind = graphene.String(required=True)


class Return(graphene.ObjectType):
    """A request to bring units of one order back."""

    id = graphene.ID(required=True)
    number = graphene.String(required=True)
    order_id = graphene.ID(required=True)
    state = graphene.Field(ReturnState, required=True)
    decline_reason = graphene.String(required=True)
    created = graphene.DateTime(required=True)
    closed = graphene.DateTime()
    lines = many(ReturnLine)
    receipts = many(Receipt)
    refunds = many(Refund)
    timeline = many(TimelineEntry)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Return", row.pk)

    def resolve_lines(row: Any, info: Any) -> list[Any]:
        return sorted(row.lines.all(), key=lambda line: line.position)

    def resolve_receipts(row: Any, info: Any) -> list[Any]:
        return sorted(row.receipts.all(), key=lambda receipt: receipt.sequence)

    def resolve_refunds(row: Any, info: Any) -> list[Any]:
        refunds = sorted(row.refunds.all(), key=lambda refund: refund.sequence)
        for refund in refunds:
            refund.currency = row.order.currency
        return refunds

    def resolve_timeline(row: Any, info: Any) -> list[Any]:
        return sorted(row.entries.all(), key=lambda entry: entry.at)


class ReturnableLine(graphene.ObjectType):
    """A line of an order, and how many of its units may be asked to come back."""

    order_line_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    sold = count()
    shipped = count("Units the customer got and the shop's own screens did not take back.")
    reserved = count("Asked for in an open return, and not arrived.")
    returned = count()
    available = count("Shipped, not reserved, not returned.")


ReturnConnection = connection(Return)
