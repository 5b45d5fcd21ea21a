"""Ask to return units of an order."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.platform.port import Asker

from .. import access, config, payloads, store
from ..domain.machines import ReturnState
from ..domain.policy import Policy
from ..domain.quantities import Buckets
from ..models import Return, ReturnLine
from ..store import Desk
from .approve_return import approve
from .request_lines import Item, Wishes

__all__ = ["Item", "open_request", "request_return"]


def request_return(asker: Asker, order_id: str, items: Sequence[Item]) -> Return:
    """Reserve the units and open a return; approved at once where the merchant's rule says so.

    Raises NotFound (``orderId``, ``lines.N...``) and Invalid naming the field: quantities, duplicate lines,
    units not shipped or already returned (UNRETURNABLE), a shopper's request after the window
    (WINDOW_CLOSED). Staff are not bound by the window, but what is outside it waits for an approval.
    """
    access.order_for(asker, order_id)
    policy = config.policy()
    with transaction.atomic():
        desk = store.open_order(order_id)
        wishes = Wishes(desk)
        lines = wishes.lines(items)
        late = _is_late(asker, wishes, lines, policy)
        open_request(desk, policy, lines, asker)
        data = {"lines": payloads.of_wishes(lines)}
        store.log(desk.request, "request", asker, data)
        emit("return.requested", payloads.of_return(desk, requestedBy=asker.kind.value, **data))
        if policy.auto_approve and not late:
            approve(desk, access.SYSTEM)
    return desk.request


def _is_late(asker: Asker, wishes: Wishes, lines: list[ReturnLine], policy: Policy) -> bool:
    try:
        wishes.check_windows(lines, policy)
    except Invalid:
        if not access.is_staff(asker):
            raise
        return True
    return False


def open_request(desk: Desk, policy: Policy, lines: list[ReturnLine], asker: Asker) -> None:
    """Store a return that asks for `lines`, inside the caller's transaction."""
    desk.ledger.returns += 1
    desk.ledger.save(update_fields=["returns"])
    desk.rma = Return.objects.create(
        number=f"{desk.ledger.number}-R{desk.ledger.returns}",
        order=desk.ledger,
        user_id=desk.ledger.user_id,
        requested_by=asker.kind.value,
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
