"""Returns by id, and those that are due."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from saleor_plugins.kernel.errors import NotFound

from ..domain.machines import ReturnState
from ..models import Delivery, Return, ReturnLine


def find_return(return_id: UUID) -> Return:
    """The return, unlocked. Raises NotFound (field ``id``)."""
    rma = Return.objects.filter(pk=return_id).first()
    if rma is None:
        raise no_such_return()
    return rma


def lock_return(return_id: UUID) -> Return:
    """The return's row alone, locked: for what touches neither units nor money. Raises NotFound (``id``)."""
    rma = Return.objects.select_for_update().filter(pk=return_id).first()
    if rma is None:
        raise no_such_return()
    return rma


def deliveries(order_id: str) -> dict[str, datetime]:
    """When the order's parcels arrived at the customer, by fulfilment, where that is known."""
    return dict(Delivery.objects.filter(order_id=order_id).values_list("fulfillment_id", "at"))


def expired(now: datetime, limit: int = 500) -> list[UUID]:
    """Approved returns whose time is over by `now`, longest first: no scan, no money decided, none kept."""
    decided = ReturnLine.objects.filter(rma=OuterRef("pk")).filter(Q(credited__gt=0) | Q(kept__gt=0))
    rows = Return.objects.filter(state=ReturnState.APPROVED.value, scanned=None, expires__lte=now)
    rows = rows.filter(~Exists(decided)).order_by("expires")
    return list(rows.values_list("pk", flat=True)[:limit])


def no_such_return() -> NotFound:
    """The same answer for what does not exist and for what the asker may not see."""
    return NotFound("No such return.", field="id")
