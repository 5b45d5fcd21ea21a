"""Let the goods of a return come back."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.policy import Policy, deadline
from ..domain.restocking import Choice
from ..domain.rules.terms import Terms
from ..models import Return, ReturnLine
from ..store import Desk
from .choose_warehouse import NAMED, destination
from .named_lines import Units, named_lines


def approve_return(
    asker: Asker, return_id: UUID, items: Units | None = None, *, destination_id: str = ""
) -> Return:
    """Approve all of it, or only `items` (return line, units): the rest is declined.

    Without a destination the merchant's rule chooses the warehouse. Raises NotFound (``id``,
    ``warehouseId``, ``lines.N.returnLineId``), Invalid (``lines.N.quantity``; ``lines`` when no unit is
    approved), Conflict (``state``) unless it is REQUESTED.
    """
    if destination_id and destination_id not in {warehouse.id for warehouse in shop().warehouses()}:
        raise NotFound("No such warehouse.", field="warehouseId")
    with transaction.atomic():
        desk = store.open_return(return_id)
        approve(desk, asker, items, destination_id=destination_id)
    return desk.request


def approve(desk: Desk, asker: Asker, items: Units | None = None, *, destination_id: str = "") -> None:
    """Approve inside the caller's transaction."""
    rma = desk.request
    store.move(rma, "approve")
    chosen = None if items is None else named_lines(desk, items)
    if chosen is not None and not any(quantity for _, quantity in chosen):
        raise Invalid("Approve at least one unit, or decline the return.", field="lines")
    for line in desk.request_lines:
        quantity, field = _approved(line, chosen)
        store.save_buckets(line, store.buckets(line).approve(quantity, field=field))
    policy = Policy.restored(rma.policy)
    days = Terms.restored(rma.terms).expiry_days if rma.terms else policy.expiry_days
    rma.expires = deadline(days, clock.now(), shop().time_zone())
    choice = Choice(destination_id, NAMED) if destination_id else destination(desk, policy)
    rma.destination_id = choice.warehouse_id
    rma.save(update_fields=["expires", "destination_id"])
    data = {"lines": payloads.of_changes(desk), "destinationId": rma.destination_id or None}
    store.log(rma, "approve", asker, {**data, "destinationWhy": choice.why})
    emit("return.approved", payloads.of_return(desk, expires=payloads.instant(rma.expires), **data))


def _approved(line: ReturnLine, chosen: list[tuple[ReturnLine, int]] | None) -> tuple[int | None, str]:
    """How many units of the line, and the input that says so; None for all."""
    if chosen is None:
        return None, "quantity"
    for i, (named, quantity) in enumerate(chosen):
        if named is line:
            return quantity, f"lines.{i}.quantity"
    return 0, "quantity"
