"""Why an item comes back, and the photos that show it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from saleor_plugins.http.texts import clean
from saleor_plugins.kernel.errors import Conflict, OpsError

from ...domain.photos import MAX_PER_LINE
from ...domain.reasons import Reason
from ...store.photos import photos_of
from ...usecases.photos import add_photo, remove_photo
from ..links import photo_url
from .render import FormError
from .visit import PHOTOS, REASON, Astray, Visit, visit
from .words import counted, words

NOTE = 500
# What says nothing of the item stands below what does.
_LAST = (Reason.UNSPECIFIED.value, Reason.WITHDRAWAL.value)


def reason(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """``draft/<id>/reason/<n>/``: why this item, with words of the shopper's own."""
    here = visit(request, key, number)
    if request.method != "POST":
        return _reasons(here, here.item.reason_code, here.item.note, [])
    code = request.POST.get("reason", "")
    note = request.POST.get("note", "").replace("\r\n", "\n")
    errors = _reason_errors(here, code, note)
    if errors:
        return _reasons(here, code, note, errors)
    kept = clean(note, field="note", most=NOTE)
    here.save(lambda known: known.about(here.place, reason_code=code, note=kept))
    return here.onwards()


def _reason_errors(here: Visit, code: str, note: str) -> list[FormError]:
    said = words(here.language)
    offered = {each.code: each for each in here.line.reasons}
    if code not in offered:
        return [FormError(said["choose_reason"], "reason-1")]
    if len(note.strip()) > NOTE:
        return [FormError(said["note_long"].format(most=NOTE), "note")]
    if offered[code].note and not note.strip():
        return [FormError(said["note_asked"], "note")]
    return []


def _reasons(here: Visit, code: str, note: str, errors: list[FormError]) -> HttpResponse:
    said = words(here.language)
    choices = [
        {
            "value": each.code,
            "name": said[f"reason_{each.code}"],
            "hint": said["reason_photos"] if each.photos else said["reason_note"] if each.note else "",
            "checked": each.code == code,
        }
        for each in sorted(here.line.reasons, key=lambda each: each.code in _LAST)
    ]
    values = {**item_values(here), "title": said["reason_title"], "choices": choices, "name": "reason"}
    faults = {error.field: error.message for error in errors}
    values |= {"note": note, "reason_fault": faults.get("reason-1", ""), "note_fault": faults.get("note", "")}
    values["back"] = here.back(REASON)
    return here.page("reason.html", values, errors=errors)


def item_values(here: Visit) -> dict[str, Any]:
    """Which item a page is about."""
    said = words(here.language)
    count = len(here.answers.items)
    units = counted(here.language, "units", here.item.quantity) if here.item.quantity > 1 else ""
    return {
        "over": said["item_of"].format(number=here.place + 1, count=count) if count > 1 else "",
        "item_name": here.line.name or here.line.sku,
        "item_units": units,
    }


def photos(request: HttpRequest, key: str, number: str) -> HttpResponse:
    """``draft/<id>/photos/<n>/``: add and remove pictures; on, once there are enough."""
    here = visit(request, key, number)
    reason = here.reason(here.item)
    if reason is None or not reason.photos:
        raise Astray(here.path(next(step for step in here.way() if not step.done)))
    if request.method != "POST":
        return _photos(here, reason.photos, [])
    errors = _added(here)
    if gone := request.POST.get("remove"):
        with suppress(ValueError):
            remove_photo(here.draft, UUID(gone))
    elif not errors and request.POST.get("do") == "continue":
        have = here.photos.get(here.item.line_id, 0)
        if have >= reason.photos:
            return here.onwards()
        errors = [FormError(counted(here.language, "photos_lack", reason.photos - have), "photo")]
    elif not errors and not request.FILES:
        errors = [FormError(words(here.language)["photos_none"], "photo")]
    if errors:
        return _photos(here, reason.photos, errors)
    return here.go(f"draft/{key}/photos/{number}/")


def _added(here: Visit) -> list[FormError]:
    """Store the pictures that were sent; what is wrong with those that cannot be."""
    said = words(here.language)
    errors = []
    for upload in here.request.FILES.getlist("photo")[: MAX_PER_LINE + 1]:
        try:
            add_photo(here.draft, here.item.line_id, upload)
        except Conflict:
            raise
        except OpsError as error:
            text = said.get(f"photo_{error.code}", said["photo_INVALID"])
            errors.append(FormError(text.format(name=upload.name or "", most=MAX_PER_LINE), "photo"))
    return list(dict.fromkeys(errors))


def _photos(here: Visit, needed: int, errors: list[FormError]) -> HttpResponse:
    said = words(here.language)
    shown = [
        {
            "id": row.pk,
            "url": photo_url(row, preview=True),
            "alt": said["photo_alt"].format(number=number),
            "remove": said["photo_remove"].format(number=number),
        }
        for number, row in enumerate(photos_of(here.draft, here.item.line_id), 1)
    ]
    values = {
        **item_values(here),
        "title": said["photos_title"],
        "ask": counted(here.language, "photos_ask", needed),
        "hint": said["photos_hint"].format(most=MAX_PER_LINE),
        "photos": shown,
        "more": len(shown) < MAX_PER_LINE,
        "back": here.back(PHOTOS),
    }
    return here.page("photos.html", values, errors=errors)
