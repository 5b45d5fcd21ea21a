"""A return on its way: where it stands, what was said and paid, and what the shopper may still do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from saleor_plugins.kernel.errors import Conflict, Invalid, Required

from ...domain.machines import ReturnState
from ...domain.rules.methods import LABEL, QR
from ...usecases.cancel_return import cancel_return
from ...usecases.message_return import MAX_BODY, message_return
from ...usecases.return_story import Story, return_story
from ...usecases.track_return import track_return
from .next_steps import way
from .render import FormError, language, page
from .story import story_values
from .visit import see_other
from .words import words


def timeline(request: HttpRequest, key: str) -> HttpResponse:
    """``return/<id>/``: all of it on one page."""
    return _shown(request, key)


def message(request: HttpRequest, key: str) -> HttpResponse:
    """``return/<id>/message/``: write to the shop; the same words twice are one message."""
    body = request.POST.get("body", "").replace("\r\n", "\n")
    return _post(request, key, "talk", lambda: _write(request, key, body), {"body": body})


def _write(request: HttpRequest, key: str, body: str) -> None:
    try:
        message_return(request.asker, UUID(key), body)  # type: ignore[attr-defined]
    except Conflict as error:
        if error.code != "DUPLICATE":
            raise


def parcel(request: HttpRequest, key: str) -> HttpResponse:
    """``return/<id>/parcel/``: with whom, and under which number, it is on its way."""
    given = {name: request.POST.get(name, "") for name in ("carrier", "number")}
    asker = request.asker  # type: ignore[attr-defined]
    change = lambda: track_return(asker, UUID(key), given["carrier"], given["number"])  # noqa: E731
    if not given["number"].strip() and request.method == "POST":
        return _shown(request, key, [FormError(words(language(request))["parcel_asked"], "number")], given)
    return _post(request, key, "parcel", change, given)


def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """``return/<id>/cancel/``: asked once more, then done."""
    story = return_story(request.asker, UUID(key))  # type: ignore[attr-defined]
    here = f"return/{key}/"
    if not story.cancellable:
        return see_other(request, here)
    if request.method != "POST":
        said = words(language(request))
        values = {"title": said["cancel_title"], "path": here, "number": story.rma.number}
        return page(request, "cancel.html", values)
    return _post(request, key, "", lambda: cancel_return(request.asker, UUID(key)), {})  # type: ignore[attr-defined]


_FAULTS = {
    "body": ("talk_asked", "body"),
    "trackingNumber": ("parcel_asked", "number"),
    "carrier": ("parcel_asked", "carrier"),
    "state": ("cancel_late", ""),
}


def _post(
    request: HttpRequest, key: str, anchor: str, change: Callable[[], object], given: dict[str, str]
) -> HttpResponse:
    """Do it, and show the return as it is then; a page that was only opened again shows it too."""
    if request.method == "POST":
        try:
            change()
        except (Required, Invalid, Conflict) as error:
            said = words(language(request))
            name, field = _FAULTS.get(error.field or "", ("later", ""))
            if error.code == "TOO_MANY":
                name, field = "talk_full", "body"
            elif isinstance(error, Invalid) and not isinstance(error, Required) and field:
                name = "too_long"
            text = said[name].format(most=MAX_BODY if field == "body" else 255)
            return _shown(request, key, [FormError(text, field)], given)
    return see_other(request, f"return/{key}/" + (f"#{anchor}" if anchor else ""))


def _shown(
    request: HttpRequest, key: str, errors: Sequence[FormError] = (), given: dict[str, str] | None = None
) -> HttpResponse:
    story = return_story(request.asker, UUID(key))  # type: ignore[attr-defined]
    spoken = language(request)
    values: dict[str, Any] = story_values(story, spoken) | {
        "given": given or {"carrier": story.rma.carrier, "number": story.rma.tracking_number},
        "path": f"return/{key}/",
        "asks_parcel": _asks_parcel(story),
    }
    return page(request, "return.html", values, errors=errors)


def _asks_parcel(story: Story) -> bool:
    """Whether the shopper knows the parcel's number, and we do not."""
    rma = story.rma
    approved = rma.state == ReturnState.APPROVED.value and not story.kept
    return approved and not rma.scanned and way(story) not in (LABEL, QR)
