"""How every page of the portal is made: in the shopper's language, in the merchant's colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse

from saleor_plugins.http.languages import LANGUAGES, language_of
from saleor_plugins.http.pages import Pages
from saleor_plugins.http.theme import theme

from ...usecases.branding import branding
from . import session
from .words import words

FOLDER = Path(__file__).parents[2] / "templates" / "portal"
COOKIE = "returns_language"
_YEAR = 365 * 86400
_NAMES = {"en": "English", "de": "Deutsch", "pl": "Polski"}


@dataclass(frozen=True)
class FormError:
    """What is wrong with a form; `field` is the id of the input that it is about, "" for all of it."""

    message: str
    field: str = ""


def language(request: HttpRequest) -> str:
    """What the shopper has chosen, else what the browser asks for, else the merchant's."""
    for chosen in (request.GET.get("language"), request.COOKIES.get(COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return language_of(request.headers.get("Accept-Language", ""), "") or str(branding()["language"])


def page(
    request: HttpRequest,
    template: str,
    values: dict[str, Any],
    *,
    errors: Sequence[FormError] = (),
    status: int = 200,
) -> HttpResponse:
    """A page that extends base.html, with `values`: `title`, `back` (an address), `words` of its own.

    With `errors` it says so first, links each to its field, and answers 422 unless told otherwise.
    """
    spoken = language(request)
    brand = branding(spoken)
    pages = _pages(brand["logo_origin"])
    shown = {
        **values,
        "words": {**words(spoken), **values.get("words", {})},
        "language": spoken,
        "languages": [{"code": code, "name": _NAMES[code]} for code in LANGUAGES],
        "brand": brand,
        "portal": session.base(request),
        "signed_in": session.order_id(request) is not None,
        "csrf": session.csrf_input(request),
        "errors": errors,
        "wrong": {error.field: error.message for error in errors},
    }
    if errors and status == 200:
        status = 422
    dressed = theme(brand["colour"], brand["header_colour"])
    response = pages.page(template, "portal.css", shown, status=status, theme=dressed)
    response["Content-Language"] = spoken
    if request.GET.get("language") in LANGUAGES:
        response.set_cookie(
            COOKIE, spoken, max_age=_YEAR, path=session.base(request), httponly=True, samesite="Lax"
        )
    return response


@lru_cache(maxsize=8)
def _pages(logo: str) -> Pages:
    return Pages(FOLDER, forms="'self'", images=f"'self' {logo}".strip())
