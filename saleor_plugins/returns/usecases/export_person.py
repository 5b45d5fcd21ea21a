"""Everything the desk holds about a person (GDPR, Articles 15 and 20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from saleor_plugins.kernel.errors import Required
from saleor_plugins.platform.port import Asker

from .. import access
from ..models import (
    AccessCode,
    Draft,
    Flag,
    LedgerEntry,
    OrderLedger,
    Photo,
    Receipt,
    Refund,
    RefundAllocation,
    RefundPart,
    Return,
    ReturnableLine,
    ReturnLabel,
    ReturnLine,
    ReturnMessage,
    SentMail,
    WithdrawalStatement,
)
from ..store.person import Person, find_person

ENCODER = DjangoJSONEncoder
# Bytes are told apart (`files_of`); hashes and keys tell nobody anything.
_LEFT_OUT = {"content", "preview", "code_hash", "digest", "policy"}


def export_person(asker: Asker, email: str = "", user_id: str = "") -> dict[str, Any]:
    """Rows by kind, as JSON-able dictionaries; what is encrypted is told in clear.

    Raises PermissionDenied, Required (``email``).
    """
    access.require_privacy(asker)
    if not (email.strip() or user_id):
        raise Required("Name an e-mail address or an account.", field="email")
    return _told(find_person(email.strip(), user_id))


def files_of(person: Person) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every photo and label, one in memory at a time."""
    for photo in _photos(person).iterator(chunk_size=1):
        yield f"photos/{photo.pk}.jpg", bytes(photo.content)
    for label in ReturnLabel.objects.filter(rma__in=person.returns).iterator(chunk_size=1):
        if label.content:
            yield f"labels/{label.pk}.{(label.format or 'bin').lower()}", bytes(label.content)


def _photos(person: Person) -> Any:
    lines = Photo.objects.filter(return_line__rma__in=person.returns)
    return (lines | Photo.objects.filter(draft__in=person.drafts)).order_by("pk")


def _told(person: Person) -> dict[str, Any]:
    mine = {"rma__in": person.returns}
    orders = {"order__in": person.orders}
    rows: dict[str, Any] = {
        "orders": OrderLedger.objects.filter(pk__in=person.orders),
        "orderLines": ReturnableLine.objects.filter(**orders),
        "returns": Return.objects.filter(pk__in=person.returns),
        "returnLines": ReturnLine.objects.filter(**mine),
        "messages": ReturnMessage.objects.filter(**mine),
        "history": LedgerEntry.objects.filter(**mine),
        "parcels": Receipt.objects.filter(**mine),
        "refunds": Refund.objects.filter(**mine),
        "refundRows": RefundAllocation.objects.filter(refund__rma__in=person.returns),
        "refundParts": RefundPart.objects.filter(refund__rma__in=person.returns),
        "labels": ReturnLabel.objects.filter(**mine).defer("content"),
        "photos": _photos(person).defer("content", "preview"),
        "flags": Flag.objects.filter(**mine),
        "mails": SentMail.objects.filter(**mine) | SentMail.objects.filter(order_id__in=person.orders),
        "drafts": Draft.objects.filter(pk__in=person.drafts),
        "withdrawals": WithdrawalStatement.objects.filter(pk__in=person.statements),
        "codes": AccessCode.objects.filter(pk__in=person.codes),
    }
    return {name: [_row(row) for row in found.order_by("pk")] for name, found in rows.items()}


def _row(row: Model) -> dict[str, Any]:
    fields = [field for field in row._meta.concrete_fields if field.name not in _LEFT_OUT]
    return {field.attname: getattr(row, field.attname) for field in fields}
