"""How a shopper comes in: order number and mail address, then a code from the mail; or a signed link.

Nothing here depends on whether there is such an order: a worker finds that out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from saleor_plugins.http.pages import private, refusal
from saleor_plugins.http.throttle import throttle
from saleor_plugins.kernel.errors import Invalid, Invalids

from ...usecases.confirm_access import confirm_access
from ...usecases.request_access import request_access
from . import links, session
from .access_words import access_words
from .render import FormError, language, page

# A minute, from one address.
LOOKUPS = 10
CODES = 20
_NOBODY = UUID(int=0)


def start(request: HttpRequest) -> HttpResponse:
    """``portal/``: number and mail address; the answer to them is always the same page."""
    given = {name: request.POST.get(name, "") for name in ("orderNumber", "email")}
    if request.method != "POST":
        return _form(request, "start", "find", fields(request, ("orderNumber", "email"), given))
    session.check_csrf(request)
    throttle(request, "returns.lookup", LOOKUPS)
    try:
        asked = request_access(given["orderNumber"], given["email"], language=language(request))
    except (Invalid, Invalids) as error:
        errors = faults(request, error)
        return _form(request, "start", "find", fields(request, given, given, errors), errors)
    return redirect(request, f"code/{asked.pk}/")


def code(request: HttpRequest, rest: str) -> HttpResponse:
    """``portal/code/<id>/``: the code; the same page for every id."""
    if request.method != "POST":
        return _form(request, "code", "code", fields(request, ("code",), {}))
    session.check_csrf(request)
    throttle(request, "returns.code", CODES)
    try:
        order_id = confirm_access(_key(rest), request.POST.get("code", ""))
    except Invalid as error:
        errors = faults(request, error)
        return _form(request, "code", "code", fields(request, ("code",), request.POST, errors), errors)
    response = redirect(request, "")
    session.sign_in(request, response, order_id)
    return response


def open_link(request: HttpRequest, rest: str) -> HttpResponse:
    """``portal/open/<token>/<path>``: sign in by a link from a mail, and go on to its page."""
    try:
        found = links.opened(rest)
    except links.Expired:
        return notice(request, "expired", 410)
    if found is None:
        return notice(request, "gone", 404)
    order_id, path = found
    response = redirect(request, path)
    session.sign_in(request, response, order_id)
    return response


def leave(request: HttpRequest, rest: str) -> HttpResponse:
    """``portal/leave/``: sign out."""
    if request.method != "POST":
        return refusal(405, "Use POST.")
    session.check_csrf(request)
    response = redirect(request, "")
    session.sign_out(request, response)
    return response


def notice(request: HttpRequest, kind: str, status: int) -> HttpResponse:
    """A short page: why there is nothing else, and the way to the start."""
    words = access_words(language(request))
    text = words["gone_text" if kind in ("gone", "expired") else f"{kind}_text"]
    values = {"title": words[f"{kind}_title"], "text": text, "words": words}
    return page(request, "access_notice.html", values, status=status)


def redirect(request: HttpRequest, path: str) -> HttpResponse:
    """Go on to `path` below the portal, with GET."""
    response = HttpResponseRedirect(session.base(request) + path)
    response.status_code = 303
    return private(response)


def faults(request: HttpRequest, error: Invalid | Invalids) -> list[FormError]:
    """What is wrong, in the shopper's words."""
    words = access_words(language(request))
    found = error.errors if isinstance(error, Invalids) else [error]
    return [
        FormError(
            words[f"{'required' if each.code == 'REQUIRED' else 'invalid'}_{each.field}"], str(each.field)
        )
        for each in found
    ]


def fields(
    request: HttpRequest,
    names: Sequence[str] | Mapping[str, str],
    given: Mapping[str, str],
    errors: Sequence[FormError] = (),
    *,
    prefix: str = "",
) -> list[dict[str, Any]]:
    """The text fields of a form, for access_field.html; `prefix` chooses other words for the same fields."""
    words = access_words(language(request))
    wrong = {error.field: error.message for error in errors}
    return [_field(name, words, given.get(name, ""), wrong.get(name, ""), prefix) for name in names]


_KINDS: dict[str, dict[str, Any]] = {
    "orderNumber": {"words": "number", "type": "text", "most": 100, "complete": "off"},
    "email": {"words": "email", "type": "email", "most": 254, "complete": "email"},
    "name": {"words": "name", "type": "text", "most": 200, "complete": "name"},
    "code": {"words": "code", "type": "text", "most": 20, "complete": "one-time-code", "code": True},
}


def _field(name: str, words: Mapping[str, str], value: str, error: str, prefix: str) -> dict[str, Any]:
    kind = _KINDS[name]
    key = kind["words"]
    hint = words.get(f"{prefix}{key}_hint") or words.get(f"{key}_hint", "")
    notes = [f"{name}-hint"] * bool(hint) + [f"{name}-fault"] * bool(error)
    return {
        **kind,
        "id": name,
        "label": words.get(f"{prefix}{key}") or words[key],
        "hint": hint,
        "value": value[: kind["most"]],
        "error": error,
        "describe": " ".join(notes),
    }


def _form(
    request: HttpRequest,
    template: str,
    title: str,
    shown: list[dict[str, Any]],
    errors: Sequence[FormError] = (),
) -> HttpResponse:
    words = access_words(language(request))
    values = {"title": words[f"{title}_title"], "words": words, "fields": shown}
    return page(request, f"access_{template}.html", values, errors=errors)


def _key(rest: str) -> UUID:
    """The code's id; for what is none, one that nobody has."""
    try:
        return UUID(rest.removesuffix("/"))
    except ValueError:
        return _NOBODY
