"""Staff decide about a withdrawal that no order was found for, or that needs more than its return."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from saleor_plugins.http import texts
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound, PermissionDenied
from saleor_plugins.platform.port import Asker

from .. import access
from ..models import WithdrawalStatement
from .match_withdrawal import day_of, items_of
from .offer_return import offer_return
from .request_return import request_return

MOST_OF_OUTCOME = 500


def settle_withdrawal(
    asker: Asker,
    statement_id: UUID,
    outcome: str,
    *,
    order_id: str = "",
    lines: Mapping[str, int] | None = None,
) -> WithdrawalStatement:
    """Settle it with what became of it; with an order, by a return of `lines`, or of all that may come back.

    Raises PermissionDenied, NotFound (``id``, ``orderId``), Required (``outcome``), Conflict (``id``) when it
    is settled, (``orderId``) when it has a return, and as `request_return`.
    """
    if not access.is_staff(asker):
        raise PermissionDenied(f"You need the permission {access.PERMISSION}.")
    words = texts.required(outcome, field="outcome", most=MOST_OF_OUTCOME)
    with transaction.atomic():
        statement = WithdrawalStatement.objects.select_for_update().filter(pk=statement_id).first()
        if statement is None:
            raise NotFound("No such withdrawal.", field="id")
        if statement.settled:
            raise Conflict("This withdrawal is settled.", field="id", code="SETTLED")
        if order_id:
            if statement.rma_id:
                raise Conflict("This withdrawal has a return.", field="orderId")
            _take_back(asker, statement, order_id, lines)
        statement.outcome, statement.settled = words, clock.now()
        statement.save(update_fields=["order_id", "rma", "settled", "outcome"])
    return statement


def _take_back(
    asker: Asker, statement: WithdrawalStatement, order_id: str, lines: Mapping[str, int] | None
) -> None:
    if lines is None:
        offer = offer_return(asker, order_id, withdrawal=True)
        lines = {line.order_line_id: line.available for line in offer.lines if line.available}
    statement.rma = request_return(
        asker,
        order_id,
        items_of(lines),
        withdrawal=True,
        declared=day_of(statement),
        language=statement.language,
    )
    statement.order_id = order_id
