"""Labels: each change checked against the state that was seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound

from ..domain.labels import LABEL, LabelState
from ..domain.machines import ReturnState
from ..models import Return, ReturnLabel
from ..models.labels import HELD

_BOUGHT = LabelState.BOUGHT.value


def find_label(label_id: UUID) -> ReturnLabel:
    """The label with its return, without its picture. Raises NotFound (field ``id``)."""
    found = ReturnLabel.objects.select_related("rma").defer("content").filter(pk=label_id).first()
    if found is None:
        raise NotFound("No such label.", field="id")
    return found


def held_label(rma: Return) -> ReturnLabel | None:
    """The one label that the return has, or may have; without its picture."""
    return ReturnLabel.objects.defer("content").filter(rma=rma, state__in=HELD).first()


def last_label(rma: Return) -> ReturnLabel | None:
    """The newest label, whatever became of it; without its picture."""
    return ReturnLabel.objects.defer("content").filter(rma=rma).order_by("-sequence").first()


def label_refused(rma: Return) -> bool:
    """Whether the carrier sold no label, so that the customer had to find a way of their own."""
    last = last_label(rma)
    return last is not None and last.state == LabelState.FAILED.value


def bought_label(rma_id: UUID) -> ReturnLabel | None:
    """The label that may be used, with its picture."""
    return ReturnLabel.objects.select_related("rma").filter(rma=rma_id, state=_BOUGHT).first()


def new_label(rma: Return, carrier: str, service: str) -> ReturnLabel:
    """Reserve a label, under the return's lock."""
    last = ReturnLabel.objects.filter(rma=rma).aggregate(last=Max("sequence"))["last"] or 0
    return ReturnLabel.objects.create(
        rma=rma,
        sequence=last + 1,
        state=LabelState.RESERVED.value,
        carrier=carrier,
        service=service,
        created=clock.now(),
    )


def move_label(label: ReturnLabel, verb: str, **values: Any) -> None:
    """Take the label through `verb`; raises Conflict when it is not in a state for it."""
    target = LABEL.target(label.state, verb)
    if target not in HELD or target == _BOUGHT:
        values["settled"] = clock.now()
    if not ReturnLabel.objects.filter(pk=label.pk, state=label.state).update(state=target, **values):
        raise Conflict("The label was changed meanwhile.", field="id")
    label.state = target
    for name, value in values.items():
        setattr(label, name, value)


def waiting(before: datetime, limit: int = 200) -> list[UUID]:
    """Labels that are reserved since before then, oldest first."""
    rows = ReturnLabel.objects.filter(state=LabelState.RESERVED.value, created__lt=before)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def unanswered(before: datetime, limit: int = 200) -> list[ReturnLabel]:
    """Labels that were asked for before then, and nobody came back with an answer."""
    rows = ReturnLabel.objects.filter(state=LabelState.SENT.value, sent__lt=before)
    return list(rows.defer("content").order_by("pk")[:limit])


def under_way(limit: int) -> dict[str, UUID]:
    """Returns whose label no carrier has scanned yet, by its number, newest first."""
    rows = ReturnLabel.objects.filter(
        state=_BOUGHT, rma__state=ReturnState.APPROVED.value, rma__scanned=None
    ).order_by("-pk")
    return dict(rows.values_list("tracking_number", "rma_id")[:limit])
