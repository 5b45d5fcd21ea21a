"""Orders to suppliers: finding them, and their life up to the goods."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection_field, page, require
from ...kernel import clock
from ...kernel.errors import Invalid
from ...kernel.ids import own_key
from ...platform import shop
from ..domain.edits import Edit
from ..settings import values
from ..store import order_lists, orders
from ..usecases.approve_order import approve_order
from ..usecases.cancel_order import cancel_order
from ..usecases.close_order import close_order
from ..usecases.create_order import create_order
from ..usecases.edit_order import edit_order
from ..usecases.order_lines import Wanted
from ..usecases.postpone_order import postpone_order
from .base import NEEDS, PERMISSION, given
from .order_types import PurchaseOrder, PurchaseOrderConnection, PurchaseOrderState

MAX_LINES = 500
MAX_SEARCH = 200


class OrderQueries:
    """Orders to suppliers."""

    purchase_order = graphene.Field(PurchaseOrder, id=graphene.ID(required=True), description=NEEDS)
    purchase_orders = connection_field(
        PurchaseOrderConnection,
        f"Orders to suppliers, newest first. {NEEDS}",
        state=graphene.Argument(PurchaseOrderState),
        supplier_id=graphene.ID(description="Only to this supplier."),
        warehouse_id=graphene.ID(description="Only for this warehouse."),
        variant_id=graphene.ID(description="Only with this variant."),
        overdue=graphene.Boolean(description="Those that owe what should have come before today, or not."),
        search=graphene.String(description="A number, a part of the supplier's name or reference, or a SKU."),
    )

    def resolve_purchase_order(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return orders.with_lines().filter(pk=own_key(id, "PurchaseOrder")).first()

    def resolve_purchase_orders(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(PurchaseOrderConnection, _filtered(given(where)), first, after)


def _filtered(where: dict[str, Any]) -> Any:
    rows = orders.with_lines()
    if "supplier_id" in where:
        where["supplier_id"] = own_key(where["supplier_id"], "Supplier", field="supplierId")
    if "variant_id" in where:
        rows = rows.filter(lines__variant_id=where.pop("variant_id"))
    text, overdue = where.pop("search", ""), where.pop("overdue", None)
    if len(text) > MAX_SEARCH or "\0" in text:
        raise Invalid(f"Must be at most {MAX_SEARCH} letters.", field="search")
    if text:
        rows = order_lists.found(rows, text)
    if overdue is not None:
        zone = shop().time_zone()
        lead = values()["default_lead_days"]
        late = order_lists.late(clock.day_of(clock.now(), zone), zone, lead)
        rows = rows.filter(late if overdue else ~late)
    return rows.filter(**where)


class OrderMutation(Mutation):
    """Base of the mutations that answer a purchase order."""

    class Meta:
        abstract = True

    permission = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(purchase_order=orders.with_lines().filter(pk=result["id"]).first())


def by(info: Any) -> str:
    """Saleor's id of who asks."""
    return info.context.asker.id or ""


def check_length(lines: list[Any], field: str = "lines") -> None:
    """Raise Invalid for more lines than one request may have."""
    if len(lines) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines at once.", field=field)


class PurchaseOrderItemInput(graphene.InputObjectType):
    """Units of a variant that are wanted."""

    variant_id = graphene.ID(required=True)
    quantity = graphene.Int(required=True)
    price = graphene.String(description="Of a unit, a decimal number; the catalogue's when left out.")


class PurchaseOrderCreate(OrderMutation):
    """Orders by hand: puts lines into the draft for the supplier, warehouse and currency.

    The draft is made when there is none. No run changes or removes such lines.
    """

    class Arguments:
        supplier_id = graphene.ID(required=True)
        warehouse_id = graphene.ID(required=True)
        currency = graphene.String(description="The catalogue's when left out.")
        lines = graphene.List(graphene.NonNull(PurchaseOrderItemInput), required=True)

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        check_length(data["lines"])
        wanted = [Wanted(line["variant_id"], line["quantity"], line.get("price")) for line in data["lines"]]
        supplier = own_key(data["supplier_id"], "Supplier", field="supplierId")
        order = create_order(supplier, data["warehouse_id"], wanted, currency=data.get("currency") or "")
        return {"id": str(order.pk)}


