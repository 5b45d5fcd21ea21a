"""How the pages are made: in the shopper's language, in the shop's looks."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from ....http.languages import LANGUAGES, language_of
from ....http.pages import Pages
from ....http.theme import theme
from ...usecases.mailing import branding
from .words import WORDS

FOLDER = Path(__file__).parents[2] / "templates" / "alerts"
_NAMES = {"en": "English", "de": "Deutsch", "pl": "Polski"}


def language(request: HttpRequest) -> str:
    """What the address says, else what the browser asks for, else the merchant's."""
    named = request.GET.get("language", "")
    if named in LANGUAGES:
        return named
    return language_of(request.headers.get("Accept-Language", ""), "") or str(branding()["language"])


def here(request: HttpRequest, **more: str) -> str:
    """The page's own address with what was asked for."""
    given = {name: request.GET[name] for name in ("channel", "country", "language") if request.GET.get(name)}
    query = urlencode({**given, **more})
    return f"?{query}" if query else "?"


def page(request: HttpRequest, template: str, values: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A page that extends base.html: `title` and what the template shows."""
    spoken = language(request)
    brand = branding(spoken)
    shown = {
        **values,
        "words": WORDS[spoken],
        "language": spoken,
        "languages": [
            {"code": code, "name": _NAMES[code], "link": here(request, language=code)} for code in LANGUAGES
        ],
        "brand": brand,
        "action": here(request),
    }
    dressed = theme(brand["colour"], brand["header_colour"])
    response = _pages(brand["logo_origin"]).page(template, "alerts.css", shown, status=status, theme=dressed)
    response["Content-Language"] = spoken
    return response


def note(request: HttpRequest, kind: str, *, status: int = 200, tone: str = "", **more: Any) -> HttpResponse:
    """A page that says one thing: ``<kind>_title``, ``<kind>_text``."""
    said = WORDS[language(request)]
    values = {"title": said[f"{kind}_title"], "text": said[f"{kind}_text"], "tone": tone, **more}
    return page(request, "note.html", values, status=status)


@lru_cache(maxsize=8)
def _pages(logo: str) -> Pages:
    return Pages(FOLDER, forms="'self'", images=f"'self' {logo}".strip())
