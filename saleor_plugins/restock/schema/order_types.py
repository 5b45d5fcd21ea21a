"""Orders to suppliers, as the API shows them."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from .. import models
from ..domain.order import STATES
from .base import Money, money, own_id
from .suppliers import Supplier

PurchaseOrderState = graphene.Enum("PurchaseOrderState", [(state, state) for state in STATES])
DiscrepancyKind = graphene.Enum("DiscrepancyKind", [(kind, kind) for kind in models.Discrepancy.KINDS])


class PurchaseOrderLineType(graphene.ObjectType):
    """Units of a variant asked of a supplier."""

    class Meta:
        name = "PurchaseOrderLine"

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    supplier_sku = graphene.String(required=True)
    name = graphene.String(required=True)
    unit_price = graphene.Field(Money, required=True)
    ordered = graphene.Int(required=True)
    received = graphene.Int(required=True)
    tolerance = graphene.Int(required=True, description="Units that may arrive above `ordered`.")
    open = graphene.Boolean(required=True, description="Whether units of it are still to come.")
    by_hand = graphene.Boolean(required=True, description="A person's: no run changes it.")
    expected_on = graphene.Date(description="The shop day on which it comes, where it is not the order's.")
    resolve_id = own_id("PurchaseOrderLine")

    def resolve_unit_price(row: models.PurchaseOrderLine, info: Any) -> Money:
        return money(row.price, row.order.currency)


class PurchaseOrderReceipt(graphene.ObjectType):
    """Goods booked in under one reference."""

    id = graphene.ID(required=True)
    reference = graphene.String(required=True)
    arrived_on = graphene.Date(required=True, description="The shop day on which they came.")
    at = graphene.DateTime(required=True, description="When they were booked.")
    by = graphene.String(required=True, description="Saleor's id of who booked it.")
    units = graphene.Int(required=True, description="Units of the order's lines that were fit for sale.")
    resolve_id = own_id("PurchaseOrderReceipt")

    def resolve_units(row, info: Any) -> int:
        return sum(line["quantity"] for line in row.asked["lines"])


class PurchaseOrderDiscrepancy(graphene.ObjectType):
    """What came otherwise than ordered: a person settles it with the supplier."""

    id = graphene.ID(required=True)
    kind = graphene.Field(DiscrepancyKind, required=True)
    purchase_order_id = graphene.ID(required=True)
    line_id = graphene.ID(description="Null for goods that nobody ordered.")
    variant_id = graphene.ID(description="Null for a SKU that the shop does not know.")
    sku = graphene.String(required=True)
    quantity = graphene.Int(required=True)
    stocked = graphene.Int(required=True, description="Units of these that went into stock all the same.")
    note = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    settled_at = graphene.DateTime()
    settled_by = graphene.String(required=True)
    settled_note = graphene.String(required=True)
    resolve_id = own_id("PurchaseOrderDiscrepancy")

    def resolve_purchase_order_id(row, info: Any) -> str:
        return to_global("PurchaseOrder", row.order_id)

    def resolve_line_id(row, info: Any) -> str | None:
        return to_global("PurchaseOrderLine", row.line_id) if row.line_id else None

    def resolve_variant_id(row, info: Any) -> str | None:
        return row.variant_id or None


def _children(row: Any, name: str) -> list[Any]:
    return sorted(getattr(row, name).all(), key=lambda child: child.pk)


class PurchaseOrder(graphene.ObjectType):
    """An order to a supplier."""

    id = graphene.ID(required=True)
    number = graphene.Int(required=True)
    state = graphene.Field(PurchaseOrderState, required=True)
    revision = graphene.Int(required=True, description="Grows when an approved order is changed.")
    supplier = graphene.Field(Supplier, required=True)
    warehouse_id = graphene.ID(required=True)
    total = graphene.Field(Money, required=True, description="Ordered units at their unit prices.")
    created = graphene.DateTime(required=True)
    approved_at = graphene.DateTime()
    approved_by = graphene.String(required=True, description="Empty for the run.")
    sent_at = graphene.DateTime()
    confirmed_at = graphene.DateTime()
    confirmed_revision = graphene.Int(description="The revision that the supplier said yes to.")
    supplier_reference = graphene.String(required=True)
    supplier_note = graphene.String(required=True)
    expected_on = graphene.Date(description="The shop day on which it comes, as far as anybody knows.")
    closed_at = graphene.DateTime()
    reason = graphene.String(required=True, description="Why it was cancelled or closed short.")
    lines = graphene.List(graphene.NonNull(PurchaseOrderLineType), required=True)
    receipts = graphene.List(graphene.NonNull(PurchaseOrderReceipt), required=True)
    discrepancies = graphene.List(graphene.NonNull(PurchaseOrderDiscrepancy), required=True)
    resolve_id = own_id("PurchaseOrder")

    def resolve_total(row, info: Any) -> Money:
        return money(sum(line.ordered * line.price for line in row.lines.all()), row.currency)

    def resolve_lines(row, info: Any) -> list[models.PurchaseOrderLine]:
        return _children(row, "lines")

    def resolve_receipts(row, info: Any) -> list[models.Receipt]:
        return _children(row, "receipts")

    def resolve_discrepancies(row, info: Any) -> list[models.Discrepancy]:
        return _children(row, "discrepancies")


PurchaseOrderConnection = connection(PurchaseOrder)
DiscrepancyConnection = connection(PurchaseOrderDiscrepancy)
