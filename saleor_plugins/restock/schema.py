"""The GraphQL API of the restock plugin. Everything requires MANAGE_PRODUCTS."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import graphene

from ..http.api import connection_field, page, require
from ..http.graphql import GraphQLView
from ..kernel import clock
from ..kernel.errors import Invalid
from ..kernel.ids import own_key
from ..platform import shop
from . import schema_mutations as mutations
from . import schema_types as types
from .domain import days
from .models import ReorderPolicy, SupplierItem
from .schema_mutations import PERMISSION
from .store import catalogue, demand, orders, suggestions

_NEEDS = f"Requires the permission {PERMISSION}."
_DEFAULT_DAYS = 28
MAX_DAYS = 366


class Query(graphene.ObjectType):
    """What the shop needs, ordered and sold."""

    suggestions = connection_field(
        types.SuggestionConnection,
        f"What to order now. {_NEEDS}",
        warehouse_id=graphene.ID(),
        variant_id=graphene.ID(),
    )
    purchase_order = graphene.Field(types.PurchaseOrder, id=graphene.ID(required=True), description=_NEEDS)
    purchase_orders = connection_field(
        types.PurchaseOrderConnection,
        f"Orders to suppliers, newest first. {_NEEDS}",
        state=graphene.Argument(types.PurchaseOrderState),
    )
    demand = graphene.List(
        graphene.NonNull(types.DemandDay),
        required=True,
        variant_id=graphene.ID(required=True),
        since=graphene.Date(description=f"First day; {_DEFAULT_DAYS} days before `until` without."),
        until=graphene.Date(description="Last day; today without."),
        description=f"Units sold on each of the shop's days, cancelled orders left out. {_NEEDS}",
    )
    suppliers = connection_field(types.SupplierConnection, f"All suppliers, newest first. {_NEEDS}")
    supplier_items = connection_field(
        types.SupplierItemConnection,
        f"Catalogue lines. {_NEEDS}",
        supplier_id=graphene.ID(),
        variant_id=graphene.ID(),
    )
    reorder_policies = connection_field(
        types.ReorderPolicyConnection, f"Minimums and maximums. {_NEEDS}", variant_id=graphene.ID()
    )

    def resolve_suggestions(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = suggestions.all_suggestions().filter(**_given(where))
        return page(types.SuggestionConnection, rows, first, after)

    def resolve_purchase_order(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return orders.with_lines().filter(pk=own_key(id, "PurchaseOrder")).first()

    def resolve_purchase_orders(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = orders.with_lines().filter(**_given(where))
        return page(types.PurchaseOrderConnection, rows, first, after)

    def resolve_demand(
        root, info: Any, variant_id: str, since: date | None = None, until: date | None = None
    ) -> Any:
        require(info, PERMISSION)
        until = until or clock.day_of(clock.now(), shop().time_zone())
        since = since or until - timedelta(days=_DEFAULT_DAYS - 1)
        if since > until:
            raise Invalid("Must not be after `until`.", field="since")
        if (until - since).days >= MAX_DAYS:
            raise Invalid(f"At most {MAX_DAYS} days at once.", field="since")
        found = demand.totals(variant_id, since, until)
        return [types.DemandDay(day=day, units=found.get(day, 0)) for day in days.each(since, until)]

    def resolve_suppliers(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(types.SupplierConnection, catalogue.suppliers(), first, after)

    def resolve_supplier_items(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        if where.get("supplier_id"):
            where["supplier_id"] = own_key(where["supplier_id"], "Supplier", field="supplierId")
        rows = SupplierItem.objects.select_related("supplier").filter(**_given(where))
        return page(types.SupplierItemConnection, rows, first, after)

    def resolve_reorder_policies(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(
            types.ReorderPolicyConnection, ReorderPolicy.objects.filter(**_given(where)), first, after
        )


def _given(where: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in where.items() if value is not None}


class Mutations(graphene.ObjectType):
    """Everything that changes something; each mutation may be repeated with an idempotency key."""

    supplier_create = mutations.SupplierCreate.Field()
    supplier_update = mutations.SupplierUpdate.Field()
    supplier_item_set = mutations.SupplierItemSet.Field()
    reorder_policy_set = mutations.ReorderPolicySet.Field()
    replenishment_run = mutations.ReplenishmentRun.Field()
    purchase_order_approve = mutations.PurchaseOrderApprove.Field()
    purchase_order_cancel = mutations.PurchaseOrderCancel.Field()
    purchase_order_receive = mutations.PurchaseOrderReceive.Field()


schema = graphene.Schema(query=Query, mutation=Mutations)
view = GraphQLView(schema)
