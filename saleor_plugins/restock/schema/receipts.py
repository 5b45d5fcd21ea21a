"""Goods of orders: booking them in, and what came otherwise than ordered."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel.ids import own_key
from ..domain.order import Arrival
from ..store import receipts
from ..usecases.receive_lines import Unordered
from ..usecases.receive_order import receive_order
from ..usecases.settle_discrepancy import LATER, note_discrepancy, settle_discrepancy
from .base import NEEDS, PERMISSION, given
from .order_types import DiscrepancyConnection, DiscrepancyKind, PurchaseOrder, PurchaseOrderDiscrepancy
from .orders import OrderMutation, by, check_length

LaterKind = graphene.Enum("DiscrepancyFoundLater", [(kind, kind) for kind in LATER])


class ReceiptQueries:
    """What came otherwise than ordered."""

    discrepancies = connection_field(
        DiscrepancyConnection,
        f"What came otherwise than ordered, newest first. {NEEDS}",
        kinds=graphene.List(graphene.NonNull(DiscrepancyKind), description="Only of these."),
        supplier_id=graphene.ID(description="Only of this supplier."),
        settled=graphene.Boolean(description="Only those that are settled, or not."),
    )

    def resolve_discrepancies(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        where = given(where)
        if "supplier_id" in where:
            where["order__supplier_id"] = own_key(where.pop("supplier_id"), "Supplier", field="supplierId")
        if "kinds" in where:
            where["kind__in"] = where.pop("kinds")
        if "settled" in where:
            where["settled_at__isnull"] = not where.pop("settled")
        return page(DiscrepancyConnection, receipts.discrepancies().filter(**where), first, after)


class ReceiptLineInput(graphene.InputObjectType):
    """Units of a line that arrived."""

    line_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True, description="Units fit for sale: these go into stock.")
    damaged = graphene.Int(description="Units beside these that came broken: never into stock, still owed.")


class UnorderedInput(graphene.InputObjectType):
    """Goods that nobody ordered, named by variant or by SKU."""

    variant_id = graphene.ID()
    sku = graphene.String()
    quantity = graphene.Int(required=True)
    stock = graphene.Boolean(description="Put them into stock all the same.")


class PurchaseOrderReceive(OrderMutation):
    """Books goods into Saleor's stock, once for each reference."""

    class Arguments:
        id = graphene.ID(required=True)
        reference = graphene.String(required=True, description="Of the delivery, e.g. its delivery note.")
        arrived_on = graphene.Date(description="The shop day on which they came; today when left out.")
        lines = graphene.List(graphene.NonNull(ReceiptLineInput), required=True)
        unordered = graphene.List(graphene.NonNull(UnorderedInput))
        accept_over = graphene.Boolean(description="Take more than was ordered, or goods after the end.")

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        check_length(data["lines"])
        check_length(data.get("unordered") or [], "unordered")
        receipt = receive_order(
            own_key(data["id"], "PurchaseOrder"),
            data["reference"],
            [_arrival(line, index) for index, line in enumerate(data["lines"])],
            arrived_on=data.get("arrived_on"),
            unordered=[_unordered(goods) for goods in data.get("unordered") or ()],
            accept_over=bool(data.get("accept_over")),
            by=by(info),
        )
        return {"id": str(receipt.order_id)}


def _arrival(line: dict[str, Any], index: int) -> Arrival:
    key = own_key(line["line_id"], "PurchaseOrderLine", field=f"lines.{index}.lineId")
    return Arrival(str(key), line["quantity"], line.get("damaged") or 0)


def _unordered(goods: dict[str, Any]) -> Unordered:
    return Unordered(
        goods["quantity"], goods.get("variant_id") or "", goods.get("sku") or "", bool(goods.get("stock"))
    )


class DiscrepancyMutation(Mutation):
    """Base of the mutations that answer a discrepancy."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(discrepancy=receipts.discrepancy(result["id"]))


class DiscrepancyNote(DiscrepancyMutation):
    """Notes what showed after a delivery was booked: no stock moves."""

    class Arguments:
        id = graphene.ID(required=True, description="Of the purchase order.")
        line_id = graphene.ID(required=True)
        kind = graphene.Argument(LaterKind, required=True)
        quantity = graphene.Int(required=True)
        note = graphene.String(required=True)

    discrepancy = graphene.Field(PurchaseOrderDiscrepancy)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        order_id = own_key(data["id"], "PurchaseOrder")
        line_id = own_key(data["line_id"], "PurchaseOrderLine", field="lineId")
        found = note_discrepancy(order_id, line_id, data["kind"], data["quantity"], data["note"])
        return {"id": str(found.pk)}


class DiscrepancySettle(DiscrepancyMutation):
    """Says how a discrepancy was settled with the supplier, once."""

    class Arguments:
        id = graphene.ID(required=True)
        note = graphene.String(required=True)

    discrepancy = graphene.Field(PurchaseOrderDiscrepancy)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "PurchaseOrderDiscrepancy")
        return {"id": str(settle_discrepancy(key, data["note"], by=by(info)).pk)}


class ReceiptMutations:
    """What becomes of an order's goods."""

    purchase_order_receive = PurchaseOrderReceive.Field()
    discrepancy_note = DiscrepancyNote.Field()
    discrepancy_settle = DiscrepancySettle.Field()
