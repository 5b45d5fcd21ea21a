"""Returned parcels of Saleor 3.x.

Saleor's own `create_fulfillments_for_returned_products` deletes a parcel that comes back whole, and its
tracking number with it (saleor/saleor#17712). Here such a parcel stays the row that it is and
only changes its state; units of a parcel that comes back in part move to a new row.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from saleor.order import FulfillmentStatus, actions
from saleor.order.models import Fulfillment, FulfillmentLine, Order
from saleor.webhook.event_types import WebhookEventAsyncType

from ...kernel.errors import Invalid, NotFound
from .. import port
from ..orm import convert
from .context import manager
from .orders import Orders3

SHIPPED = (FulfillmentStatus.FULFILLED, FulfillmentStatus.REFUNDED)


class Returns3(Orders3):
    """`port.Orders.mark_returned` on Saleor 3.x."""

    def mark_returned(
        self, order_id: str, items: Sequence[port.ReturnedItem], *, refund_amount: int = 0
    ) -> str | None:
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            if not items:
                raise Invalid("Name at least one item.", field="items", code="REQUIRED")
            row = Order.objects.get(pk=convert.pk(Order, order_id))
            units = _checked(row, items)
            parcels = _move(row, units, refunded=refund_amount > 0)
            if refund_amount:
                parcels[0].total_refund_amount = convert.major(refund_amount, order.currency)
                parcels[0].save(update_fields=["total_refund_amount"])
            returned = [(quantity, line.order_line) for line, quantity in units.items()]
            actions.order_returned(row, None, None, returned)
            actions.call_order_event(manager(), WebhookEventAsyncType.ORDER_UPDATED, row)
        return convert.gid("Fulfillment", parcels[0].pk)


def _checked(order: Any, items: Sequence[port.ReturnedItem]) -> dict[Any, int]:
    """Units to move by fulfilment line."""
    wanted: dict[Any, int] = {}
    for item in items:
        key = convert.pk(FulfillmentLine, item.fulfillment_line_id, field="fulfillmentLineId")
        if item.quantity < 1:
            raise Invalid("Quantity must be at least 1.", field="quantity")
        wanted[key] = wanted.get(key, 0) + item.quantity
    rows = FulfillmentLine.objects.filter(
        pk__in=wanted, fulfillment__order=order, fulfillment__status__in=SHIPPED
    ).select_related("fulfillment", "order_line")
    found = {row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))}
    for key, units in wanted.items():
        if key not in found:
            raise NotFound("No such line was shipped.", field="fulfillmentLineId")
        if units > found[key].quantity:
            raise Invalid(f"{found[key].quantity} were shipped.", field="quantity")
    return {found[key]: wanted[key] for key in sorted(wanted)}


def _move(order: Any, units: dict[Any, int], *, refunded: bool) -> list[Any]:
    """The returned parcels, the one to name first."""
    made: dict[str, Any] = {}
    kept: list[Any] = []
    for parcel in {line.fulfillment_id: line.fulfillment for line in units}.values():
        was_refunded = refunded or parcel.status == FulfillmentStatus.REFUNDED
        state = FulfillmentStatus.REFUNDED_AND_RETURNED if was_refunded else FulfillmentStatus.RETURNED
        mine = {line: quantity for line, quantity in units.items() if line.fulfillment_id == parcel.pk}
        left = {line.pk: line.quantity for line in parcel.lines.all()}
        if all(left[line.pk] == quantity for line, quantity in mine.items()) and len(mine) == len(left):
            Fulfillment.objects.filter(pk=parcel.pk).update(status=state)
            kept.append(parcel)
            continue
        if state not in made:
            made[state] = Fulfillment.objects.create(order=order, status=state)
        for line, quantity in mine.items():
            _split(line, quantity, made[state])
    return [*made.values(), *kept]


def _split(line: Any, quantity: int, target: Any) -> None:
    if quantity == line.quantity:
        FulfillmentLine.objects.filter(pk=line.pk).update(fulfillment=target)
        return
    FulfillmentLine.objects.filter(pk=line.pk).update(quantity=line.quantity - quantity)
    FulfillmentLine.objects.create(
        fulfillment=target, order_line=line.order_line, stock_id=line.stock_id, quantity=quantity
    )
