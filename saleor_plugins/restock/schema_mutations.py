"""The mutations of the restock API. Everything requires MANAGE_PRODUCTS."""

from __future__ import annotations

from typing import Any

import graphene

from ..delivery import emit
from ..http.api import Mutation
from ..kernel.errors import Invalid
from ..kernel.ids import own_key
from . import schema_types as types
from .domain.order import Arrival
from .models import ReorderPolicy, SupplierItem
from .store import catalogue, orders, suggestions
from .usecases import suppliers
from .usecases.approve_order import approve_order
from .usecases.cancel_order import cancel_order
from .usecases.receive_order import receive_order
from .usecases.replenish import replenish

PERMISSION = "MANAGE_PRODUCTS"
MAX_VARIANTS = 100
MAX_LINES = 500


class SupplierMutation(Mutation):
    """Base of the mutations that answer a supplier."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(supplier=catalogue.suppliers().filter(pk=result["id"]).first())


class SupplierCreate(SupplierMutation):
    """Adds a supplier."""

    class Arguments:
        name = graphene.String(required=True)
        email = graphene.String()

    supplier = graphene.Field(types.Supplier)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(suppliers.create_supplier(data["name"], data.get("email") or "").pk)}


class SupplierUpdate(SupplierMutation):
    """Changes what is given of a supplier."""

    class Arguments:
        id = graphene.ID(required=True)
        name = graphene.String()
        email = graphene.String()
        active = graphene.Boolean()

    supplier = graphene.Field(types.Supplier)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        supplier_id = own_key(data.pop("id"), "Supplier")
        return {"id": str(suppliers.update_supplier(supplier_id, **data).pk)}


class SupplierItemSet(Mutation):
    """Sets what a supplier asks for a variant."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        supplier_id = graphene.ID(required=True)
        price = graphene.String(required=True, description="Of one unit, as in 12.50.")
        currency = graphene.String(required=True)
        moq = graphene.Int(default_value=1, description="Least units of an order.")
        pack = graphene.Int(default_value=1, description="Units come in multiples of this.")
        lead_days = graphene.Int(description="Days to arrival; the plugin's default without.")

    permission = PERMISSION
    supplier_item = graphene.Field(types.SupplierItem)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        offer = suppliers.Offer(
            data["price"], data["currency"], data["moq"], data["pack"], data.get("lead_days")
        )
        supplier_id = own_key(data["supplier_id"], "Supplier", field="supplierId")
        return {"id": str(suppliers.set_supplier_item(supplier_id, data["variant_id"], offer).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = SupplierItem.objects.select_related("supplier").filter(pk=result["id"]).first()
        return cls(supplier_item=row)


class ReorderPolicySet(Mutation):
    """Keeps a variant between a minimum and a maximum, in a warehouse or wherever it is stocked."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(description="Null: every warehouse that stocks the variant.")
        minimum = graphene.Int(required=True)
        maximum = graphene.Int()

    permission = PERMISSION
    reorder_policy = graphene.Field(types.ReorderPolicy)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = suppliers.set_reorder_policy(
            data["variant_id"], data.get("warehouse_id"), data["minimum"], data.get("maximum")
        )
        return {"id": str(row.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(reorder_policy=ReorderPolicy.objects.filter(pk=result["id"]).first())


class ReplenishmentRun(Mutation):
    """Reads new sales and proposes orders: at once for named variants, in a worker for everything."""

    class Arguments:
        warehouse_id = graphene.ID(description="Only this warehouse.")
        variant_ids = graphene.List(graphene.NonNull(graphene.ID), description=f"At most {MAX_VARIANTS}.")

    permission = PERMISSION
    queued = graphene.Boolean(description="True: a worker does it; read `suggestions` later.")
    suggestions = graphene.List(graphene.NonNull(types.Suggestion))
    purchase_orders = graphene.List(graphene.NonNull(types.PurchaseOrder), description="Drafts it wrote to.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        warehouse_id, variant_ids = data.get("warehouse_id"), data.get("variant_ids")
        suppliers.check_warehouse(warehouse_id)
        if variant_ids is None:
            emit("restock.run_due", {"warehouseId": warehouse_id})
            return {"queued": True}
        if not 1 <= len(variant_ids) <= MAX_VARIANTS:
            raise Invalid(f"Name from 1 to {MAX_VARIANTS} variants.", field="variantIds")
        done = replenish(warehouse_id=warehouse_id, variant_ids=variant_ids)
        return {
            "queued": False,
            "variant_ids": variant_ids,
            "warehouse_id": warehouse_id,
            "order_ids": [str(order_id) for order_id in done.order_ids],
        }

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        if result["queued"]:
            return cls(queued=True, suggestions=[], purchase_orders=[])
        found = suggestions.all_suggestions().filter(variant_id__in=result["variant_ids"])
        if result["warehouse_id"]:
            found = found.filter(warehouse_id=result["warehouse_id"])
        drafts = orders.with_lines().filter(pk__in=result["order_ids"])
        return cls(queued=False, suggestions=found.order_by("pk"), purchase_orders=drafts.order_by("pk"))


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

    purchase_order = graphene.Field(types.PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        order = approve_order(own_key(data["id"], "PurchaseOrder"), by=info.context.asker.id or "")
        return {"id": str(order.pk)}


class PurchaseOrderCancel(OrderMutation):
    """Cancels what is still to come; units that arrived stay booked."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String()

    purchase_order = graphene.Field(types.PurchaseOrder)

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

    purchase_order = graphene.Field(types.PurchaseOrder)

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
