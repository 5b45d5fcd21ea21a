"""Who sells to the shop, on what terms, and the merchant's limits."""

from __future__ import annotations

from typing import Any

import graphene

from ...delivery import secrets
from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.ids import own_key
from .. import models
from ..store import catalogue
from ..usecases import suppliers
from ..usecases.supplier_fields import CHANNELS
from .base import NEEDS, PERMISSION, Money, given, money, own_id

SupplierChannel = graphene.Enum("SupplierChannel", [(name, name) for name in CHANNELS])


class Supplier(graphene.ObjectType):
    """Somebody who sells to the shop."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    email = graphene.String(required=True)
    language = graphene.String(required=True, description="Of what they are sent: en, de or pl.")
    channel = graphene.Field(
        SupplierChannel, required=True, description="How orders reach them; NONE: by you."
    )
    webhook_url = graphene.String(required=True)
    lead_days = graphene.Int(description="Days to arrival where a catalogue line says nothing.")
    minimum = graphene.Field(Money, description="The least value of an order, if any.")
    note = graphene.String(required=True)
    active = graphene.Boolean(required=True, description="Nothing is ordered from an inactive supplier.")
    resolve_id = own_id("Supplier")

    def resolve_minimum(row, info: Any) -> Money | None:
        return money(row.minimum, row.minimum_currency) if row.minimum else None


class PriceBreak(graphene.ObjectType):
    """From this many units on, a unit costs this much."""

    quantity = graphene.Int(required=True)
    price = graphene.Field(Money, required=True)


class SupplierItem(graphene.ObjectType):
    """A variant in a supplier's catalogue."""

    id = graphene.ID(required=True)
    supplier = graphene.Field(Supplier, required=True)
    variant_id = graphene.ID(required=True)
    supplier_sku = graphene.String(required=True, description="The supplier's number of it.")
    price = graphene.Field(Money, required=True, description="For one unit.")
    breaks = graphene.List(graphene.NonNull(PriceBreak), required=True)
    moq = graphene.Int(required=True, description="Least units of an order.")
    pack = graphene.Int(required=True, description="Units are sold in multiples of this.")
    lead_days = graphene.Int(
        description="Days from ordering to arrival; null: the supplier's, or the plugin's."
    )
    active = graphene.Boolean(required=True)
    resolve_id = own_id("SupplierItem")

    def resolve_price(row, info: Any) -> Money:
        return money(row.price, row.currency)

    def resolve_breaks(row, info: Any) -> list[PriceBreak]:
        return [PriceBreak(quantity, money(price, row.currency)) for quantity, price in row.breaks]


class ReorderPolicy(graphene.ObjectType):
    """A merchant's limits for a variant."""

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(description="Null: every warehouse that stocks the variant.")
    minimum = graphene.Int(required=True, description="Order when fewer are on hand or on the way.")
    maximum = graphene.Int(description="Never fill up further than this.")
    reorder = graphene.Boolean(required=True, description="False: it runs out.")
    service_level = graphene.Float(description="From 0 to 1; goes before the plugin's.")
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


class SupplierFields:
    """What may be said of a supplier."""

    email = graphene.String()
    language = graphene.String(description="en, de or pl.")
    channel = graphene.Argument(SupplierChannel, description="MAIL needs an email, WEBHOOK an address.")
    webhook_url = graphene.String(description="A public https address.")
    lead_days = graphene.Int()
    minimum = graphene.String(description='The least value of an order, as in 250.00; "0" for none.')
    minimum_currency = graphene.String()
    note = graphene.String()


