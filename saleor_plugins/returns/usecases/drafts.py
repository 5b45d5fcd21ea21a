"""What a shopper has answered so far, kept until it becomes a return or its day is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, NotFound
from saleor_plugins.platform.port import Asker

from .. import access
from ..models import Draft

KEPT = timedelta(days=1)
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True)
class Chosen:
    """Units of an order line, and what was answered about them: "" where nothing was yet.

    `quoted` is what the new goods cost when they were chosen, all units, in minor units.
    """

    line_id: str
    quantity: int
    reason_code: str = ""
    note: str = ""
    resolution: str = ""
    exchange_variant_id: str = ""
    quoted: int = 0


@dataclass(frozen=True)
class Answers:
    """All answers of a draft."""

    items: tuple[Chosen, ...] = ()
    method: str = ""

    @classmethod
    def of(cls, draft: Draft) -> Answers:
        """What is stored."""
        stored: Mapping[str, Any] = draft.answers
        items = tuple(Chosen(**row) for row in stored.get("items", ()))
        return cls(items, stored.get("method", ""))

    def choose(self, quantities: Mapping[str, int]) -> Answers:
        """Exactly these units; what was answered about a line that stays is kept."""
        known = {item.line_id: item for item in self.items}
        chosen = (
            known[line_id]
            if line_id in known and known[line_id].quantity == units
            # Of more or fewer units it is another exchange.
            else replace(
                known.get(line_id, Chosen(line_id, units)), quantity=units, exchange_variant_id="", quoted=0
            )
            for line_id, units in quantities.items()
        )
        return replace(self, items=tuple(chosen))

    def about(self, place: int, **answers: Any) -> Answers:
        """The same with other answers about the item at `place`, counted from 0."""
        items = list(self.items)
        items[place] = replace(items[place], **answers)
        return replace(self, items=tuple(items))


def open_draft(asker: Asker, order_id: str, language: str = "en") -> Draft:
    """The order's draft that is not sent yet, or a new one: two windows fill in the same.

    Raises NotFound (``orderId``).
    """
    access.order_for(asker, order_id)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [f"ops_returns.draft.{order_id}"])
        return unsent_draft(order_id) or Draft.objects.create(
            order_id=order_id,
            language=language,
            answers=asdict(Answers()),
            created=clock.now(),
            expires=clock.now() + KEPT,
        )


def unsent_draft(order_id: str) -> Draft | None:
    """The order's youngest draft of a page that is not sent yet; those of storefronts have no answers."""
    mine = Draft.objects.filter(order_id=order_id, rma=None, withdrawal=False, expires__gt=clock.now())
    return mine.exclude(answers={}).order_by("-pk").first()


def find_draft(asker: Asker, draft_id: UUID) -> Draft:
    """A draft of an order of the asker's. Raises NotFound (``draftId``), also when its time is over."""
    draft = Draft.objects.filter(pk=draft_id, expires__gt=clock.now()).first()
    if draft is None:
        raise NotFound("No such draft.", field="draftId")
    access.order_for(asker, draft.order_id)
    return draft


def answer(draft: Draft, change: Callable[[Answers], Answers], *, language: str = "") -> Answers:
    """Store what `change` makes of the present answers, and keep the draft for another day.

    Raises Conflict (``draftId``, SENT) when it has become a return.
    """
    with transaction.atomic():
        row = Draft.objects.select_for_update().get(pk=draft.pk)
        if row.rma_id:
            raise Conflict("It is sent already.", field="draftId", code="SENT")
        answers = change(Answers.of(row))
        row.answers, row.expires = asdict(answers), clock.now() + KEPT
        row.language = language or row.language
        row.save(update_fields=["answers", "expires", "language"])
    draft.answers = row.answers
    return answers


def purge_drafts(limit: int = 500) -> int:
    """Delete drafts whose time is over, with their pictures; answers how many."""
    old = Draft.objects.filter(expires__lte=clock.now()).order_by("expires")
    keys = list(old.values_list("pk", flat=True)[:limit])
    Draft.objects.filter(pk__in=keys).delete()
    return len(keys)
