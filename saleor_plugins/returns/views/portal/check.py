"""Check your answers: all of them, what comes back for it, and the one button that sends them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, OpsError

from ...domain.reasons import Resolution
from ...usecases.drafts import Chosen
from ...usecases.request_return import Item, request_return
from .render import FormError
from .sums import Sums, sums
from .visit import CHECK, EXCHANGE, METHOD, OUTCOME, PHOTOS, REASON, Step, Visit, visit
from .words import counted, words


def check(request: HttpRequest, key: str) -> HttpResponse:
    """``draft/<id>/check/``: GET shows, POST sends, once whatever happens."""
    here = visit(request, key)
    if any(not step.done for step in here.way()[:-1]):
        return here.onwards()
    # The shop is asked for today's prices when it counts, not whenever somebody looks.
    found, errors = _sums(here, today=request.method == "POST")
    if request.method != "POST" or errors:
        return _shown(here, found, errors)
    if request.POST.get("seen") != _digest(here, found):
        return _shown(here, found, [FormError(words(here.language)["check_changed"], "answers")])
    try:
        rma = request_return(
            here.asker,
            here.draft.order_id,
            [_item(here, item) for item in here.answers.items],
            method=here.method,
            language=here.language,
            draft=here.draft.pk,
        )
    except (Invalid, NotFound, Conflict) as error:
        return _shown(here, found, [_fault(here, error)])
    return here.go(f"return/{rma.pk}/done/")


def _sums(here: Visit, *, today: bool) -> tuple[Sums, list[FormError]]:
    try:
        return sums(here, today=today), []
    except (Invalid, NotFound, Conflict) as error:
        return Sums(unknown=True), [_fault(here, error)]


def _item(here: Visit, item: Chosen) -> Item:
    wanted = here.resolution(item)
    return Item(
        item.quantity,
        item.line_id,
        reason=item.note,
        reason_code=item.reason_code,
        resolution=wanted,
        exchange_variant_id=item.exchange_variant_id if wanted == Resolution.EXCHANGE else "",
    )


def _digest(here: Visit, found: Sums) -> str:
    """What the shopper has seen: other answers or other amounts have another one."""
    answers = [{**asdict(item), "quoted": 0} for item in here.answers.items]
    seen = [answers, here.method, found.facts, found.unknown, sorted(here.photos.items())]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()[:32]


_FAULTS = {
    "PHOTOS_REQUIRED": "check_photos_lack",
    "REQUIRED": "check_note_lack",
    "INSUFFICIENT_STOCK": "check_sold_out",
    "NOT_SOLD": "check_sold_out",
}


def _fault(here: Visit, error: OpsError) -> FormError:
    """The error in the shopper's words, linked to the answer that it is about."""
    said, (start, *rest) = words(here.language), (error.field or "").split(".")
    if start == "method":
        return FormError(said["check_method_gone"], "method")
    place = int(rest[0]) if start == "lines" and rest and rest[0].isdecimal() else None
    known = said.get(f"refused_{error.code}", "")
    if place is None or place >= len(here.answers.items):
        swap = next((i for i, item in enumerate(here.answers.items) if item.exchange_variant_id), 0)
        place = swap if (start == "variantId") else 0
    name = here.lines[here.answers.items[place].line_id].name
    text = said.get(_FAULTS.get(error.code, ""), "")
    if not text and known and "{day}" not in known:
        text = known
    return FormError((text or said["check_gone"]).format(name=name), f"item-{place + 1}")


def _shown(here: Visit, found: Sums, errors: list[FormError]) -> HttpResponse:
    said = words(here.language)
    values = {
        "title": said["check_title"],
        "items": [_answers(here, place, item) for place, item in enumerate(here.answers.items)],
        "items_link": here.address(""),
        "method": said[f"method_{here.method}"] if here.method else "",
        "method_link": here.address(here.path(Step(METHOD, -1, True))) if len(here.offer.methods) > 1 else "",
        "sums": found,
        "seen": _digest(here, found),
        "back": here.back(CHECK),
    }
    return here.page("check.html", values, errors=errors)


def _answers(here: Visit, place: int, item: Chosen) -> dict[str, Any]:
    said, wanted, line = words(here.language), here.resolution(item), here.lines[item.line_id]
    kinds = {step.kind for step in here.way() if step.place == place}
    rows = [{"name": said["check_reason"], "value": _why(said, item), "link": _link(here, REASON, place)}]
    if PHOTOS in kinds:
        count = here.photos.get(item.line_id, 0)
        rows.append(
            {
                "name": said["check_photos"],
                "value": counted(here.language, "photos_count", count),
                "link": _link(here, PHOTOS, place),
            }
        )
    exchanged = wanted == Resolution.EXCHANGE
    name = here.variant_names.get(item.exchange_variant_id, "") if exchanged else ""
    rows.append(
        {
            "name": said["check_outcome"],
            "value": said["exchange_for"].format(name=name) if exchanged else said[f"outcome_{wanted}"],
            "link": _link(here, OUTCOME if OUTCOME in kinds else EXCHANGE, place)
            if kinds & {OUTCOME, EXCHANGE}
            else "",
        }
    )
    units = counted(here.language, "units", item.quantity)
    return {"name": line.name or line.sku, "units": units, "rows": rows, "id": f"item-{place + 1}"}


def _why(said: dict[str, str], item: Chosen) -> str:
    return "\n".join(part for part in (said[f"reason_{item.reason_code}"], item.note) if part)


def _link(here: Visit, kind: str, place: int) -> str:
    return here.address(here.path(Step(kind, place, True)))
