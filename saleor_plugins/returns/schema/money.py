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
from ..domain.plan import PartKind as PartKindValue
from ..domain.plan import RefundPlan

RefundState = graphene.Enum.from_enum(RefundStateValue)
RefundPartState = graphene.Enum.from_enum(PartStateValue)
RefundComponent = graphene.Enum.from_enum(ComponentValue)
RefundPartKind = graphene.Enum.from_enum(PartKindValue)
RefundTo = graphene.Enum(
    "RefundTo", [(kind.name, kind.value) for kind in PartKindValue if kind.name != "EXCHANGE"]
)


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
    """What a part of a refund is for; fees are below zero."""

    component = graphene.Field(RefundComponent, required=True)
    order_line_id = graphene.ID(description="For items and fees.")
    quantity = graphene.Int(description="Units, for items and fees.")
    amounts = graphene.Field(Amounts, required=True)


class RefundPart(graphene.ObjectType):
    """One way in which a refund is given."""

    kind = graphene.Field(RefundPartKind, required=True)
    payment_id = graphene.ID(description="The payment, transaction or gift card that gives it back.")
    gift_card_id = graphene.ID(
        description="The new gift card, for STORE_CREDIT. Its code is never shown here."
    )
    new_order_id = graphene.ID(description="The order it pays for, for an EXCHANGE.")
    state = graphene.Field(RefundPartState, required=True)
    amount = graphene.Field(Money, required=True)
    reference = graphene.String(required=True, description="The gateway's name for it.")
    message = graphene.String(required=True)

    def resolve_amount(row: Any, info: Any) -> Money:
        return money(row.amount, row.currency)

    def resolve_gift_card_id(row: Any, info: Any) -> str | None:
        return row.target_id if row.kind == PartKindValue.STORE_CREDIT else None

    def resolve_new_order_id(row: Any, info: Any) -> str | None:
        return row.target_id if row.kind == PartKindValue.EXCHANGE else None


class Refund(graphene.ObjectType):
    """A decision to give money back, itemised."""

    id = graphene.ID(required=True)
    state = graphene.Field(RefundState, required=True)
    created = graphene.DateTime(required=True)
    settled = graphene.DateTime()
    reason = graphene.String(
        description="Why it is another amount. Requires the permission MANAGE_ORDERS; null without."
    )
    amounts = graphene.Field(Amounts, required=True)
    rows = many(RefundRow)
    parts = many(RefundPart, "What gives it. Requires the permission MANAGE_ORDERS; empty without.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("Refund", row.pk)

    def resolve_amounts(row: Any, info: Any) -> Amounts:
        return amounts(Charge(row.net, row.tax), row.currency)

    def resolve_reason(row: Any, info: Any) -> str | None:
        return row.reason if access.is_staff(info.context.asker) else None

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
    """A RefundRow; units and line only for items and their fees."""
    return RefundRow(
        component=component,
        order_line_id=line_id or None,
        quantity=units if line_id else None,
        amounts=amounts(charge, currency),
    )


def plan_rows(plan: RefundPlan, currency: str) -> list[RefundRow]:
    """A plan, itemised by component and line."""
    found: dict[tuple[str, str], tuple[int, Charge]] = {}
    for row in plan.rows:
        units, charge = found.get((row.component.value, row.line_id), (0, Charge()))
        found[row.component.value, row.line_id] = (units + 1, charge + row.charge)
    return [refund_row(*key, *value, currency) for key, value in found.items()]


class RefundEstimate(graphene.ObjectType):
    """What a return would give back by today's rules."""

    amounts = graphene.Field(Amounts, required=True)
    rows = many(RefundRow)
    ceiling = graphene.Field(Money, required=True, description="All that the payments can still give.")


class ExchangeGoods(graphene.ObjectType):
    """New goods at today's price."""

    variant_id = graphene.ID(required=True)
    quantity = count()
    amounts = graphene.Field(Amounts, required=True)


class ExchangeEstimate(graphene.ObjectType):
    """What the returned units earn, what the new goods cost today, and who pays the difference."""

    credit = graphene.Field(Amounts, required=True, description="Of the returned units, less fees.")
    rows = many(RefundRow, "What the credit is made of.")
    goods = many(ExchangeGoods)
    price = graphene.Field(Amounts, required=True, description="Of the new goods, without delivery.")
    to_pay = graphene.Field(Money, required=True, description="What the customer still has to pay.")
    to_get_back = graphene.Field(Money, required=True, description="What the customer gets back.")
