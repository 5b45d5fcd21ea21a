"""A return as its shopper may see it: what is in it, what happened, what was said, what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Min, QuerySet

from saleor_plugins.platform.port import Asker

from .. import access
from ..domain.machines import ReturnState
from ..domain.reasons import Resolution
from ..domain.rules.terms import Terms
from ..models import (
    LedgerEntry,
    Receipt,
    Refund,
    RefundPart,
    Return,
    ReturnLabel,
    ReturnLine,
    ReturnMessage,
)

# The youngest messages; earlier ones are with the merchant.
MESSAGES = 50
ENTRIES = 100


@dataclass(frozen=True)
class Paid:
    """A way in which money was given: what kind, how much in minor units, and how it stands."""

    kind: str
    amount: int
    state: str


@dataclass(frozen=True)
class Story:
    """One return. `refund_due` is the law's last day for the money, where it has one."""

    rma: Return
    currency: str
    lines: tuple[ReturnLine, ...]
    label: ReturnLabel | None
    received: datetime | None
    refunded: datetime | None
    paid: tuple[Paid, ...]
    messages: tuple[ReturnMessage, ...]
    entries: tuple[LedgerEntry, ...]
    refund_due: date | None

    @property
    def kept(self) -> bool:
        """Whether nothing is to be sent: the customer keeps all that was approved."""
        approved = sum(line.approved for line in self.lines)
        return 0 < approved == sum(line.kept for line in self.lines)

    @property
    def exchanged(self) -> bool:
        """Whether the shopper wants other goods and no money."""
        return all(line.resolution == Resolution.EXCHANGE.value for line in self.lines)

    @property
    def cancellable(self) -> bool:
        """Whether the shopper may still cancel it."""
        early = self.rma.state in (ReturnState.REQUESTED.value, ReturnState.APPROVED.value)
        return early and not any(line.credited or line.kept for line in self.lines)


def return_story(asker: Asker, return_id: UUID) -> Story:
    """The return with all that its shopper may know, in constant queries. Raises NotFound (``id``)."""
    rma = access.return_for(asker, return_id)
    refunds = Refund.objects.filter(rma=rma)
    parts = RefundPart.objects.filter(refund__in=refunds).exclude(state="REPLACED").order_by("pk")
    messages = ReturnMessage.objects.filter(rma=rma, internal=False).order_by("-pk")[:MESSAGES]
    labels: QuerySet[ReturnLabel] = rma.labels.defer("content").order_by("-sequence")
    return Story(
        rma=rma,
        currency=rma.order.currency,
        lines=tuple(rma.lines.select_related("line").order_by("position")),
        label=labels.first(),
        received=Receipt.objects.filter(rma=rma).aggregate(at=Min("at"))["at"],
        refunded=max((row.settled for row in refunds if row.settled), default=None),
        paid=tuple(Paid(row.kind, row.amount, _state(row.state)) for row in parts),
        messages=tuple(reversed(messages)),
        entries=tuple(LedgerEntry.objects.filter(rma=rma).order_by("pk")[:ENTRIES]),
        refund_due=Terms.restored(rma.terms).refund_due if rma.terms else None,
    )


def _state(part: str) -> str:
    return part if part in ("SUCCEEDED", "FAILED") else "PENDING"
