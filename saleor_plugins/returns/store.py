"""All database access of the desk, except money (`books`).

Locks are taken in one order: the shop's order, our rows of it, its lines, its payments, then stock. What
changes anything about an order starts with `open_order` or `open_return`, so that two
requests about the same order never interleave.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any
from uuid import UUID

from django.db.models import F, Sum

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, Order

from . import accounts
from .domain.machines import RETURN, ReturnState
from .domain.quantities import Buckets
from .domain.shipped import ParcelLine, shipped
from .models import LedgerEntry, OrderLedger, Receipt, ReceiptLine, Return, ReturnableLine, ReturnLine

BUCKETS = tuple(field.name for field in fields(Buckets))


@dataclass
class Desk:
    """An order under lock, and the return that is worked on."""

    order: Order
    ledger: OrderLedger
    accounts: dict[str, ReturnableLine]
    parcels: list[ParcelLine]
    rma: Return | None = None
    lines: list[ReturnLine] | None = None

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
    order = shop().order(order_id, lock=True)
    ledger, new = OrderLedger.objects.get_or_create(order_id=order_id, defaults=accounts.ledger_values(order))
    if new:
        ReturnableLine.objects.bulk_create(accounts.first_lines(order, ledger))
    ledger = OrderLedger.objects.select_for_update().get(pk=order_id)
    rows = ReturnableLine.objects.select_for_update().filter(order=ledger).order_by("pk")
    desk = Desk(order, ledger, {row.order_line_id: row for row in rows}, parcel_lines(order_id))
    _count_shipped(desk)
    return desk


def open_return(return_id: UUID) -> Desk:
    """Lock the return's order, then load the return. Raises NotFound (field ``id``)."""
    desk = open_order(find_return(return_id).order_id)
    desk.rma = find_return(return_id)
    desk.lines = list(ReturnLine.objects.filter(rma=desk.rma).order_by("position"))
    for line in desk.lines:
        line.line = desk.accounts[line.line_id]
    return desk


def find_return(return_id: UUID) -> Return:
    """The return, unlocked. Raises NotFound (field ``id``)."""
    rma = Return.objects.filter(pk=return_id).first()
    if rma is None:
        raise no_such_return()
    return rma


def for_api() -> Any:
    """Returns with everything the API shows of them, in a constant number of queries."""
    return Return.objects.select_related("order").prefetch_related(
        "lines__line", "receipts__lines__inspections", "refunds__allocations", "refunds__parts", "entries"
    )


def no_such_return() -> NotFound:
    """The same answer for what does not exist and for what the asker may not see."""
    return NotFound("No such return.", field="id")


def move(rma: Return, verb: str) -> None:
    """Take the return through `verb`; raises Conflict when it is not in a state for it."""
    seen, target = rma.state, RETURN.target(rma.state, verb)
    closed = clock.now() if target == ReturnState.CLOSED else rma.closed
    if not Return.objects.filter(pk=rma.pk, state=seen).update(state=target, closed=closed):
        raise Conflict("The return was changed meanwhile.", field="id")
    rma.state, rma.closed = target, closed


def buckets(line: ReturnLine) -> Buckets:
    """The line's quantities."""
    return Buckets(**{name: getattr(line, name) for name in BUCKETS})


def save_buckets(line: ReturnLine, now: Buckets) -> None:
    """Store the quantities, and what they mean for others who want to return units of the same order line."""
    before = buckets(line)
    for name, units in asdict(now).items():
        setattr(line, name, units)
    line.save(update_fields=BUCKETS)
    held, received = now.held - before.held, now.received - before.received
    if held or received:
        line.line.reserved += held
        line.line.returned += received
        line.line.save(update_fields=["reserved", "returned"])


def release(desk: Desk) -> None:
    """Give up every unit that is still out."""
    for line in desk.request_lines:
        save_buckets(line, buckets(line).release())


def next_receipt(rma: Return) -> int:
    """The number of the return's next parcel."""
    return Receipt.objects.filter(rma=rma).count() + 1


def unjudged(line: ReturnLine) -> list[ReceiptLine]:
    """The line's parcels with units that nobody judged yet, oldest first."""
    rows = ReceiptLine.objects.select_related("receipt").filter(return_line=line)
    return list(rows.filter(judged__lt=F("quantity")).order_by("pk"))


def log(rma: Return, verb: str, asker: Asker, data: Mapping[str, Any]) -> None:
    """Append who did what."""
    LedgerEntry.objects.create(
        rma=rma,
        verb=verb,
        asker_kind=asker.kind.value,
        asker_id=asker.id or "",
        data=dict(data),
        at=clock.now(),
    )


def parcel_lines(order_id: str) -> list[ParcelLine]:
    """Every fulfilment line of the order."""
    return [
        ParcelLine(line.id, line.order_line_id, fulfillment.status, line.quantity)
        for fulfillment in shop().fulfillments(order_id)
        for line in fulfillment.lines
    ]


def shown_returns(order_id: str) -> dict[str, int]:
    """Units per order line that came back and that the shop shows in returned fulfilments."""
    rows = ReceiptLine.objects.filter(return_line__rma__order=order_id).exclude(shop_fulfillment_id="")
    sums = rows.values_list("return_line__line").annotate(units=Sum("quantity"))
    return dict(sums.order_by())


def unshown_returns(order_id: str) -> dict[str, int]:
    """Units per fulfilment line that came back where the shop has no returned fulfilments."""
    rows = ReceiptLine.objects.filter(return_line__rma__order=order_id, shop_fulfillment_id="")
    return dict(rows.values_list("fulfillment_line_id").annotate(units=Sum("quantity")).order_by())


def _count_shipped(desk: Desk) -> None:
    now = shipped(desk.parcels, shown_returns(desk.order.id))
    for key, row in desk.accounts.items():
        # Goods that the desk holds or was promised were shipped, whatever the shop's screens say since.
        units = min(max(now.get(key, 0), row.reserved + row.returned), row.sold)
        if units != row.shipped:
            row.shipped = units
            row.save(update_fields=["shipped"])
