"""What to order now, and the run that finds it."""

from __future__ import annotations

from typing import Any

import graphene

from ...delivery import emit
from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.errors import Invalid
from ...kernel.ids import to_global
from ..domain.rule import Flag
from ..store import orders, runs, suggestions
from ..usecases import suppliers
from ..usecases.replenish import replenish
from .base import NEEDS, PERMISSION, Money, given, money, own_id
from .orders import PurchaseOrder
from .suppliers import Supplier

MAX_VARIANTS = 100
SuggestionFlag = graphene.Enum("SuggestionFlag", [(flag.value, flag.value) for flag in Flag])


class SuggestedTransfer(graphene.ObjectType):
    """Units that come from another warehouse instead of being bought."""

    source_id = graphene.ID(required=True, description="The warehouse that can spare them.")
    quantity = graphene.Int(required=True)
    transfer_id = graphene.ID(description="The transfer that carries them, while it is a draft or approved.")

    def resolve_transfer_id(row, info: Any) -> str | None:
        return to_global("Transfer", row.line.transfer_id) if row.line else None


class Suggestion(graphene.ObjectType):
    """What to move and to order for a variant in a warehouse, and every number behind it."""

    id = graphene.ID(required=True)
    variant_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    supplier = graphene.Field(Supplier)
    purchase_order_id = graphene.ID(description="The open order that carries it, if any.")
    demand_per_day = graphene.Float(required=True)
    lead_days = graphene.Float(required=True)
    review_days = graphene.Int(required=True)
    service_level = graphene.Float(required=True, description="From 0 to 1.")
    expected = graphene.Float(required=True, description="Demand expected over lead time plus review.")
    deviation = graphene.Float(required=True, description="One standard deviation of that demand.")
    reorder_point = graphene.Int(required=True)
    target = graphene.Int(required=True, description="Filled up to this.")
    on_hand = graphene.Int(required=True)
    allocated = graphene.Int(required=True)
    on_order = graphene.Int(required=True)
    incoming = graphene.Int(required=True, description="On its way from other warehouses.")
    outgoing = graphene.Int(required=True, description="Promised to other warehouses, not shipped yet.")
    position = graphene.Int(required=True, description="On hand and to come, less what is promised.")
    need = graphene.Int(required=True, description="Units missing up to the target.")
    transferred = graphene.Int(required=True, description="Units of these that other warehouses give.")
    transfers = graphene.List(graphene.NonNull(SuggestedTransfer), required=True)
    quantity = graphene.Int(required=True, description="Units to buy, as the supplier sells them.")
    price = graphene.Field(Money, description="Of a unit, in the supplier's currency.")
    amount = graphene.Field(Money, description="Of all of them; null without a rate.")
    week_late = graphene.Field(Money, description="What a week's delay would lose; null where unknown.")
    abc = graphene.String(description="Class by turnover; null before a look at the whole shop.")
    xyz = graphene.String(description="How evenly it sells from week to week: X, Y or Z.")
    flags = graphene.List(graphene.NonNull(SuggestionFlag), required=True)
    explanation = graphene.List(graphene.NonNull(graphene.String), required=True)
    updated = graphene.DateTime(required=True)
    resolve_id = own_id("RestockSuggestion")

    def resolve_purchase_order_id(row, info: Any) -> str | None:
        return to_global("PurchaseOrder", row.line.order_id) if row.line else None

    def resolve_position(row, info: Any) -> int:
        return row.on_hand - row.allocated + row.on_order + row.incoming - row.outgoing

    def resolve_transfers(row, info: Any) -> Any:
        return row.transfers.all()

    def resolve_price(row, info: Any) -> Money | None:
        return None if row.price is None else money(row.price, row.price_currency)

    def resolve_amount(row, info: Any) -> Money | None:
        return None if row.amount is None else money(row.amount, row.currency)

    def resolve_week_late(row, info: Any) -> Money | None:
        return None if row.value is None else money(row.value, row.currency)

    def resolve_abc(row, info: Any) -> str | None:
        return row.abc or None

    def resolve_xyz(row, info: Any) -> str | None:
        return row.xyz or None


class RestockRun(graphene.ObjectType):
    """A look at the shop."""

    id = graphene.ID(required=True)
    state = graphene.String(required=True, description="RUNNING, DONE or FAILED.")
    warehouse_id = graphene.ID(description="Null: every warehouse.")
    done = graphene.Int(required=True, description="Variants looked at.")
    total = graphene.Int(required=True, description="Of so many, as far as known.")
    needs = graphene.Int(required=True, description="Needs found.")
    error = graphene.String(required=True)
    started = graphene.DateTime(required=True)
    finished = graphene.DateTime()
    resolve_id = own_id("RestockRun")

    def resolve_warehouse_id(row, info: Any) -> str | None:
        return row.warehouse_id or None


RestockRunConnection = connection(RestockRun)
SuggestionConnection = connection(Suggestion)


class SuggestionQueries:
    """What to order now."""

    suggestions = connection_field(
        SuggestionConnection,
        f"What to order now. {NEEDS}",
        warehouse_id=graphene.ID(),
        variant_id=graphene.ID(),
    )

    restock_runs = connection_field(RestockRunConnection, f"Looks at the shop, newest first. {NEEDS}")

    def resolve_restock_runs(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(RestockRunConnection, runs.all_runs(), first, after)

    def resolve_suggestions(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        rows = suggestions.all_suggestions().filter(**given(where))
        return page(SuggestionConnection, rows, first, after)


class ReplenishmentRun(Mutation):
    """Reads new sales and proposes orders: at once for named variants, in a worker for everything."""

    class Arguments:
        warehouse_id = graphene.ID(description="Only this warehouse.")
        variant_ids = graphene.List(graphene.NonNull(graphene.ID), description=f"At most {MAX_VARIANTS}.")

    permission = PERMISSION
    queued = graphene.Boolean(description="True: a worker does it; read `suggestions` later.")
    suggestions = graphene.List(graphene.NonNull(Suggestion))
    purchase_orders = graphene.List(graphene.NonNull(PurchaseOrder), description="Drafts it wrote to.")

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


class SuggestionMutations:
    """Runs."""

    replenishment_run = ReplenishmentRun.Field()
