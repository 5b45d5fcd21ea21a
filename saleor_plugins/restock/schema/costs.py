"""What orders cost in the end."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import require
from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from .. import models
from ..store import costs
from ..usecases.book_cost import KINDS, book_cost
from ..usecases.describe_costs import LineCost, OrderCosts, describe_costs
from .base import NEEDS, PERMISSION, Money, money, own_id
from .order_types import PurchaseOrder
from .orders import OrderMutation, by

MAX_VARIANTS = 500
CostKind = graphene.Enum("PurchaseOrderCostKind", [(kind, kind) for kind in KINDS])
CostShare = graphene.Enum("PurchaseOrderCostShare", [("VALUE", "VALUE"), ("UNITS", "UNITS")])


class LandedCostType(graphene.ObjectType):
    """What an order cost beside its goods."""

    class Meta:
        name = "PurchaseOrderCost"

    id = graphene.ID(required=True)
    reference = graphene.String(required=True)
    kind = graphene.Field(CostKind, required=True)
    amount = graphene.Field(Money, required=True)
    converted = graphene.Field(Money, required=True, description="In the order's currency.")
    by = graphene.Field(CostShare, required=True, description="How the lines bear it.")
    at = graphene.DateTime(required=True)
    booked_by = graphene.String(required=True)
    resolve_id = own_id("PurchaseOrderCost")

    def resolve_amount(row, info: Any) -> Money:
        return money(row.amount, row.currency)

    def resolve_converted(row, info: Any) -> Money:
        return money(row.converted, row.order.currency)


class LineCostType(graphene.ObjectType):
    """What a line cost."""

    class Meta:
        name = "PurchaseOrderLineCost"

    line_id = graphene.ID(required=True)
    units = graphene.Int(required=True, description="Units that came or are still owed.")
    goods = graphene.Field(Money, required=True)
    landed = graphene.Field(Money, required=True, description="Its part of the costs, to the minor unit.")
    unit_cost = graphene.Field(Money, description="Of a unit, rounded; null without units.")
    resolve_line_id = own_id("PurchaseOrderLine")

    def resolve_goods(row: LineCost, info: Any) -> Money:
        return money(row.goods, row.currency)

    def resolve_landed(row: LineCost, info: Any) -> Money:
        return money(row.landed, row.currency)

    def resolve_unit_cost(row: LineCost, info: Any) -> Money | None:
        return None if row.unit is None else money(row.unit, row.currency)


class OrderCostsType(graphene.ObjectType):
    """What an order cost beside its goods, and what each line bears of it."""

    class Meta:
        name = "PurchaseOrderCosts"

    total = graphene.Field(Money, required=True)
    costs = graphene.List(graphene.NonNull(LandedCostType), required=True)
    lines = graphene.List(graphene.NonNull(LineCostType), required=True)

    def resolve_total(row: OrderCosts, info: Any) -> Money:
        return money(row.total, row.currency)


class VariantCost(graphene.ObjectType):
    """The moving average cost of a unit, landed costs with it."""

    variant_id = graphene.ID(required=True)
    cost = graphene.Field(Money, required=True)


class CostQueries:
    """What goods cost in the end."""

    purchase_order_costs = graphene.Field(
        OrderCostsType, id=graphene.ID(required=True), description=f"What an order cost. {NEEDS}"
    )
    average_costs = graphene.List(
        graphene.NonNull(VariantCost),
        required=True,
        variant_ids=graphene.List(graphene.NonNull(graphene.ID), required=True),
        description=f"What a unit of each variant cost on average; who never came is left out. {NEEDS}",
    )

    def resolve_purchase_order_costs(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return describe_costs(own_key(id, "PurchaseOrder"))

    def resolve_average_costs(root, info: Any, variant_ids: list[str]) -> Any:
        require(info, PERMISSION)
        if len(variant_ids) > MAX_VARIANTS:
            raise Invalid(f"At most {MAX_VARIANTS} at once.", field="variantIds")
        found = costs.average_costs(variant_ids)
        return [VariantCost(variant_id=key, cost=money(*found[key])) for key in sorted(found)]


class PurchaseOrderCostBook(OrderMutation):
    """Books freight, duty or the like, once for each reference; a correction is an amount below zero."""

    class Arguments:
        id = graphene.ID(required=True)
        reference = graphene.String(required=True, description="E.g. of the carrier's bill.")
        kind = graphene.Argument(CostKind, required=True)
        amount = graphene.String(required=True, description="A decimal number.")
        currency = graphene.String(description="The order's when left out; others need an exchange rate.")
        by = graphene.Argument(CostShare, description="How the lines bear it; by VALUE when left out.")

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = book_cost(
            own_key(data["id"], "PurchaseOrder"),
            data["reference"],
            data["kind"],
            data["amount"],
            currency=data.get("currency") or "",
            share_by=data.get("by") or models.LandedCost.VALUE,
            by=by(info),
        )
        return {"id": str(row.order_id)}


class CostMutations:
    """What orders cost."""

    purchase_order_cost = PurchaseOrderCostBook.Field()
