"""A person has looked at the carrier's what became of a label whose answer was lost."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.carriers import Label
from saleor_plugins.http.texts import one_line
from saleor_plugins.kernel.errors import Invalid, Required
from saleor_plugins.platform.port import Asker

from .. import store
from ..models import Return
from ..store.labels import find_label, move_label
from .buy_label import bought

MAX_BYTES = 700_000
_STARTS = {b"%PDF-": "PDF", b"\x89PNG\r\n\x1a\n": "PNG"}


def resolve_label(
    asker: Asker, label_id: UUID, was_bought: bool, *, tracking_number: str = "", content: bytes = b""
) -> Return:
    """Settle an UNKNOWN label: it was made, under this number and with this picture, or it was not.

    Raises NotFound (``id``), Required (``trackingNumber``), Invalid, (``content``) for what is no PDF or PNG,
    Conflict (``state``) for a label that is not UNKNOWN.
    """
    number = one_line(tracking_number, field="trackingNumber", most=255)
    if was_bought and not number:
        raise Required("Name the label's number.", field="trackingNumber")
    if not number.isascii():
        raise Invalid("Only letters, digits and signs of ASCII.", field="trackingNumber")
    made = Label(number, content, _format(content))
    with transaction.atomic():
        label = find_label(label_id)
        rma = store.open_return(label.rma_id).request
        if was_bought:
            bought(label, made)
        else:
            move_label(label, "fail", message="The carrier made no label.")
        store.log(rma, "label", asker, {"bought": was_bought})
    return rma


def _format(content: bytes) -> str:
    known = next((form for start, form in _STARTS.items() if content.startswith(start)), "")
    if content and (not known or len(content) > MAX_BYTES):
        raise Invalid("Must be a PDF or PNG.", field="content")
    return known
