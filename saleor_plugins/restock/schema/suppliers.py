"""Who sells to the shop, on what terms, and the merchant's limits."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.ids import own_key
from .. import models
from ..store import catalogue
from ..usecases import suppliers
from .base import NEEDS, PERMISSION, Money, given, money, own_id


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


SupplierConnection = connection(Supplier)
SupplierItemConnection = connection(SupplierItem)
ReorderPolicyConnection = connection(ReorderPolicy)


class SupplierQueries:
    """Who sells to the shop."""

    suppliers = connection_field(SupplierConnection, f"All suppliers, newest first. {NEEDS}")
    supplier_items = connection_field(
        SupplierItemConnection,
        f"Catalogue lines. {NEEDS}",
        supplier_id=graphene.ID(),
        variant_id=graphene.ID(),
    )
    reorder_policies = connection_field(
        ReorderPolicyConnection, f"Minimums and maximums. {NEEDS}", variant_id=graphene.ID()
    )

    def resolve_suppliers(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(SupplierConnection, catalogue.suppliers(), first, after)

    def resolve_supplier_items(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        if where.get("supplier_id"):
            where["supplier_id"] = own_key(where["supplier_id"], "Supplier", field="supplierId")
        rows = models.SupplierItem.objects.select_related("supplier").filter(**given(where))
        return page(SupplierItemConnection, rows, first, after)

    def resolve_reorder_policies(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(
            ReorderPolicyConnection, models.ReorderPolicy.objects.filter(**given(where)), first, after
        )


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

    supplier = graphene.Field(Supplier)

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

    supplier = graphene.Field(Supplier)

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
    supplier_item = graphene.Field(SupplierItem)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        offer = suppliers.Offer(
            data["price"], data["currency"], data["moq"], data["pack"], data.get("lead_days")
        )
        supplier_id = own_key(data["supplier_id"], "Supplier", field="supplierId")
        return {"id": str(suppliers.set_supplier_item(supplier_id, data["variant_id"], offer).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = models.SupplierItem.objects.select_related("supplier").filter(pk=result["id"]).first()
        return cls(supplier_item=row)


class ReorderPolicySet(Mutation):
    """Keeps a variant between a minimum and a maximum, in a warehouse or wherever it is stocked."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(description="Null: every warehouse that stocks the variant.")
        minimum = graphene.Int(required=True)
        maximum = graphene.Int()

    permission = PERMISSION
    reorder_policy = graphene.Field(ReorderPolicy)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = suppliers.set_reorder_policy(
            data["variant_id"], data.get("warehouse_id"), data["minimum"], data.get("maximum")
        )
        return {"id": str(row.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(reorder_policy=models.ReorderPolicy.objects.filter(pk=result["id"]).first())


class SupplierMutations:
    """Who sells to the shop, and the limits."""

    supplier_create = SupplierCreate.Field()
    supplier_update = SupplierUpdate.Field()
    supplier_item_set = SupplierItemSet.Field()
    reorder_policy_set = ReorderPolicySet.Field()
