"""Exchange rates, lanes between warehouses, budgets, and catalogues as CSV."""

from __future__ import annotations

import io
from itertools import islice
from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.errors import Invalid, Invalids
from ...kernel.ids import own_key
from ..store import catalogue, trade
from ..usecases import trade_terms
from ..usecases.export_catalogue import export_catalogue
from ..usecases.import_catalogue import import_catalogue
from .base import NEEDS, PERMISSION, Money, money, own_id

MAX_LINES = 10_000


class ExchangeRate(graphene.ObjectType):
    """One unit of `currency` is worth `rate` units of `into`, from a day on."""

    id = graphene.ID(required=True)
    currency = graphene.String(required=True)
    into = graphene.String(required=True)
    rate = graphene.String(required=True)
    since = graphene.Date(required=True)
    resolve_id = own_id("ExchangeRate")

    def resolve_rate(row, info: Any) -> str:
        return f"{row.rate.normalize():f}"


class TransferLane(graphene.ObjectType):
    """Goods may go from one warehouse to another."""

    id = graphene.ID(required=True)
    source_id = graphene.ID(required=True)
    target_id = graphene.ID(required=True)
    days = graphene.Int(required=True)
    cost = graphene.Field(Money, description="Of a transfer as a whole; null: nothing.")
    active = graphene.Boolean(required=True)
    resolve_id = own_id("TransferLane")

    def resolve_cost(row, info: Any) -> Money | None:
        return money(row.cost, row.currency) if row.currency else None


class Budget(graphene.ObjectType):
    """At most this is ordered from the first to the last of these days."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    amount = graphene.Field(Money, required=True)
    since = graphene.Date(required=True)
    until = graphene.Date(required=True)
    resolve_id = own_id("Budget")

    def resolve_amount(row, info: Any) -> Money:
        return money(row.amount, row.currency)


ExchangeRateConnection = connection(ExchangeRate)
TransferLaneConnection = connection(TransferLane)
BudgetConnection = connection(Budget)


class TradeQueries:
    """Rates, lanes, budgets."""

    exchange_rates = connection_field(ExchangeRateConnection, f"Newest first. {NEEDS}")
    transfer_lanes = connection_field(TransferLaneConnection, f"Newest first. {NEEDS}")
    budgets = connection_field(BudgetConnection, f"Newest first. {NEEDS}")
    supplier_catalogue = graphene.String(
        required=True,
        supplier_id=graphene.ID(),
        description=f"Catalogues as CSV, at most {MAX_LINES} lines; a command writes more. {NEEDS}",
    )

    def resolve_exchange_rates(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(ExchangeRateConnection, trade.rates(), first, after)

    def resolve_transfer_lanes(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(TransferLaneConnection, trade.lanes(), first, after)

    def resolve_budgets(root, info: Any, first: int, after: str | None = None) -> Any:
        require(info, PERMISSION)
        return page(BudgetConnection, trade.budgets(), first, after)

    def resolve_supplier_catalogue(root, info: Any, supplier_id: str | None = None) -> str:
        require(info, PERMISSION)
        key = own_key(supplier_id, "Supplier", field="supplierId") if supplier_id else None
        return "".join(islice(export_catalogue(key), MAX_LINES + 1))


class ExchangeRateSet(Mutation):
    """Says what a currency is worth in another from a day on; the same day again replaces it."""

    class Arguments:
        currency = graphene.String(required=True)
        into = graphene.String(required=True)
        rate = graphene.String(
            required=True, description="Units of `into` for one of `currency`, as in 0.92."
        )
        since = graphene.Date(required=True)

    permission = PERMISSION
    exchange_rate = graphene.Field(ExchangeRate)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(trade_terms.set_rate(**data).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(exchange_rate=trade.rates().filter(pk=result["id"]).first())


class TransferLaneSet(Mutation):
    """Lets goods go from one warehouse to another."""

    class Arguments:
        source_id = graphene.ID(required=True)
        target_id = graphene.ID(required=True)
        days = graphene.Int(required=True)
        cost = graphene.String(default_value="0", description="Of a transfer as a whole, as in 20.00.")
        currency = graphene.String(default_value="")
        active = graphene.Boolean(default_value=True)

    permission = PERMISSION
    transfer_lane = graphene.Field(TransferLane)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(trade_terms.set_lane(**data).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(transfer_lane=trade.lanes().filter(pk=result["id"]).first())


class TransferLaneRemove(Mutation):
    """Ends a lane; transfers that are approved go on."""

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        trade_terms.remove_lane(own_key(data["id"], "TransferLane"))
        return {}


class BudgetSet(Mutation):
    """Sets at most how much is ordered in a time."""

    class Arguments:
        id = graphene.ID(description="A new budget without.")
        name = graphene.String(required=True)
        amount = graphene.String(required=True)
        currency = graphene.String(required=True)
        since = graphene.Date(required=True)
        until = graphene.Date(required=True)

    permission = PERMISSION
    budget = graphene.Field(Budget)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = data.pop("id", None)
        return {"id": str(trade_terms.set_budget(own_key(key, "Budget") if key else None, **data).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(budget=trade.budgets().filter(pk=result["id"]).first())


class BudgetRemove(Mutation):
    """Forgets a budget."""

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        trade_terms.remove_budget(own_key(data["id"], "Budget"))
        return {}


class SupplierCatalogueImport(Mutation):
    """Takes in catalogue lines as CSV, by SKU; nothing is written when any line is wrong.

    Errors name ``csv.<line>.<column>``.
    """

    class Arguments:
        csv = graphene.String(required=True, description="As a variable; a header, then lines.")
        supplier_id = graphene.ID(description="Whose lines they are; without, the column supplier says it.")
        create_suppliers = graphene.Boolean(default_value=False)
        dry_run = graphene.Boolean(default_value=False, description="Checks and counts, writes nothing.")

    permission = PERMISSION
    lines = graphene.Int()
    created = graphene.Int()
    changed = graphene.Int()
    same = graphene.Int()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = data.get("supplier_id")
        supplier_id = own_key(key, "Supplier", field="supplierId") if key else None
        if supplier_id:
            catalogue.supplier(supplier_id)
        done = import_catalogue(
            io.StringIO(data["csv"], newline=""),
            supplier_id=supplier_id,
            create=bool(data["create_suppliers"]),
            dry_run=bool(data["dry_run"]),
        )
        if done.problems:
            raise Invalids(
                [
                    Invalid(str(problem), field=f"csv.{problem.line}.{problem.column}".rstrip("."))
                    for problem in done.problems
                ]
            )
        return {name: getattr(done, name) for name in ("lines", "created", "changed", "same")}


class TradeMutations:
    """Rates, lanes, budgets, catalogues."""

    exchange_rate_set = ExchangeRateSet.Field()
    transfer_lane_set = TransferLaneSet.Field()
    transfer_lane_remove = TransferLaneRemove.Field()
    budget_set = BudgetSet.Field()
    budget_remove = BudgetRemove.Field()
    supplier_catalogue_import = SupplierCatalogueImport.Field()
