"""Stray parcels by id, and the returns they may belong to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from saleor_plugins.kernel.errors import NotFound

from ..domain.machines import RETURN, ReturnState
from ..models import Return, StrayParcel

RECEIVABLE = [state.value for state in ReturnState if RETURN.allows(state, "receive")]


def find(stray_id: UUID) -> StrayParcel:
    """The parcel, unlocked. Raises NotFound (field ``id``)."""
    stray = StrayParcel.objects.filter(pk=stray_id).first()
    if stray is None:
        raise NotFound("No such parcel.", field="id")
    return stray


def find_return(return_id: UUID) -> Return:
    """The return that a parcel is given to. Raises NotFound (field ``returnId``)."""
    rma = Return.objects.filter(pk=return_id).first()
    if rma is None:
        raise NotFound("No such return.", field="returnId")
    return rma


def listed(*, warehouse_id: str = "", settled: bool = False) -> Any:
    """Open parcels, or settled ones, of one warehouse or of all."""
    rows = StrayParcel.objects.filter(settled__isnull=not settled).select_related("rma")
    return rows.filter(warehouse_id=warehouse_id) if warehouse_id else rows


def candidates(tracking_number: str, limit: int = 10) -> list[Return]:
    """Returns that wait for a parcel with this number, newest first."""
    if not tracking_number:
        return []
    rows = Return.objects.filter(tracking_number=tracking_number, state__in=RECEIVABLE)
    return list(rows.order_by("-pk")[:limit])
