"""A shopper at work on a draft: what is asked next, what lies behind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from saleor_plugins.http.pages import private
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, Order

from ...domain.reasons import Resolution
from ...models import Draft
from ...store.photos import count_photos
from ...usecases.drafts import Answers, Chosen, answer, find_draft
from ...usecases.offer_return import Offer, OfferedLine, OfferedReason, offer_return
from . import session
from .render import language, page

REASON, PHOTOS, OUTCOME, EXCHANGE, METHOD, CHECK = (
    "reason",
    "photos",
    "outcome",
    "exchange",
    "method",
    "check",
)


class Astray(Exception):
    """The shopper is where there is nothing to do any more; `path` below the portal is where to go."""

    def __init__(self, path: str):
        super().__init__(path)
        self.path = path


class Step(NamedTuple):
    """A page of the way: its kind, its item (from 0; -1 for none), and whether it is answered."""

    kind: str
    place: int
    done: bool


@dataclass
class Visit:
    """One request for a page of a draft. `place` is the item that it is about, from 0."""

    request: HttpRequest
    draft: Draft
    offer: Offer
    answers: Answers
    place: int = -1

    @cached_property
    def lines(self) -> dict[str, OfferedLine]:
        """The order's lines as they are offered today."""
        return {line.order_line_id: line for line in self.offer.lines}

    @property
    def asker(self) -> Asker:
        """Who is signed in."""
        asker: Asker = self.request.asker  # type: ignore[attr-defined]
        return asker

    @cached_property
    def order(self) -> Order:
        """The order."""
        return shop().order(self.draft.order_id)

    @cached_property
    def variant_names(self) -> dict[str, str]:
        """What the variants that were chosen in exchange are called."""
        chosen = {item.exchange_variant_id for item in self.answers.items} - {""}
        return {row.id: row.name or row.sku for row in shop().variants(chosen)} if chosen else {}

    @cached_property
    def photos(self) -> dict[str, int]:
        """How many pictures there are, by order line."""
        return dict(count_photos(self.draft.pk))

    @cached_property
    def language(self) -> str:
        """The shopper's."""
        return language(self.request)

    @property
    def item(self) -> Chosen:
        """The item that this page is about."""
        return self.answers.items[self.place]

    @property
    def line(self) -> OfferedLine:
        """Its line."""
        return self.lines[self.item.line_id]

    def reason(self, item: Chosen) -> OfferedReason | None:
        """The reason that was chosen, when it is offered (still)."""
        offered = self.lines[item.line_id].reasons
        return next((each for each in offered if each.code == item.reason_code), None)

    def resolution(self, item: Chosen) -> str:
        """What is wanted for an item: what was chosen, or the only thing that is offered."""
        offered = self.lines[item.line_id].resolutions
        return item.resolution if item.resolution in offered else offered[0] if len(offered) == 1 else ""

    @property
    def method(self) -> str:
        """How the goods travel: what was chosen, or the only way."""
        offered, chosen = self.offer.methods, self.answers.method
        return chosen if chosen in offered else offered[0] if len(offered) == 1 else ""

    def way(self) -> list[Step]:
        """Every question that these answers lead to, in order; the check is the last."""
        steps: list[Step] = []
        for place, item in enumerate(self.answers.items):
            steps += self._way_of(place, item)
        if len(self.offer.methods) > 1:
            steps.append(Step(METHOD, -1, bool(self.method)))
        return [*steps, Step(CHECK, -1, False)]

    def _way_of(self, place: int, item: Chosen) -> list[Step]:
        reason, wanted = self.reason(item), self.resolution(item)
        said = reason is not None and (bool(item.note) or not reason.note)
        steps = [Step(REASON, place, said)]
        if reason and reason.photos:
            steps.append(Step(PHOTOS, place, self.photos.get(item.line_id, 0) >= reason.photos))
        if len(self.lines[item.line_id].resolutions) > 1:
            steps.append(Step(OUTCOME, place, bool(wanted)))
        if wanted == Resolution.EXCHANGE:
            steps.append(Step(EXCHANGE, place, bool(item.exchange_variant_id)))
        return steps

    def path(self, step: Step) -> str:
        """Where a step's page is, below the portal."""
        number = f"{step.place + 1}/" if step.place >= 0 else ""
        return f"draft/{self.draft.pk}/{step.kind}/{number}"

    def onwards(self) -> HttpResponse:
        """To the first question that is open; to the check when none is."""
        return self.go(self.path(next(step for step in self.way() if not step.done)))

    def back(self, kind: str) -> str:
        """The address of the page before this one: the check, once everything else is answered."""
        way = self.way()
        here = next((i for i, step in enumerate(way) if (step.kind, step.place) == (kind, self.place)), 0)
        if kind != CHECK and all(step.done for step in way[:-1]):
            return self.address(self.path(way[-1]))
        return self.address(self.path(way[here - 1]) if here else "")

    def save(self, change: Callable[[Answers], Answers]) -> None:
        """Store answers."""
        self.answers = answer(self.draft, change, language=self.language)

    def address(self, path: str) -> str:
        """The path of a page of the portal as the browser knows it."""
        return session.base(self.request) + path

    def go(self, path: str) -> HttpResponse:
        """Go on with GET."""
        return see_other(self.request, path)

    def page(self, template: str, values: dict[str, Any], **options: Any) -> HttpResponse:
        """A page about the present item."""
        return page(self.request, template, {"place": self.place, **values}, **options)


def see_other(request: HttpRequest, path: str) -> HttpResponse:
    """Go on to `path` below the portal, with GET."""
    response = HttpResponseRedirect(session.base(request) + path)
    response.status_code = 303
    return private(response)


def visit(request: HttpRequest, draft_id: str, number: str = "") -> Visit:
    """The draft with what is offered today. Raises NotFound, or Astray when there is nothing to ask.

    An item that cannot be returned any more, or not as many of it, leads back to the items.
    """
    asker = request.asker  # type: ignore[attr-defined]
    draft = find_draft(asker, UUID(draft_id))
    if draft.rma_id:
        raise Astray(f"return/{draft.rma_id}/done/")
    found = Visit(request, draft, offer_return(asker, draft.order_id), Answers.of(draft))
    lines = found.lines
    for item in found.answers.items:
        line = lines.get(item.line_id)
        if line is None or line.refused or item.quantity > line.most:
            raise Astray("")
    if not found.answers.items:
        raise Astray("")
    if number:
        found.place = int(number) - 1
        if not 0 <= found.place < len(found.answers.items):
            raise Astray("")
    return found
