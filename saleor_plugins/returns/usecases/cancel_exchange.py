"""The order that an exchange made was cancelled: its credit goes back where the money came from, once."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.money import apportion
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, OrderStatus

from .. import store
from ..domain.credit import Charge
from ..domain.machines import RefundState
from ..domain.plan import Component, PartKind, RefundPlan, Row
from ..models import OrderLedger, Refund, RefundPart
from ..store import Desk, books
from ..store.books_family import RELEASED, released, unreturned_credit
from ..store.books_refunds import create_refund
from .give_credit import give
from .refund_again import give_again
from .refund_return import announce


def cancel_exchange(
    asker: Asker, return_id: UUID, order_id: str, *, to: PartKind = PartKind.PAYMENT
) -> Refund:
    """Give back what the exchange credited to `order_id`, which the shop's staff cancelled there.

    In any state of the return. What the new order's customer paid beside the credit is on its own
    payments and goes back with the cancellation. Raises NotFound (``id``, ``orderId``), Conflict:
    NOT_CANCELED (``orderId``), NOTHING_TO_REFUND, REFUND_PENDING; Invalid (``amount``,
    ABOVE_CEILING). Again: tries a refused one again.
    """
    if to is PartKind.EXCHANGE:
        raise Invalid("Money or store credit.", field="to")
    with transaction.atomic():
        desk = store.open_return(return_id)
        ledger, made = _lock(desk, order_id)
        failed = _earlier(desk, ledger)
        if failed:
            refund = give_again(desk, asker, failed, None, to)
        else:
            refund = _release(desk, asker, ledger, made, to)
        announce(desk, asker, refund, "cancel_exchange", again=bool(failed))
    return refund


def _lock(desk: Desk, order_id: str) -> tuple[OrderLedger, Refund]:
    """The cancelled order, and the refund that paid for it."""
    parts = RefundPart.objects.filter(
        refund__rma=desk.request, kind=PartKind.EXCHANGE.value, target_id=order_id
    )
    part = parts.select_related("refund").first()
    if part is None:
        raise NotFound("No such exchange of this return.", field="orderId")
    if shop().order(order_id, lock=True).status is not OrderStatus.CANCELED:
        raise Conflict("Cancel the order in the shop first.", field="orderId", code="NOT_CANCELED")
    return OrderLedger.objects.select_for_update().get(pk=order_id), part.refund


def _earlier(desk: Desk, ledger: OrderLedger) -> Refund | None:
    """A refused attempt; raises Conflict when it is under way or done."""
    rows = Refund.objects.filter(
        rma=desk.request, allocations__order=ledger, allocations__component=Component.ADJUSTMENT.value
    )
    refund = rows.filter(allocations__unit=RELEASED).first()
    if refund and refund.state == RefundState.PENDING:
        raise Conflict("It is under way.", field="id", code="REFUND_PENDING")
    if refund and refund.state == RefundState.SUCCEEDED:
        raise Conflict("It was given back already.", field="id", code="NOTHING_TO_REFUND")
    return refund


def _release(desk: Desk, asker: Asker, ledger: OrderLedger, made: Refund, to: PartKind) -> Refund:
    amount = 0 if released(ledger) else unreturned_credit(ledger)
    if not amount:
        raise Conflict("Nothing of the credit is left.", field="id", code="NOTHING_TO_REFUND")
    net, tax = apportion(amount, [made.net, made.tax])
    plan = RefundPlan((Row(Component.ADJUSTMENT, "", RELEASED, Charge(net, tax)),))
    reason = f"Exchange order {ledger.number} was cancelled."
    given = give(desk, asker, books.balances(desk), amount, to, reason=reason, released=ledger.pk)
    return create_refund(desk, plan, given, reason=reason, order=ledger)
