"""Orders that exchanges made and the shop has cancelled: what was credited to them goes back by itself."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit_many
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import OrderStatus

from .. import access, store
from ..domain.machines import PartState
from ..domain.plan import Component, PartKind
from ..models import RefundAllocation, RefundPart
from ..store.books_family import RELEASED
from .cancel_exchange import cancel_exchange
from .follow_terms import DONE, LEFT

CANCELED = "returns.exchange_canceled"
PAGE = 200


def find_canceled() -> int:
    """Wake the cancelled ones of a page of exchanges, another page each minute; answers how many were new."""
    made = RefundPart.objects.filter(kind=PartKind.EXCHANGE.value, state=PartState.SUCCEEDED.value)
    back = RefundAllocation.objects.filter(component=Component.ADJUSTMENT.value, unit=RELEASED)
    made = made.exclude(target_id__in=back.values("order_id")).order_by("pk")
    total = made.count()
    if not total:
        return 0
    first = int(clock.now().timestamp()) // 60 % -(-total // PAGE) * PAGE
    page = dict(made.values_list("target_id", "refund__rma")[first : first + PAGE])
    orders = shop().orders_of(page)
    gone = [order.id for order in orders if order.status is OrderStatus.CANCELED]
    return emit_many(CANCELED, {key: event(key, page[key]) for key in gone})


def event(order_id: str, return_id: UUID) -> Mapping[str, str]:
    """What the worker needs."""
    return {"orderId": order_id, "returnId": str(return_id)}


def made_by(order_id: str) -> UUID | None:
    """The return that the order was exchanged for, None for any other order."""
    rows = RefundPart.objects.filter(kind=PartKind.EXCHANGE.value, target_id=order_id)
    return rows.values_list("refund__rma", flat=True).first()


def cancel_by_itself(return_id: UUID, order_id: str) -> None:
    """Give the credit back where the money came from, once; what needs a person is left to staff."""
    with transaction.atomic():
        desk = store.open_return(return_id)
        try:
            cancel_exchange(access.SYSTEM, return_id, order_id)
        except OpsError as error:
            if error.code not in (*DONE, "NOT_CANCELED"):
                data = {"code": error.code, "why": error.message, "orderId": order_id}
                store.log(desk.request, LEFT, access.SYSTEM, data)