class SupplierMutation(Mutation):
    """Base of the mutations that answer a supplier."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = catalogue.suppliers().filter(pk=result["id"]).first()
        secret = secrets.decrypt(result["sealed"]) if result["sealed"] else None
        return cls(supplier=row, webhook_secret=secret)


def _with_secret(row: models.Supplier, before: str) -> dict[str, Any]:
    """What `answer` needs: the secret sealed, as answers are kept with their idempotency keys."""
    fresh = row.webhook_secret if row.webhook_secret != before else ""
    return {"id": str(row.pk), "sealed": secrets.encrypt(fresh) if fresh else ""}


class SupplierCreate(SupplierMutation):
    """Adds a supplier."""

    class Arguments(SupplierFields):
        name = graphene.String(required=True)

    supplier = graphene.Field(Supplier)
    webhook_secret = graphene.String(
        description="whsec_...: for the supplier, to verify orders; never shown again."
    )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return _with_secret(suppliers.create_supplier(**{**data, "email": data.get("email") or ""}), "")


class SupplierUpdate(SupplierMutation):
    """Changes what is given of a supplier."""

    class Arguments(SupplierFields):
        id = graphene.ID(required=True)
        name = graphene.String()
        active = graphene.Boolean()
        new_secret = graphene.Boolean(
            description="Makes the webhook's secret anew; the old one ends at once."
        )

    supplier = graphene.Field(Supplier)
    webhook_secret = graphene.String(description="A secret that was made just now; never shown again.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        supplier_id = own_key(data.pop("id"), "Supplier")
        before = catalogue.supplier(supplier_id, field="id").webhook_secret
        return _with_secret(suppliers.update_supplier(supplier_id, **data), before)


class PriceBreakInput(graphene.InputObjectType):
    """From this many units on, a unit costs this much."""

    quantity = graphene.Int(required=True)
    price = graphene.String(required=True, description="Of one unit, as in 12.50.")


class SupplierItemSet(Mutation):
    """Sets what a supplier asks for a variant."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        supplier_id = graphene.ID(required=True)
        price = graphene.String(required=True, description="Of one unit, as in 12.50.")
        currency = graphene.String(required=True)
        moq = graphene.Int(default_value=1, description="Least units of an order.")
        pack = graphene.Int(default_value=1, description="Units come in multiples of this.")
        lead_days = graphene.Int(
            description="Days to arrival; the supplier's or the plugin's default without."
        )
        supplier_sku = graphene.String(default_value="")
        breaks = graphene.List(graphene.NonNull(PriceBreakInput), default_value=[])
        active = graphene.Boolean(default_value=True)

    permission = PERMISSION
    supplier_item = graphene.Field(SupplierItem)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        supplier_id = own_key(data.pop("supplier_id"), "Supplier", field="supplierId")
        variant_id = data.pop("variant_id")
        data["breaks"] = [(each["quantity"], each["price"]) for each in data["breaks"] or ()]
        offer = suppliers.Offer(**data)
        return {"id": str(suppliers.set_supplier_item(supplier_id, variant_id, offer).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        row = models.SupplierItem.objects.select_related("supplier").filter(pk=result["id"]).first()
        return cls(supplier_item=row)


class SupplierItemRemove(Mutation):
    """Takes a line out of a supplier's catalogue."""

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        suppliers.remove_supplier_item(own_key(data["id"], "SupplierItem"))
        return {}


class ReorderPolicySet(Mutation):
    """Keeps a variant between a minimum and a maximum, in a warehouse or wherever it is stocked."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(description="Null: every warehouse that stocks the variant.")
        minimum = graphene.Int(required=True)
        maximum = graphene.Int()
        reorder = graphene.Boolean(default_value=True, description="False: nothing is proposed, it runs out.")
        service_level = graphene.Float(description="From 0.5 to 0.999; the plugin's without.")

    permission = PERMISSION
    reorder_policy = graphene.Field(ReorderPolicy)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        row = suppliers.set_reorder_policy(
            data["variant_id"],
            data.get("warehouse_id"),
            data["minimum"],
            data.get("maximum"),
            reorder=data["reorder"] is not False,
            service_level=data.get("service_level"),
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
    supplier_item_remove = SupplierItemRemove.Field()
    reorder_policy_set = ReorderPolicySet.Field()
