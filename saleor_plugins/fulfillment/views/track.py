"""The public page of an order's parcels, behind a signed link."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.formats import date_format

from ...http.languages import language_of
from ...http.pages import refusal
from ...kernel.errors import NotFound
from ...platform import shop
from ..domain.parcels.shipment import (
    CREATED,
    DELIVERED,
    EXCEPTION,
    IN_TRANSIT,
    OUT_FOR_DELIVERY,
    OUTWARD,
    RETURNED,
    RETURNING,
)
from ..usecases.tracking_page import PLANNED, Page, Parcel, tracking_page
from . import PAGES
from .links import Expired, tracked_order
from .texts import texts

# The way most parcels go; what leaves it is said in words.
STEPS = (CREATED, IN_TRANSIT, OUT_FOR_DELIVERY, DELIVERED)
_REACHED = {PLANNED: -1, CREATED: 0, IN_TRANSIT: 1, EXCEPTION: 1, OUT_FOR_DELIVERY: 2, DELIVERED: 3}
_TONE = {DELIVERED: "good", EXCEPTION: "bad", RETURNING: "bad", RETURNED: "bad"}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``track/<token>/``: the page in English, German or Polish, whatever the browser prefers."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    language = language_of(request.headers.get("Accept-Language", ""))
    words = texts(language)
    try:
        order_id = tracked_order(rest.removesuffix("/"))
        found = tracking_page(order_id) if order_id else None
    except Expired:
        return _apology(words, language, 410, "expired")
    except NotFound:
        found = None
    if found is None:
        return _apology(words, language, 404, "unknown")
    with translation.override(language):
        response = PAGES.page("tracking.html", "tracking.css", _shown(found, words, language))
    response["Content-Language"] = language
    response["Vary"] = "Accept-Language"
    return response


def _apology(words: dict[str, str], language: str, status: int, kind: str) -> HttpResponse:
    values = {"words": words, "language": language, "title": words[kind], "text": words[f"{kind}_text"]}
    response = PAGES.page("tracking_gone.html", "tracking.css", values, status=status)
    response["Content-Language"] = language
    return response


def _shown(found: Page, words: dict[str, str], language: str) -> dict[str, Any]:
    zone = ZoneInfo(shop().time_zone())
    count = len(found.parcels)
    return {
        "words": words,
        "language": language,
        "page": found,
        "title": words["order"].format(number=found.order_number),
        "promise": _promise(found, words, language),
        "parcels": [
            _parcel(row, words, zone, words["parcel"].format(number=number, count=count))
            for number, row in enumerate(found.parcels, 1)
        ],
    }


def _promise(found: Page, words: dict[str, str], language: str) -> str:
    if found.canceled:
        return words["canceled"]
    if found.parcels and not found.waiting and all(row.state == DELIVERED for row in found.parcels):
        return words["all_delivered"]
    if found.arrives_on:
        spelled = "l, j. F" if language == "de" else "l, j F"
        return words["promise"].format(day=date_format(found.arrives_on, spelled))
    return words["under_way"] if any(row.state != PLANNED for row in found.parcels) else words["preparing"]


def _parcel(row: Parcel, words: dict[str, str], zone: ZoneInfo, title: str) -> dict[str, Any]:
    reached = _REACHED.get(row.state, 3)
    steps = [
        {
            "name": words[f"step_{step}"],
            "done": place < reached or (place == reached and row.state in (CREATED, DELIVERED)),
            "now": place == reached,
        }
        for place, step in enumerate(STEPS)
    ]
    return {
        "row": row,
        "follow": words["follow"].format(carrier=row.carrier) if row.carrier else words["follow_plain"],
        "title": title,
        "state": words[f"state_{row.state}"],
        "tone": _TONE.get(row.state, "plain"),
        "steps": steps if row.state in (PLANNED, *OUTWARD, DELIVERED) else [],
        "arrives": date_format(row.arrives_on, "DATE_FORMAT")
        if row.arrives_on and row.state in (PLANNED, *OUTWARD)
        else "",
        "history": [
            {
                "name": words[f"state_{step.state}"],
                "iso": step.at.isoformat(timespec="minutes"),
                "at": date_format(step.at.astimezone(zone), "DATETIME_FORMAT"),
            }
            for step in row.history
        ],
    }
