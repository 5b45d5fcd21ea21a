"""How an order reached its supplier."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, require
from ...kernel.errors import NotFound
from ...kernel.ids import own_key
from ..domain.order import OWED
from ..store import orders, sending
from ..usecases.order_paper import link_ends
from ..usecases.send_order import ask_to_send
from ..views.links import order_url
from .base import NEEDS, PERMISSION, own_id
from .suppliers import SupplierChannel


class PurchaseOrderSending(graphene.ObjectType):
    """A revision of an order, or its cancellation, on its way to the supplier."""

    id = graphene.ID(required=True)
    revision = graphene.Int(required=True)
    cancels = graphene.Boolean(required=True)
    channel = graphene.Field(SupplierChannel, required=True)
    created = graphene.DateTime(required=True, description="The last try.")
    sent = graphene.DateTime(description="When it went; null: not yet, or `error` says why not.")
    error = graphene.String(required=True)
    resolve_id = own_id("PurchaseOrderSending")


class SendingQueries:
    """How orders reached suppliers."""

    purchase_order_sendings = graphene.List(
        graphene.NonNull(PurchaseOrderSending),
        required=True,
        id=graphene.ID(required=True),
        description=f"What went out of a purchase order, oldest first. {NEEDS}",
    )
    purchase_order_link = graphene.String(
        id=graphene.ID(required=True),
        description=f"The supplier's page of an order, with its PDF; null unless something is owed. {NEEDS}",
    )

    def resolve_purchase_order_sendings(root, info: Any, id: str) -> Any:
        require(info, PERMISSION)
        return sending.of_order(own_key(id, "PurchaseOrder")).order_by("pk")

    def resolve_purchase_order_link(root, info: Any, id: str) -> str | None:
        require(info, PERMISSION)
        order = orders.all_orders().filter(pk=own_key(id, "PurchaseOrder")).first()
        if order is None:
            raise NotFound("There is no such purchase order.", field="id")
        return order_url(order.pk, order.revision, link_ends()) if order.state in OWED else None


class PurchaseOrderSend(Mutation):
    """Sends an approved order to its supplier, again after a refusal.

    Of a supplier whose channel is NONE it says that you have told them.
    """

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION
    queued = graphene.Boolean(description="True: a worker sends it; read `purchaseOrderSendings` later.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        return {"queued": ask_to_send(own_key(data["id"], "PurchaseOrder"))}


class SendingMutations:
    """Sending orders."""

    purchase_order_send = PurchaseOrderSend.Field()
