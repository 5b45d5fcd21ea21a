"""Give up waiting for goods that nobody sent."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock

from .. import access, payloads, store
from ..domain.machines import RETURN
from ..store import Desk


def expire_return(return_id: UUID) -> bool:
    """Expire the return when its time is over; its units are free again. False when it may not.

    It may not while a carrier has its parcel, or once the customer has, or was promised, money for a unit:
    a person decides then. Raises NotFound (``id``).
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        if not _is_due(desk):
            return False
        store.move(desk.request, "expire")
        for line in desk.request_lines:
            store.save_buckets(line, store.buckets(line).lose())
        data = {"lines": payloads.of_changes(desk)}
        store.log(desk.request, "expire", access.SYSTEM, data)
        emit("return.expired", payloads.of_return(desk, **data))
    return True


def _is_due(desk: Desk) -> bool:
    rma = desk.request
    return (
        RETURN.allows(rma.state, "expire")
        and rma.scanned is None
        and rma.expires is not None
        and rma.expires <= clock.now()
        and not any(line.credited or line.kept for line in desk.request_lines)
    )
