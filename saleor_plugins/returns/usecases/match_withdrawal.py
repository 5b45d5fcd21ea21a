"""Find the order of a withdrawal, and make the return that the law demands; else staff see why not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db import transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound, OpsError
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Order

from .. import access, store
from ..domain.reasons import Reason
from ..models import Return, WithdrawalStatement
from .find_order import find_order
from .offer_return import OfferedLine, offer_return
from .request_return import Item, request_return


def match_withdrawal(statement_id: UUID) -> None:
    """Settle the statement by a return of all that was withdrawn from, or leave it to staff with the reason.

    Inside a transaction, in which the statement is locked: called again it does nothing more.
    """
    statement = WithdrawalStatement.objects.select_for_update().get(pk=statement_id)
    if statement.settled or statement.rma_id:
        return
    order = _order(statement)
    if order is None:
        statement.outcome = "No order has this number and this mail address."
    else:
        statement.order_id = order.id
        _take_back(statement, order)
    statement.save(update_fields=["order_id", "rma", "settled", "outcome"])


def day_of(statement: WithdrawalStatement) -> date:
    """The shop's day that counts: a worker that comes after midnight must cost nobody their right."""
    return clock.day_of(statement.received, shop().time_zone())


def items_of(lines: Mapping[str, int]) -> list[Item]:
    """What is asked for to come back, by the law's reason."""
    return [Item(units, line_id, reason_code=Reason.WITHDRAWAL.value) for line_id, units in lines.items()]


def _order(statement: WithdrawalStatement) -> Order | None:
    if not statement.order_id:
        return find_order(statement.order_number, statement.email)
    try:
        return shop().order(statement.order_id)
    except NotFound:
        return None


def _take_back(statement: WithdrawalStatement, order: Order) -> None:
    if statement.goods and not statement.lines:
        statement.outcome = "The goods are named in words: choose them."
        return
    # Before the offer is read: its twin must see the return that this one makes.
    store.open_order(order.id)
    guest, day = access.as_guest(order.id), day_of(statement)
    offer = offer_return(guest, order.id, withdrawal=True, declared=day)
    wanted = statement.lines or {line.order_line_id: line.sold for line in offer.lines}
    may = {line.order_line_id: line for line in offer.lines if line.available and not line.refused}
    taken = {key: min(units, may[key].available) for key, units in wanted.items() if key in may}
    if not taken:
        _nothing(statement, order, [line for line in offer.lines if line.order_line_id in wanted])
        return
    try:
        with transaction.atomic():
            rma = request_return(
                guest,
                order.id,
                items_of(taken),
                withdrawal=True,
                declared=day,
                language=statement.language,
            )
    except OpsError as error:
        statement.outcome = error.message[:500]
        return
    _settle(statement, rma, _left(statement, order, taken))


def _left(statement: WithdrawalStatement, order: Order, taken: Mapping[str, int]) -> int:
    """Units that were withdrawn from and are not in the return: named ones, or such as were not sent yet."""
    if statement.lines:
        return sum(units - taken.get(key, 0) for key, units in statement.lines.items())
    return sum(line.to_ship for line in order.lines)


def _settle(statement: WithdrawalStatement, rma: Return, left: int) -> None:
    statement.rma = rma
    if left:
        statement.outcome = f"Return {rma.number}. {left} more units are not in it: cancel what was not sent."
        return
    statement.outcome, statement.settled = f"Return {rma.number}.", clock.now()


def _nothing(statement: WithdrawalStatement, order: Order, lines: list[OfferedLine]) -> None:
    """Nothing can be taken back: said before, not sent yet, or not a case of the law."""
    before = WithdrawalStatement.objects.filter(order_id=order.id, rma__isnull=False).order_by("pk").first()
    if before and before.rma and not any(line.available for line in lines):
        statement.outcome, statement.settled = f"Repeats the withdrawal of {before.rma.number}.", clock.now()
        return
    why = next((line.why for line in lines if line.refused and line.available), "")
    statement.outcome = (why or "Nothing of this can come back: not sent yet, or returned already.")[:500]
