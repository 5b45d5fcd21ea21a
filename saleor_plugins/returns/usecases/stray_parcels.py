"""Parcels that arrived and that nobody can give to a return yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.http.texts import clean, required
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Required
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from .. import store
from ..models import StrayParcel
from ..store import strays
from .receive_parcel import check_warehouses


def add_stray(asker: Asker, warehouse_id: str, tracking_number: str = "", note: str = "") -> StrayParcel:
    """Write down a parcel. Raises NotFound (``warehouseId``), Required (``note``) without any trace of it."""
    number = clean(tracking_number, field="trackingNumber", most=255)
    text = clean(note, field="note")
    if not number and not text:
        raise Required("Give its tracking number, or say what it is.", field="note")
    check_warehouses({warehouse_id})
    return StrayParcel.objects.create(
        warehouse_id=warehouse_id, tracking_number=number, note=text, at=clock.now()
    )


def match_stray(asker: Asker, stray_id: UUID, return_id: UUID) -> StrayParcel:
    """It is a parcel of this return; what is in it is taken in with `receive_parcel`.

    Raises NotFound (``id``, ``returnId``), Conflict (``id``) when it was settled before.
    """
    with transaction.atomic():
        rma = strays.find_return(return_id)
        desk = store.open_return(rma.pk)
        stray = _settle(stray_id, rma=desk.request)
        data = {
            "strayParcelId": to_global("StrayParcel", stray.pk),
            "warehouseId": stray.warehouse_id,
            "trackingNumber": stray.tracking_number,
        }
        store.log(desk.request, "match", asker, data)
    return stray


def dismiss_stray(asker: Asker, stray_id: UUID, reason: str) -> StrayParcel:
    """It belongs to no return. Raises Required (``reason``), NotFound (``id``), Conflict (``id``)."""
    why = required(reason, field="reason")
    with transaction.atomic():
        return _settle(stray_id, dismissed=why)


def _settle(stray_id: UUID, **values: Any) -> StrayParcel:
    rows = StrayParcel.objects.filter(pk=stray_id, settled=None)
    done = rows.update(settled=clock.now(), **values)
    stray = strays.find(stray_id)
    if not done:
        raise Conflict("The parcel was settled before.", field="id")
    return stray
