"""An order under lock, with everything the desk knows of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order

from .. import accounts
from ..domain.shipped import ParcelLine, shipped
from ..models import OrderLedger, Return, ReturnableLine, ReturnLine
from .lookup import find_return
from .parcels import parcel_lines, shown_returns


@dataclass
class Desk:
    """An order under lock, and the return that is worked on.

    `origins` are the orders whose payments hold what an exchange credited to this one, nearest first; they
    are locked too.
    """

    order: Order
    ledger: OrderLedger
    accounts: dict[str, ReturnableLine]
    parcels: list[ParcelLine]
    rma: Return | None = None
    lines: list[ReturnLine] | None = None
    origins: list[OrderLedger] = field(default_factory=list)

    @property
    def request(self) -> Return:
        """The return."""
        assert self.rma is not None
        return self.rma

    @property
    def request_lines(self) -> list[ReturnLine]:
        """The return's lines, in the order they were asked for."""
        return self.lines or []


def open_order(order_id: str) -> Desk:
    """Lock the order and its accounts, made when the desk first meets it, and count anew what was shipped.

    Raises NotFound (field ``orderId``).
    """
    origins = _lock_origins(order_id)
    order = shop().order(order_id, lock=True)
    ledger, new = OrderLedger.objects.get_or_create(
        order_id=order_id, defaults={**accounts.ledger_values(order), "payment_key": accounts.card_of(order)}
    )
    if new:
        ReturnableLine.objects.bulk_create(accounts.first_lines(order, ledger))
    ledger = OrderLedger.objects.select_for_update().get(pk=order_id)
    rows = ReturnableLine.objects.select_for_update().filter(order=ledger).order_by("pk")
    desk = Desk(order, ledger, {row.order_line_id: row for row in rows}, parcel_lines(order_id))
    desk.origins = origins
    _count_shipped(desk)
    return desk


def _lock_origins(order_id: str) -> list[OrderLedger]:
    """Lock the orders from which an exchange made this one, the first of them first; answer nearest first."""
    keys: list[str] = []
    key = order_id
    # Nobody changes an order's origin, so it may be read before the locks.
    while key := OrderLedger.objects.filter(pk=key).values_list("origin", flat=True).first():
        keys.append(key)
    locked = []
    for key in reversed(keys):
        shop().order(key, lock=True)
        locked.append(OrderLedger.objects.select_for_update().get(pk=key))
    return locked[::-1]


def open_return(return_id: UUID) -> Desk:
    """Lock the return's order, then load the return. Raises NotFound (field ``id``)."""
    desk = open_order(find_return(return_id).order_id)
    desk.rma = find_return(return_id)
    desk.lines = list(ReturnLine.objects.filter(rma=desk.rma).order_by("position"))
    for line in desk.lines:
        line.line = desk.accounts[line.line_id]
    return desk


def _count_shipped(desk: Desk) -> None:
    now = shipped(desk.parcels, shown_returns(desk.order.id))
    for key, row in desk.accounts.items():
        # Goods that the desk holds or was promised were shipped, whatever the shop's screens say since.
        units = min(max(now.get(key, 0), row.reserved + row.returned + row.kept), row.sold)
        if units != row.shipped:
            row.shipped = units
            row.save(update_fields=["shipped"])
