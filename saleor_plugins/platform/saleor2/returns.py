"""What Saleor 2.10, which has no returned fulfilments, shows of returns: notes in the order's history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction

from ...kernel.errors import NotFound
from .. import port
from ..orm import convert
from ..returning import Unit, check_money, effective, in_words, plan_moves
from .orders import Orders2

State = port.ReturnedState


class Returns2(Orders2):
    """`port.Returned` on Saleor 2.10."""

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
            parcels = self.fulfillments(order_id)
            shown = effective(state, refund_amount)
            moves = plan_moves(_units(parcels), items, shown)
            units = {key: quantity for move in moves for key, quantity in move.units.items()}
            self.add_note(order, _note(order, parcels, units, shown, refund_amount))
        return None

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
            parcels = [row for row in self.fulfillments(order_id) if row.id == fulfillment_id]
            if not parcels:
                raise NotFound("No such fulfillment of this order.", field="fulfillmentId")
            units = {line.id: line.quantity for line in parcels[0].lines}
            shown = effective(state, refund_amount)
            self.add_note(order, _note(order, parcels, units, shown, refund_amount))

    def returned_sales(self, since: datetime, until: datetime) -> Iterator[port.Sale]:
        return iter(())


def _units(parcels: Sequence[port.Fulfillment]) -> list[Unit]:
    return [
        Unit(line.id, parcel.id, parcel.status, line.quantity) for parcel in parcels for line in parcel.lines
    ]


def _note(
    order: port.Order,
    parcels: Sequence[port.Fulfillment],
    units: dict[str, int],
    state: port.ReturnedState,
    refund_amount: int,
) -> str:
    skus = {line.id: line.sku or line.name for line in order.lines}
    lines = [line for parcel in parcels for line in parcel.lines if units.get(line.id)]
    text = ", ".join(f"{units[line.id]} x {skus.get(line.order_line_id, '?')}" for line in lines)
    money = f"; refunded {convert.major(refund_amount, order.currency)} {order.currency}"
    return f"{in_words(state)}: {text}{money if refund_amount else ''}."
