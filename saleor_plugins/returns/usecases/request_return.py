"""Ask to return units of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.platform.port import Asker

from .. import access, config, payloads, store
from ..domain.machines import ReturnState
from ..domain.policy import Policy, check_available, check_window
from ..domain.quantities import MAX_LINES, Buckets, positive
from ..domain.shipped import with_customer
from ..models import Return, ReturnLine
from ..store import Desk
from ..texts import clean
from .approve_return import approve


@dataclass(frozen=True)
class Item:
    """Units to return, named by their order line or by the fulfilment line they came in."""

    quantity: int
    order_line_id: str = ""
    fulfillment_line_id: str = ""
    reason: str = ""


def request_return(asker: Asker, order_id: str, items: Sequence[Item]) -> Return:
    """Reserve the units and open a return; approved at once where the merchant's rule says so.

    Raises NotFound (``orderId``, ``lines.N...``) and Invalid naming the field: quantities, duplicate lines,
    units not shipped or already returned (UNRETURNABLE), a shopper's request after the window.
    """
    access.order_for(asker, order_id)
    policy = config.policy()
    with transaction.atomic():
        desk = store.open_order(order_id)
        if not access.is_staff(asker):
            check_window(policy, desk.order.created, clock.now())
        lines = _lines(desk, items)
        _open(desk, policy, lines)
        store.log(desk.request, "request", asker, {"lines": payloads.of_lines(lines)})
        emit("return.requested", payloads.of_return(desk, lines=payloads.of_lines(lines)))
        if policy.auto_approve:
            approve(desk, asker)
    return desk.request


def _lines(desk: Desk, items: Sequence[Item]) -> list[ReturnLine]:
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    names = [item.fulfillment_line_id or item.order_line_id for item in items]
    asked: dict[str, int] = {}
    lines = []
    for i, item in enumerate(items):
        field = f"lines.{i}"
        if names.index(names[i]) != i:
            raise Invalid("This line is named twice.", field=field, code="DUPLICATE")
        line = _line(desk, item, field)
        asked[line.line_id] = asked.get(line.line_id, 0) + line.requested
        check_available(asked[line.line_id], line.line.available, field=f"{field}.quantity")
        lines.append(line)
    return lines


def _line(desk: Desk, item: Item, field: str) -> ReturnLine:
    if bool(item.order_line_id) == bool(item.fulfillment_line_id):
        raise Invalid("Give either orderLineId or fulfillmentLineId.", field=field)
    quantity = positive(item.quantity, field=f"{field}.quantity")
    line_id = item.order_line_id
    if item.fulfillment_line_id:
        line_id = _order_line_of(desk, item.fulfillment_line_id, quantity, field)
    account = desk.accounts.get(line_id)
    if account is None:
        raise NotFound("No such line in this order.", field=f"{field}.orderLineId")
    return ReturnLine(
        line=account,
        fulfillment_line_id=item.fulfillment_line_id,
        reason=clean(item.reason, field=f"{field}.reason"),
        requested=quantity,
    )


def _order_line_of(desk: Desk, fulfillment_line_id: str, quantity: int, field: str) -> str:
    for line_id, left in with_customer(desk.parcels, store.unshown_returns(desk.order.id)).items():
        if fulfillment_line_id in left:
            check_available(quantity, left[fulfillment_line_id], field=f"{field}.quantity")
            return line_id
    raise NotFound("No such line with the customer.", field=f"{field}.fulfillmentLineId")


def _open(desk: Desk, policy: Policy, lines: list[ReturnLine]) -> None:
    desk.ledger.returns += 1
    desk.ledger.save(update_fields=["returns"])
    desk.rma = Return.objects.create(
        number=f"{desk.ledger.number}-R{desk.ledger.returns}",
        order=desk.ledger,
        user_id=desk.ledger.user_id,
        state=ReturnState.REQUESTED.value,
        policy=policy.snapshot(),
        created=clock.now(),
    )
    for position, line in enumerate(lines):
        line.rma, line.position = desk.rma, position
        line.save(force_insert=True)
        line.line.reserved += Buckets(line.requested).held
        line.line.save(update_fields=["reserved"])
    desk.lines = lines
