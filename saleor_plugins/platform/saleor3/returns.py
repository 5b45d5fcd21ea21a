"""Returned, refunded and replaced parcels of Saleor 3.x.

Saleor's own `create_fulfillments_for_returned_products` deletes a parcel that comes back whole, and its
tracking number and metadata with it (saleor/saleor#17712). Here such a parcel stays the row that it is and
only changes its state; units of a parcel that comes back in part move to a new row that is like it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.db import transaction
from saleor.order import FulfillmentStatus, OrderStatus, actions, events
from saleor.order.models import Fulfillment, FulfillmentLine, Order
from saleor.order.utils import update_order_status
from saleor.webhook.event_types import WebhookEventAsyncType

from ...kernel.errors import NotFound
from .. import port
from ..orm import convert
from ..orm.stocks import CHUNK
from ..promises import SOLD
from ..returning import Move, Unit, check_money, count, effective, plan_moves, restated
from .context import manager
from .orders import Orders3

State = port.ReturnedState
SENT_BACK = (State.RETURNED, State.REFUNDED_AND_RETURNED)


class Returns3(Orders3):
    """`port.Returned` on Saleor 3.x."""

    def mark_returned(
        self,
        order_id: str,
        items: Sequence[port.ReturnedItem],
        *,
        state: port.ReturnedState = State.RETURNED,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> str | None:
        check_money(refund_amount, shipping_refund)
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            parcels = _parcels(order_id)
            for line_id in count(items):
                convert.pk(FulfillmentLine, line_id, field="fulfillmentLineId")
            moves = plan_moves(_units(parcels), items, effective(state, refund_amount))
            before = {key: parcel.status.upper() for key, parcel in parcels.items()}
            shown = [_move(parcels[move.fulfillment_id], move) for move in moves]
            _add_money(shown[0], order.currency, refund_amount, shipping_refund)
            changes = [(move, before[move.fulfillment_id]) for move in moves]
            _tell(order, changes, parcels, refund_amount, shipping_refund)
        return convert.gid("Fulfillment", shown[0].pk)

    def restate_returned(
        self,
        order_id: str,
        fulfillment_id: str,
        state: port.ReturnedState,
        *,
        refund_amount: int = 0,
        shipping_refund: int = 0,
    ) -> None:
        check_money(refund_amount, shipping_refund)
        with transaction.atomic():
            order = self.order(order_id, lock=True)
            parcels = _parcels(order_id)
            parcel = parcels.get(fulfillment_id)
            if parcel is None:
                raise NotFound("No such fulfillment of this order.", field="fulfillmentId")
            was = parcel.status.upper()
            target = restated(was, effective(state, refund_amount))
            if was == target and not refund_amount:
                return
            units = {convert.gid("FulfillmentLine", line.pk): line.quantity for line in parcel.lines.all()}
            move = Move(fulfillment_id, target, units, whole=True)
            _add_money(_move(parcel, move), order.currency, refund_amount, shipping_refund)
            _tell(order, [(move, was)], parcels, refund_amount, shipping_refund)

    def returned_sales(self, since: datetime, until: datetime) -> Iterator[port.Sale]:
        created = f"order_line__order__{self.created_field}"
        rows = FulfillmentLine.objects.filter(
            fulfillment__status__in=[getattr(FulfillmentStatus, state.name) for state in port.CAME_BACK],
            order_line__variant__isnull=False,
            order_line__order__status__in=convert.stored_statuses(OrderStatus.CHOICES, SOLD),
            **{f"{created}__gte": since, f"{created}__lt": until},
        ).order_by(created, "order_line__order__pk", "order_line__pk", "pk")
        line = ("order_line__order_id", "order_line_id", "order_line__variant_id")
        columns = (*line, "quantity", created, "order_line__order__shipping_address__country")
        for order, key, variant, units, at, country in rows.values_list(*columns).iterator(chunk_size=CHUNK):
            yield port.Sale(
                order_id=convert.gid("Order", order),
                line_id=convert.gid("OrderLine", key),
                variant_id=convert.gid("ProductVariant", variant),
                quantity=units,
                at=at,
                country=str(getattr(country, "code", country) or ""),
            )


def _parcels(order_id: str) -> dict[str, Any]:
    """The order's fulfilments by id, with their lines; the order's lock keeps others away."""
    rows = Fulfillment.objects.filter(order_id=convert.pk(Order, order_id)).order_by("pk")
    rows = rows.prefetch_related("lines__order_line").select_for_update(of=("self",))
    return {convert.gid("Fulfillment", row.pk): row for row in rows}


def _units(parcels: dict[str, Any]) -> list[Unit]:
    return [
        Unit(convert.gid("FulfillmentLine", line.pk), key, parcel.status.upper(), line.quantity)
        for key, parcel in parcels.items()
        for line in sorted(parcel.lines.all(), key=lambda line: line.pk)
    ]


def _move(parcel: Any, move: Move) -> Any:
    """Let the units change their state; the fulfilment that shows them."""
    state = getattr(FulfillmentStatus, move.target.name)
    if move.whole:
        parcel.status = state
        parcel.save(update_fields=["status"])
        return parcel
    made = copy(parcel)
    made._state = copy(parcel._state)
    made._prefetched_objects_cache = {}
    made.pk, made.status = None, state
    made.total_refund_amount = made.shipping_refund_amount = None
    made.save(force_insert=True)
    for line in parcel.lines.all():
        _split(line, move.units.get(convert.gid("FulfillmentLine", line.pk), 0), made)
    return made


def _split(line: Any, quantity: int, target: Any) -> None:
    rows = FulfillmentLine.objects.filter(pk=line.pk)
    if quantity == line.quantity:
        rows.update(fulfillment=target)
    elif quantity:
        rows.update(quantity=line.quantity - quantity)
        made = rows.get()
        made.pk, made.fulfillment, made.quantity = None, target, quantity
        made.save(force_insert=True)


def _add_money(parcel: Any, currency: str, refund_amount: int, shipping_refund: int) -> None:
    for name, amount in (
        ("total_refund_amount", refund_amount),
        ("shipping_refund_amount", shipping_refund),
    ):
        if amount:
            setattr(parcel, name, (getattr(parcel, name) or 0) + convert.major(amount, currency))
            parcel.save(update_fields=[name])


def _tell(
    order: port.Order, changes: list[tuple[Move, str]], parcels: dict[str, Any], money: int, shipping: int
) -> None:
    """The order's status, history and webhooks, as Saleor's own screens leave them."""
    row = Order.objects.get(pk=convert.pk(Order, order.id))
    lines = {
        convert.gid("FulfillmentLine", line.pk): line.order_line
        for parcel in parcels.values()
        for line in parcel.lines.all()
    }
    gone = [
        (units, lines[key])
        for move, was in changes
        if move.target in SENT_BACK and was not in SENT_BACK
        for key, units in move.units.items()
    ]
    replaced = [
        _with_quantity(lines[key], units)
        for move, was in changes
        if move.target is State.REPLACED
        for key, units in move.units.items()
    ]
    if gone:
        events.order_returned_event(order=row, user=None, app=None, returned_lines=gone)
    if replaced:
        events.fulfillment_replaced_event(order=row, user=None, app=None, replaced_lines=replaced)
    if money:
        paid = [(units, lines[key]) for move, _ in changes for key, units in move.units.items()]
        events.fulfillment_refunded_event(
            order=row,
            user=None,
            app=None,
            refunded_lines=paid,
            amount=convert.major(money, order.currency),
            shipping_costs_included=shipping > 0,
        )
    update_order_status(row)
    actions.call_order_event(manager(), WebhookEventAsyncType.ORDER_UPDATED, row)


def _with_quantity(line: Any, units: int) -> Any:
    """The order line as an event shows it: Saleor's function reads the quantity from the line."""
    shown = copy(line)
    shown.quantity = units
    return shown
