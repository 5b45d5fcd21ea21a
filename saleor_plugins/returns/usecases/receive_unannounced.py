"""Take in a parcel that nobody announced."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Invalid, NotFound
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.policy import check_available
from ..domain.quantities import positive
from ..domain.reasons import Reason
from ..models import Return, ReturnLine
from ..store import Desk
from .case import rules_now
from .receive_parcel import Parcel, check_count, check_warehouses, take_in
from .request_return import open_request


def receive_unannounced(
    asker: Asker,
    order_id: str,
    warehouse_id: str,
    items: Sequence[tuple[str, int]],
    *,
    tracking_number: str = "",
) -> Return:
    """Open a return for `items` (order line, units) that are here already: RECEIVING at once.

    Raises NotFound (``orderId``, ``warehouseId``, ``lines.N.orderLineId``), Required and Invalid
    (``lines``, ``lines.N.quantity``: UNRETURNABLE for units that are not with the customer, or in a return).
    """
    check_warehouses({warehouse_id})
    with transaction.atomic():
        desk = store.open_order(order_id)
        open_request(desk, rules_now(), _lines(desk, items), asker)
        store.move(desk.request, "approve")
        for line in desk.request_lines:
            store.save_buckets(line, store.buckets(line).approve())
        desk.request.destination_id = warehouse_id
        desk.request.save(update_fields=["destination_id"])
        store.move(desk.request, "receive")
        data = {"lines": payloads.of_wishes(desk.request_lines), "unannounced": True}
        store.log(desk.request, "request", asker, data)
        store.log(desk.request, "approve", asker, {"destinationId": warehouse_id, "unannounced": True})
        emit(
            "return.requested",
            payloads.of_return(desk, requestedBy=asker.kind.value, withdrawal=False, **data),
        )
        expected = [(line.pk, line.requested) for line in desk.request_lines]
        take_in(desk, asker, Parcel(warehouse_id, expected, tracking_number), unannounced=True)
    return desk.request


def _lines(desk: Desk, items: Sequence[tuple[str, int]]) -> list[ReturnLine]:
    check_count(items)
    keys = [key for key, _ in items]
    lines = []
    for i, (key, quantity) in enumerate(items):
        account = desk.accounts.get(key)
        if account is None:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if keys.index(key) != i:
            raise Invalid("This line is named twice.", field=f"lines.{i}", code="DUPLICATE")
        positive(quantity, field=f"lines.{i}.quantity")
        check_available(quantity, account.available, field=f"lines.{i}.quantity")
        lines.append(ReturnLine(line=account, reason_code=Reason.UNANNOUNCED.value, requested=quantity))
    return lines
