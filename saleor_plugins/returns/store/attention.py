"""Returns that wait for somebody, found by what they wait for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from ..domain.labels import LabelState
from ..domain.machines import PartState, RefundState, ReturnState
from ..domain.rules.refund_on import SCAN
from ..models import Refund, RefundPart, ReturnLabel, ReturnLine
from ..models.requests import UNCREDITED, UNINSPECTED

_OPEN = (ReturnState.APPROVED.value, ReturnState.RECEIVING.value)
# Approved units of which nobody has decided anything, nor paid them in advance.
UNPAID = Q(approved__gt=F("missing") + F("kept") + F("accepted") + F("rejected") + F("advanced"))


class Attention(StrEnum):
    """What a return waits for."""

    APPROVAL = "APPROVAL"
    INSPECTION = "INSPECTION"
    REFUND = "REFUND"
    PROMISED_REFUND = "PROMISED_REFUND"
    FAILED_REFUND = "FAILED_REFUND"
    UNKNOWN_REFUND = "UNKNOWN_REFUND"
    OVERDUE = "OVERDUE"
    LABEL = "LABEL"


def waiting_for(what: str, now: datetime) -> Q:
    """Which returns need this attention; each is answered by an index of its own."""
    return _QUERIES[Attention(what)](now)


def _state(state: ReturnState, **more: Any) -> Q:
    return Q(state=state.value, **more)


def _lines(condition: Q) -> Q:
    return Q(pk__in=ReturnLine.objects.filter(condition).values("rma"))


def _parts() -> Q:
    return Q(pk__in=RefundPart.objects.filter(state=PartState.UNKNOWN.value).values("refund__rma"))


def _labels() -> Q:
    rows = ReturnLabel.objects.filter(state__in=(LabelState.FAILED.value, LabelState.UNKNOWN.value))
    later = ReturnLabel.objects.filter(rma=OuterRef("rma"), sequence__gt=OuterRef("sequence"))
    return Q(pk__in=rows.filter(~Exists(later)).values("rma"))


_QUERIES: dict[Attention, Callable[[datetime], Q]] = {
    Attention.APPROVAL: lambda now: _state(ReturnState.REQUESTED),
    Attention.INSPECTION: lambda now: _lines(UNINSPECTED),
    Attention.REFUND: lambda now: _lines(UNCREDITED),
    # A carrier has the goods, the terms give the money for that, and it was not decided: a person must look.
    Attention.PROMISED_REFUND: lambda now: (
        Q(state__in=_OPEN, scanned__isnull=False, terms__refund_on=SCAN) & _lines(UNPAID)
    ),
    Attention.FAILED_REFUND: lambda now: Q(
        pk__in=Refund.objects.filter(state=RefundState.FAILED.value).values("rma")
    ),
    Attention.UNKNOWN_REFUND: lambda now: _parts(),
    # A scan, or money given in advance, keeps such a return from expiring by itself.
    # The carrier said no, or nobody knows what it said.
    Attention.LABEL: lambda now: _state(ReturnState.APPROVED, scanned=None) & _labels(),
    Attention.OVERDUE: lambda now: _state(ReturnState.APPROVED, expires__lte=now),
}
