"""Buy a return's label: reserve, ask the carrier outside any transaction, settle.

Safe to kill anywhere. What was asked for is never asked for again by the machine: without an answer the label
is UNKNOWN until a person has looked at the carrier's (`resolve_label`).
"""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import transaction

from saleor_plugins.carriers import CarrierApi, Label, Refused, Sending
from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, OpsError
from saleor_plugins.kernel.ids import to_global

from .. import payloads, store
from ..domain.labels import KEPT, LabelState
from ..domain.machines import ReturnState
from ..domain.rules.methods import LABEL, QR
from ..models import Return, ReturnLabel
from ..store import Desk
from ..store.labels import find_label, held_label, move_label, new_label
from .label_service import CARRIER, label_service, needed_service, sending
from .track_return import track_return
from .void_label import void

logger = logging.getLogger(__name__)

DUE = "returns.label_due"
METHODS = (LABEL, QR)


def reserve_label(return_id: UUID) -> ReturnLabel | None:
    """Reserve a label for an approved return that travels with one; None when it needs none, or has one."""
    service = label_service()
    if service is None:
        return None
    with transaction.atomic():
        desk = store.open_return(return_id)
        rma = desk.request
        if rma.method not in METHODS or not is_awaited(desk) or rma.labels.exists():
            return None
        return _reserve(rma, service.carrier, service.service)


def buy_again(return_id: UUID) -> Return:
    """Reserve another label after one that failed, or a first one for a return without.

    The label that is there is left as it is. Raises NotFound (``id``), Conflict: (``state``) unless goods are
    awaited, (``id``) IN_PROGRESS, UNKNOWN_OUTCOME until a person has resolved the last, NOT_SET_UP.
    """
    service = needed_service()
    with transaction.atomic():
        desk = store.open_return(return_id)
        rma, known = desk.request, held_label(desk.request)
        if not is_awaited(desk):
            raise Conflict(f"The return is {rma.state}, or nothing of it is awaited.", field="state")
        if known and known.state == LabelState.UNKNOWN:
            text = "The carrier's last answer was lost: resolve that label first."
            raise Conflict(text, field="id", code="UNKNOWN_OUTCOME")
        if known and known.state != LabelState.BOUGHT:
            raise Conflict("A label is being bought.", field="id", code="IN_PROGRESS")
        if known is None:
            rma.method = rma.method if rma.method in METHODS else LABEL
            rma.save(update_fields=["method"])
            _reserve(rma, service.carrier, service.service)
    return rma


def buy_label(label_id: UUID) -> None:
    """Buy a reserved label; one in any other state is left alone. Raises NotFound (``id``)."""
    label = find_label(label_id)
    if label.state != LabelState.RESERVED:
        return
    try:
        service = needed_service()
        api, parcel = service.api(), sending(label.rma, service.grams)
    except OpsError as error:
        _failed(label, error.message)
    else:
        if _claimed(label):
            _ask(api, parcel, label, service.format)


def is_awaited(desk: Desk) -> bool:
    """Whether goods of the return may still be sent."""
    awaited = any(store.buckets(line).awaited for line in desk.request_lines)
    return desk.request.state == ReturnState.APPROVED and awaited


def bought(label: ReturnLabel, made: Label) -> None:
    """Settle a label that is there: the return gets its number; one that ended meanwhile needs none."""
    with transaction.atomic():
        desk = store.open_return(label.rma_id)
        move_label(
            label,
            "succeed",
            tracking_number=made.tracking_number[:255],
            identifier=made.identifier[:255],
            content=made.content,
            format=made.format if made.content else "",
            cost=made.amount,
            currency=made.currency[:3],
            expires=clock.now() + KEPT,
        )
        if not is_awaited(desk):
            void(label)
            return
        track_return(CARRIER, label.rma_id, label.carrier, label.tracking_number)
        told = {"labelId": to_global("ReturnLabel", label.pk), "trackingNumber": label.tracking_number}
        emit("return.label_ready", {**payloads.of_request(desk.request), **told, "carrier": label.carrier})


def _reserve(rma: Return, carrier: str, service: str) -> ReturnLabel:
    label = new_label(rma, carrier, service)
    emit(DUE, {"labelId": str(label.pk)})
    return label


def _claimed(label: ReturnLabel) -> bool:
    """Mark the label as asked for; False when it is not needed any more, or somebody else asks."""
    with transaction.atomic():
        desk = store.open_return(label.rma_id)
        label.refresh_from_db(fields=["state"])
        if label.state != LabelState.RESERVED:
            return False
        wanted = is_awaited(desk)
        if wanted:
            move_label(label, "send", sent=clock.now())
        else:
            move_label(label, "void")
        return wanted


def _ask(api: CarrierApi, parcel: Sending, label: ReturnLabel, form: str) -> None:
    try:
        made = api.label(parcel, label.service, form)
    except Refused as error:
        _failed(label, error.message)
    except Exception as error:  # whatever a library raises, the label may have been bought
        logger.error("return_label_lost", extra={"label": str(label.pk), "error": type(error).__name__})
        move_label(label, "lose", message="The carrier's answer was lost.")
    else:
        number = made.tracking_number
        if number and number.isascii() and number.isprintable():
            bought(label, made)
        else:
            move_label(label, "lose", message="The carrier answered without a number.")


def _failed(label: ReturnLabel, message: str) -> None:
    """The carrier said no, or could not be asked: staff sees it, and the shopper sends with their own."""
    with transaction.atomic():
        rma = store.lock_return(label.rma_id)
        move_label(label, "fail", message=message[:300])
        emit("return.label_failed", {**payloads.of_request(rma), "message": label.message})
