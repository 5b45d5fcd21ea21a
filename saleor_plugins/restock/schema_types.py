"""The types of the restock API."""

from __future__ import annotations

from typing import Any

import graphene

from ..http.api import connection
from ..kernel.ids import to_global
from ..kernel.money import from_minor
from .domain.order import STATES
from .domain.rule import Flag
from .models import PurchaseOrderLine

PurchaseOrderState = graphene.Enum("PurchaseOrderState", [(state, state) for state in STATES])
SuggestionFlag = graphene.Enum("SuggestionFlag", [(flag.value, flag.value) for flag in Flag])


class Money(graphene.ObjectType):
    """An amount of a currency."""

    amount = graphene.String(required=True, description="A decimal number with the currency's decimals.")
    currency = graphene.String(required=True)


def money(minor: int, currency: str) -> Money:
    """Minor units as the API shows them."""
    return Money(amount=str(from_minor(minor, currency)), currency=currency)


def own_id(kind: str) -> Any:
    """A resolver of our Relay id."""
    return lambda row, info: to_global(kind, row.pk)


class Supplier(graphene.ObjectType):
    """Somebody who sells to the shop."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    email = graphene.String(required=True)
    active = graphene.Boolean(required=True, description="Nothing is ordered from an inactive supplier.")
    resolve_id = own_id("Supplier")


class SupplierItem(graphene.ObjectType):
    """A variant in a supplier's catalogue."""

    id = graphene.ID(required=True)
    supplier = graphene.Field(Supplier, required=True)
    variant_id = graphene.ID(required=True)
    price = graphene.Field(Money, required=True, description="For one unit.")
    moq = graphene.Int(required=True, description="Least units of an order.")
    pack = graphene.Int(required=True, description="Units are sold in multiples of this.")
    lead_days = graphene.Int(description="Days from ordering to arrival; null: the plugin's default.")
    resolve_id = own_id("SupplierItem")

    def resolve_price(row, info: Any) -> Money:
        return money(row.price, row.currency)


class ReorderPolicy(graphene.ObjectType):
    """A merchant's limits for a variant."""

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(description="Null: every warehouse that stocks the variant.")
    minimum = graphene.Int(required=True, description="Order when fewer are on hand or on the way.")
    maximum = graphene.Int(description="Never fill up further than this.")
    resolve_id = own_id("ReorderPolicy")

    def resolve_warehouse_id(row, info: Any) -> str | None:
        return row.warehouse_id or None


class PurchaseOrderLineType(graphene.ObjectType):
    """Units of a variant asked of a supplier."""

    class Meta:
        name = "PurchaseOrderLine"

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    unit_price = graphene.Field(Money, required=True)
    ordered = graphene.Int(required=True)
    received = graphene.Int(required=True)
    tolerance = graphene.Int(required=True, description="Units that may arrive above `ordered`.")
    resolve_id = own_id("PurchaseOrderLine")

    def resolve_unit_price(row: PurchaseOrderLine, info: Any) -> Money:
        return money(row.price, row.order.currency)


class PurchaseOrderReceipt(graphene.ObjectType):
    """Goods booked in under one reference."""

    id = graphene.ID(required=True)
    reference = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    by = graphene.String(required=True, description="Saleor's id of who booked it.")
    units = graphene.Int(required=True)
    resolve_id = own_id("PurchaseOrderReceipt")

    def resolve_units(row, info: Any) -> int:
        return sum(line["quantity"] for line in row.lines)


class PurchaseOrder(graphene.ObjectType):
    """An order to a supplier."""

    id = graphene.ID(required=True)
    number = graphene.Int(required=True)
    state = graphene.Field(PurchaseOrderState, required=True)
    supplier = graphene.Field(Supplier, required=True)
    warehouse_id = graphene.ID(required=True)
    total = graphene.Field(Money, required=True, description="Ordered units at their unit prices.")
    created = graphene.DateTime(required=True)
    approved_at = graphene.DateTime()
    closed_at = graphene.DateTime()
    reason = graphene.String(required=True, description="Why it was cancelled.")
    lines = graphene.List(graphene.NonNull(PurchaseOrderLineType), required=True)
    receipts = graphene.List(graphene.NonNull(PurchaseOrderReceipt), required=True)
    resolve_id = own_id("PurchaseOrder")

    def resolve_total(row, info: Any) -> Money:
        return money(sum(line.ordered * line.price for line in row.lines.all()), row.currency)

    def resolve_lines(row, info: Any) -> list[PurchaseOrderLine]:
        return sorted(row.lines.all(), key=lambda line: line.pk)

    def resolve_receipts(row, info: Any) -> list[Any]:
        return sorted(row.receipts.all(), key=lambda receipt: receipt.pk)


class Suggestion(graphene.ObjectType):
    """What to order for a variant in a warehouse, and every number behind it."""

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    supplier = graphene.Field(Supplier)
    purchase_order_id = graphene.ID(description="The open order that carries it, if any.")
    demand_per_day = graphene.Float(required=True)
    lead_days = graphene.Int(required=True)
    review_days = graphene.Int(required=True)
    service_level = graphene.Float(required=True, description="From 0 to 1.")
    expected = graphene.Float(required=True, description="Demand expected over lead time plus review.")
    covers = graphene.Float(required=True, description="Units that suffice at the service level.")
    reorder_point = graphene.Int(required=True)
    target = graphene.Int(required=True, description="Filled up to this.")
    on_hand = graphene.Int(required=True)
    allocated = graphene.Int(required=True)
    on_order = graphene.Int(required=True)
    position = graphene.Int(required=True, description="On hand less allocated plus on order.")
    need = graphene.Int(required=True, description="Units before the supplier's rounding.")
    quantity = graphene.Int(required=True, description="Units as the supplier sells them.")
    flags = graphene.List(graphene.NonNull(SuggestionFlag), required=True)
    explanation = graphene.List(graphene.NonNull(graphene.String), required=True)
    updated = graphene.DateTime(required=True)
    resolve_id = own_id("RestockSuggestion")

    def resolve_purchase_order_id(row, info: Any) -> str | None:
        return to_global("PurchaseOrder", row.line.order_id) if row.line else None

    def resolve_position(row, info: Any) -> int:
        return row.on_hand - row.allocated + row.on_order


class DemandDay(graphene.ObjectType):
    """Units sold on one of the shop's days."""

    day = graphene.Date(required=True)
    units = graphene.Int(required=True)


SupplierConnection = connection(Supplier)
SupplierItemConnection = connection(SupplierItem)
ReorderPolicyConnection = connection(ReorderPolicy)
PurchaseOrderConnection = connection(PurchaseOrder)
SuggestionConnection = connection(Suggestion)
