"""The types of the returns API."""

from __future__ import annotations

from typing import Any

import graphene

from ..http.api import connection
from ..kernel.ids import to_global
from ..kernel.money import from_minor
from . import access
from .domain.credit import Charge
from .domain.dispositions import Disposition as DispositionValue
from .domain.machines import PartState as PartStateValue
from .domain.machines import RefundState as RefundStateValue
from .domain.machines import ReturnState as ReturnStateValue
from .domain.plan import Component as ComponentValue

ReturnState = graphene.Enum.from_enum(ReturnStateValue)
RefundState = graphene.Enum.from_enum(RefundStateValue)
RefundPartState = graphene.Enum.from_enum(PartStateValue)
Disposition = graphene.Enum.from_enum(DispositionValue)
RefundComponent = graphene.Enum.from_enum(ComponentValue)


def many(kind: Any, description: str = "") -> graphene.List:
    """A list that is never null, of things that are never null."""
    return graphene.List(graphene.NonNull(kind), required=True, description=description)


def count(description: str = "") -> graphene.Int:
    """A number of units."""
    return graphene.Int(required=True, description=description)


class Money(graphene.ObjectType):
    """An amount."""

    amount = graphene.String(required=True, description="A decimal number with the currency's decimals.")
    currency = graphene.String(required=True)


class Amounts(graphene.ObjectType):
    """Net and tax apart; gross is their sum."""

    net = graphene.Field(Money, required=True)
    tax = graphene.Field(Money, required=True)
    gross = graphene.Field(Money, required=True)


def money(minor: int, currency: str) -> Money:
    """`minor` units as Money."""
    return Money(amount=str(from_minor(minor, currency)), currency=currency)


def amounts(charge: Charge, currency: str) -> Amounts:
    """A charge as Amounts."""
    return Amounts(*(money(minor, currency) for minor in (charge.net, charge.tax, charge.gross)))


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


class RefundRow(graphene.ObjectType):
    """What a part of a refund is for."""

    component = graphene.Field(RefundComponent, required=True)
    order_line_id = graphene.ID(description="For items.")
    quantity = graphene.Int(description="Units, for items.")
    amounts = graphene.Field(Amounts, required=True)


class RefundPart(graphene.ObjectType):
    """What one payment gives back."""

    payment_id = graphene.ID(required=True)
    state = graphene.Field(RefundPartState, required=True)
    amount = graphene.Field(Money, required=True)
    reference = graphene.String(required=True, description="The gateway's name for it.")
    message = graphene.String(required=True)

    def resolve_amount(row: Any, info: Any) -> Money:
        return money(row.amount, row.currency)


class Refund(graphene.ObjectType):
    """A decision to give money back, itemised."""

    id = graphene.ID(required=True)
    state = graphene.Field(RefundState, required=True)
    created = graphene.DateTime(required=True)
    settled = graphene.DateTime()
    amounts = graphene.Field(Amounts, required=True)
    rows = many(RefundRow)
    parts = many(RefundPart, "By payment. Requires the permission MANAGE_ORDERS; empty without.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Refund", row.pk)

    def resolve_amounts(row: Any, info: Any) -> Amounts:
        return amounts(Charge(row.net, row.tax), row.currency)

    def resolve_rows(row: Any, info: Any) -> list[RefundRow]:
        found: dict[tuple[str, str], tuple[int, Charge]] = {}
        for item in sorted(row.allocations.all(), key=lambda item: (item.component, item.order_line_id)):
            units, charge = found.get((item.component, item.order_line_id), (0, Charge()))
            charge += Charge(item.net, item.tax)
            found[item.component, item.order_line_id] = (units + 1, charge)
        return [
            refund_row(component, line_id, units, charge, row.currency)
            for (component, line_id), (units, charge) in found.items()
        ]

    def resolve_parts(row: Any, info: Any) -> list[Any]:
        if not access.is_staff(info.context.asker):
            return []
        parts = sorted(row.parts.all(), key=lambda part: part.pk)
        for part in parts:
            part.currency = row.currency
        return parts


def refund_row(component: str, line_id: str, units: int, charge: Charge, currency: str) -> RefundRow:
    """A RefundRow; units and line only for items."""
    item = component == ComponentValue.ITEM
    return RefundRow(
        component=component,
        order_line_id=line_id if item else None,
        quantity=units if item else None,
        amounts=amounts(charge, currency),
    )


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


class RefundEstimate(graphene.ObjectType):
    """What a return would give back by today's rules."""

    amounts = graphene.Field(Amounts, required=True)
    rows = many(RefundRow)
    ceiling = graphene.Field(Money, required=True, description="All that the payments can still give.")


ReturnConnection = connection(Return)
