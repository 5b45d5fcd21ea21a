"""Which items, and how many of each? The first page of whoever has come in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from saleor_plugins.platform import shop

from ...models import Return
from ...usecases.drafts import Answers, answer, open_draft, unsent_draft
from ...usecases.offer_return import Offer, OfferedLine, offer_return
from . import session
from .render import FormError, language, page
from .show import day
from .states import tone
from .visit import Visit
from .words import counted, words

# More than this is typed, not chosen from a list.
LISTED = 20
RETURNS = 20


def items(request: HttpRequest) -> HttpResponse:
    """``portal/``: choose items; earlier returns of the order, and what cannot be returned and why."""
    asker = request.asker  # type: ignore[attr-defined]
    order_id = session.order_id(request) or ""
    offer = offer_return(asker, order_id)
    if request.method != "POST":
        draft = unsent_draft(order_id)
        chosen = {item.line_id: str(item.quantity) for item in Answers.of(draft).items} if draft else {}
        return _shown(request, order_id, offer, chosen, {})
    given = {
        line_id: request.POST.get(f"quantity-{line_id}", "1").strip()
        for line_id in request.POST.getlist("item")
    }
    faults = _faults(request, offer, given)
    if faults:
        return _shown(request, order_id, offer, given, faults)
    spoken = language(request)
    draft = open_draft(asker, order_id, spoken)
    quantities = {
        line.order_line_id: int(given[line.order_line_id])
        for line in offer.lines
        if line.order_line_id in given
    }
    answers = answer(draft, lambda known: known.choose(quantities), language=spoken)
    return Visit(request, draft, offer, answers).onwards()


def _faults(request: HttpRequest, offer: Offer, given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong, by the line that it is about; "" is all of them."""
    said = words(language(request))
    can = {line.order_line_id: line for line in offer.lines if _can(line)}
    if not given or not can.keys() >= given.keys():
        return {"": said["choose_item"]}
    faults = {}
    for line_id, text in given.items():
        line = can[line_id]
        if not text.isdecimal() or len(text) > 6 or int(text) < 1:
            faults[line_id] = said["choose_quantity"].format(name=line.name)
        elif int(text) > line.most:
            faults[line_id] = said["too_much"].format(name=line.name, most=line.most)
    return faults


def _can(line: OfferedLine) -> bool:
    return not line.refused and line.most > 0


def _shown(
    request: HttpRequest, order_id: str, offer: Offer, given: Mapping[str, str], faults: Mapping[str, str]
) -> HttpResponse:
    spoken = language(request)
    said = words(spoken)
    lines = [_line(line, given, faults, spoken) for line in offer.lines if _can(line)]
    first = {row["id"]: f"quantity-{i}" for i, row in enumerate(lines, 1)}
    order = said["order"].format(number=shop().order(order_id).number)
    returns = _returns(order_id, spoken)
    values = {
        "title": order if returns else said["items_title" if lines else "nothing_title"],
        "order": order,
        "lines": lines,
        "refused": [_refused(line, spoken) for line in offer.lines if not _can(line)],
        "returns": returns,
        "fault": faults.get("", ""),
    }
    errors = [FormError(text, first.get(line_id, "item-1")) for line_id, text in faults.items()]
    return page(request, "items.html", values, errors=errors)


def _line(
    line: OfferedLine, given: Mapping[str, str], faults: Mapping[str, str], spoken: str
) -> dict[str, Any]:
    said = words(spoken)
    chosen = given.get(line.order_line_id)
    facts = [
        counted(spoken, "units", line.sold) if line.sold > 1 else "",
        said["until"].format(day=day(line.until, spoken)) if line.until else "",
        said["final_only"] if line.final_sale and not line.withdrawal else "",
    ]
    return {
        "id": line.order_line_id,
        "name": line.name or line.sku,
        "facts": " · ".join(filter(None, facts)),
        "most": line.most,
        "listed": range(1, line.most + 1) if line.most <= LISTED else (),
        "checked": chosen is not None,
        "quantity": int(chosen) if chosen and chosen.isdecimal() else chosen or 1,
        "fault": faults.get(line.order_line_id, ""),
    }


def _refused(line: OfferedLine, spoken: str) -> dict[str, str]:
    said = words(spoken)
    text = (
        said.get(f"refused_{line.refused}") or (line.why if spoken == "en" else "") or said["refused_OTHER"]
    )
    if "{day}" in text:
        text = text.format(day=day(line.until, spoken)) if line.until else said["refused_OTHER"]
    return {"name": line.name or line.sku, "why": text}


def _returns(order_id: str, spoken: str) -> list[dict[str, Any]]:
    rows = Return.objects.filter(order=order_id).order_by("-pk")[:RETURNS]
    said = words(spoken)
    return [
        {
            "path": f"return/{row.pk}/",
            "title": said["return_title"].format(number=row.number),
            "state": said[f"state_{row.state}"],
            "tone": tone(row.state),
        }
        for row in rows
    ]
