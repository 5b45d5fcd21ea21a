"""Take back a label that nobody needs any more: at once for us, then at the carrier's."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.carriers import Refused
from saleor_plugins.delivery import emit

from .. import store
from ..domain.labels import LABEL
from ..models import Receipt, Return, ReturnLabel
from ..store.labels import find_label, held_label, move_label
from .label_service import label_service

VOID = "returns.label_void"


def void_label(return_id: UUID) -> None:
    """Void the label of a return that has ended, unless a parcel used it.

    One that is just being bought is voided by whoever buys it; one of unknown outcome waits for a person.
    """
    with transaction.atomic():
        rma = store.lock_return(return_id)
        label = held_label(rma)
        if label and LABEL.allows(label.state, "void") and not _is_used(rma):
            void(label)


def void(label: ReturnLabel) -> None:
    """Void inside the caller's transaction; its picture and number open nothing any more."""
    was_bought = bool(label.tracking_number)
    move_label(label, "void", content=b"")
    if was_bought:
        emit(VOID, {"labelId": str(label.pk)})


def void_at_carrier(label_id: UUID) -> None:
    """Tell the carrier, outside any transaction; again does no harm. What it says is kept with the label."""
    label = find_label(label_id)
    service = label_service()
    if service is None or service.carrier != label.carrier or not label.identifier:
        told = "The carrier was not told: take it back there."
    else:
        try:
            service.api().void(label.identifier, label.service)
            told = "Taken back by the carrier."
        except Refused as error:
            told = f"Not taken back: {error.message}"
    ReturnLabel.objects.filter(pk=label.pk).update(message=told[:300])


def _is_used(rma: Return) -> bool:
    return rma.scanned is not None or Receipt.objects.filter(rma=rma).exists()
