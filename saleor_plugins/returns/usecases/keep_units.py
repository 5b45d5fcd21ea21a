"""Let the customer keep goods and have their money all the same."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..models import Return
from .named_lines import Units, named_lines


def keep_units(asker: Asker, return_id: UUID, items: Units) -> Return:
    """`items` (return line, units) stay with the customer; their refund is decided by `refund_return`.

    Raises NotFound (``id``, ``lines.N.returnLineId``), Invalid (``lines.N.quantity``, OVER_KEEP) for more
    than is awaited, Conflict (``state``) before the approval and after the end.
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "keep")
        for i, (line, quantity) in enumerate(named_lines(desk, items)):
            store.save_buckets(line, store.buckets(line).keep(quantity, field=f"lines.{i}.quantity"))
        data = {"lines": payloads.of_changes(desk)}
        store.log(desk.request, "keep", asker, data)
        emit("return.kept", payloads.of_return(desk, **data))
    return desk.request
