"""The pages of a return, from the choice of items to the last message about it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from saleor_plugins.http.pages import refusal
from saleor_plugins.kernel.errors import Conflict, NotFound

from ...domain.photos import MAX_BYTES, MAX_PER_LINE
from . import check, confirmation, details, items, method, outcome, session, timeline
from .render import language
from .visit import Astray, see_other
from .words import words

# As many photos as an item may have, and the rest of their form.
LARGEST = MAX_PER_LINE * MAX_BYTES + 100_000
_ID = r"(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_NUMBER = r"(?P<number>[1-9]\d{0,2})"
_PAGES: tuple[tuple[str, Callable[..., HttpResponse]], ...] = (
    (r"", items.items),
    (rf"draft/{_ID}/reason/{_NUMBER}/", details.reason),
    (rf"draft/{_ID}/photos/{_NUMBER}/", details.photos),
    (rf"draft/{_ID}/outcome/{_NUMBER}/", outcome.outcome),
    (rf"draft/{_ID}/exchange/{_NUMBER}/", outcome.exchange),
    (rf"draft/{_ID}/method/", method.method),
    (rf"draft/{_ID}/check/", check.check),
    (rf"return/{_ID}/", timeline.timeline),
    (rf"return/{_ID}/done/", confirmation.done),
    (rf"return/{_ID}/message/", timeline.message),
    (rf"return/{_ID}/parcel/", timeline.parcel),
    (rf"return/{_ID}/cancel/", timeline.cancel),
)
_ROUTES = [(re.compile(pattern), answer) for pattern, answer in _PAGES]


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """A page for whoever is signed in. Raises NotFound, and PermissionDenied for a form from elsewhere."""
    if request.method == "POST":
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return refusal(413, words(language(request))["photo_BODY"])
        try:
            session.check_csrf(request)
        except (MultiPartParserError, SuspiciousOperation):
            return refusal(400, words(language(request))["later"])
    for pattern, answer in _ROUTES:
        if found := pattern.fullmatch(rest):
            try:
                return answer(request, **found.groupdict())
            except Astray as away:
                return see_other(request, away.path)
            except Conflict as error:
                # Sent from another window meanwhile: its draft page knows where to.
                if error.code == "SENT":
                    return see_other(request, rest)
                raise
    raise NotFound("No such page.")