class PurchaseOrderEditInput(graphene.InputObjectType):
    """A line to change or remove (`lineId`), or a variant that comes to the order (`variantId`)."""

    line_id = graphene.ID()
    variant_id = graphene.ID()
    quantity = graphene.Int(description="As it is when left out.")
    price = graphene.String(description="Of a unit, a decimal number; as it is when left out.")
    remove = graphene.Boolean()


class PurchaseOrderUpdate(OrderMutation):
    """Changes lines: a draft's freely, an approved order's as a new revision that the supplier is told.

    Nothing goes below what has arrived.
    """

    class Arguments:
        id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(PurchaseOrderEditInput), required=True)
        revision = graphene.Int(description="The one you saw: refused when it is another by now.")

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        check_length(data["lines"])
        edits = [_edit(line, index) for index, line in enumerate(data["lines"])]
        order_id = own_key(data["id"], "PurchaseOrder")
        order = edit_order(order_id, edits, revision=data.get("revision"), by=by(info))
        return {"id": str(order.pk)}


def _edit(line: dict[str, Any], index: int) -> Edit:
    line_id = line.get("line_id") or ""
    if line_id:
        line_id = str(own_key(line_id, "PurchaseOrderLine", field=f"lines.{index}.lineId"))
    removed = bool(line.get("remove"))
    return Edit(line_id, line.get("variant_id") or "", line.get("quantity"), line.get("price"), removed)


class PurchaseOrderApprove(OrderMutation):
    """Approves a draft: the supplier owes it from now on."""

    class Arguments:
        id = graphene.ID(required=True)

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"id": str(approve_order(own_key(data["id"], "PurchaseOrder"), by=by(info)).pk)}


class PurchaseOrderExpect(OrderMutation):
    """Notes the day on which an order, or some of its lines, will come: nothing is ordered again for it."""

    class Arguments:
        id = graphene.ID(required=True)
        on = graphene.Date(description="A shop day; left out when nobody knows.")
        line_ids = graphene.List(graphene.NonNull(graphene.ID))

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        keys = [
            own_key(key, "PurchaseOrderLine", field=f"lineIds.{index}")
            for index, key in enumerate(data.get("line_ids") or ())
        ]
        check_length(keys, "lineIds")
        order = postpone_order(own_key(data["id"], "PurchaseOrder"), data.get("on"), keys)
        return {"id": str(order.pk)}


class PurchaseOrderCancel(OrderMutation):
    """Cancels what is still to come; units that arrived stay booked."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String()

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        order_id, reason = own_key(data["id"], "PurchaseOrder"), data.get("reason") or ""
        return {"id": str(cancel_order(order_id, reason=reason, by=by(info)).pk)}


class PurchaseOrderClose(OrderMutation):
    """Takes a partly received order as received; what is missing is noted as SHORT."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String()

    purchase_order = graphene.Field(PurchaseOrder)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        order_id, reason = own_key(data["id"], "PurchaseOrder"), data.get("reason") or ""
        return {"id": str(close_order(order_id, reason=reason, by=by(info)).pk)}


class OrderMutations:
    """An order's life."""

    purchase_order_create = PurchaseOrderCreate.Field()
    purchase_order_update = PurchaseOrderUpdate.Field()
    purchase_order_approve = PurchaseOrderApprove.Field()
    purchase_order_expect = PurchaseOrderExpect.Field()
    purchase_order_cancel = PurchaseOrderCancel.Field()
    purchase_order_close = PurchaseOrderClose.Field()
