"""The types of the returns API that are about money."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from ...kernel.money import from_minor
from .. import access
from ..domain.credit import Charge
from ..domain.machines import PartState as PartStateValue
from ..domain.machines import RefundState as RefundStateValue
from ..domain.plan import Component as ComponentValue

RefundState = graphene.Enum.from_enum(RefundStateValue)
RefundPartState = graphene.Enum.from_enum(PartStateValue)
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


class RefundEstimate(graphene.ObjectType):
    """What a return would give back by today's rules."""

    amounts = graphene.Field(Amounts, required=True)
    rows = many(RefundRow)
    ceiling = graphene.Field(Money, required=True, description="All that the payments can still give.")
