"""Orders to suppliers."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from .. import models
from ..domain.order import STATES, Arrival
from ..store import orders
from ..usecases.approve_order import approve_order
from ..usecases.cancel_order import cancel_order
from ..usecases.receive_order import receive_order
from .base import NEEDS, PERMISSION, Money, given, money, own_id
from .suppliers import Supplier

MAX_LINES = 500
PurchaseOrderState = graphene.Enum("PurchaseOrderState", [(state, state) for state in STATES])


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

    def resolve_unit_price(row: models.PurchaseOrderLine, info: Any) -> Money:
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
        return sum(line["quantity"] for line in row.asked["lines"])


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

    def resolve_lines(row, info: Any) -> list[models.PurchaseOrderLine]:
        return sorted(row.lines.all(), key=lambda line: line.pk)

    def resolve_receipts(row, info: Any) -> list[Any]:
        return sorted(row.receipts.all(), key=lambda receipt: receipt.pk)


PurchaseOrderConnection = connection(PurchaseOrder)


class OrderQueries:
    """Orders to suppliers."""

    purchase_order = graphene.Field(PurchaseOrder, id=graphene.ID(required=True), description=NEEDS)
    purchase_orders = connection_field(
        PurchaseOrderConnection,
        f"Orders to suppliers, newest first. {NEEDS}",
        state=graphene.Argument(PurchaseOrderState),
    )

    def resolve_purchase_order(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return orders.with_lines().filter(pk=own_key(id, "PurchaseOrder")).first()

    def resolve_purchase_orders(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = orders.with_lines().filter(**given(where))
        return page(PurchaseOrderConnection, rows, first, after)


class OrderMutation(Mutation):
    """Base of the mutations that answer a purchase order."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(purchase_order=orders.with_lines().filter(pk=result["id"]).first())


class PurchaseOrderApprove(OrderMutation):
    """Approves a draft: the supplier owes it from now on."""

    class Arguments:
        id = graphene.ID(required=True)

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        order = approve_order(own_key(data["id"], "PurchaseOrder"), by=info.context.asker.id or "")
        return {"id": str(order.pk)}


class PurchaseOrderCancel(OrderMutation):
    """Cancels what is still to come; units that arrived stay booked."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String()

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        by, reason = info.context.asker.id or "", data.get("reason") or ""
        return {"id": str(cancel_order(own_key(data["id"], "PurchaseOrder"), reason=reason, by=by).pk)}


class ReceiptLineInput(graphene.InputObjectType):
    """Units of a line that arrived."""

    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)


class PurchaseOrderReceive(OrderMutation):
    """Books goods into Saleor's stock, once for each reference."""

    class Arguments:
        id = graphene.ID(required=True)
        reference = graphene.String(required=True, description="Of the delivery, e.g. its delivery note.")
        lines = graphene.List(graphene.NonNull(ReceiptLineInput), required=True)

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        if len(data["lines"]) > MAX_LINES:
            raise Invalid(f"At most {MAX_LINES} lines at once.", field="lines")
        arrivals = [
            Arrival(
                str(own_key(line["line_id"], "PurchaseOrderLine", field=f"lines.{index}.lineId")),
                line["quantity"],
            )
            for index, line in enumerate(data["lines"])
        ]
        order_id = own_key(data["id"], "PurchaseOrder")
        receipt = receive_order(order_id, data["reference"], arrivals, by=info.context.asker.id or "")
        return {"id": str(receipt.order_id)}


class OrderMutations:
    """An order's life."""

    purchase_order_approve = PurchaseOrderApprove.Field()
    purchase_order_cancel = PurchaseOrderCancel.Field()
    purchase_order_receive = PurchaseOrderReceive.Field()
