"""Pages for people: templates that escape everything, and headers that let nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.template import Context, Engine
from django.utils.safestring import mark_safe

PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Pages:
    """The pages whose templates and stylesheets lie in `folder`.

    `forms` is where their forms may post to (a CSP source); `images` where pictures may come from.
    """

    def __init__(self, folder: Path, *, forms: str = "'none'", images: str = "'none'"):
        self.folder = folder
        self.sources = f"img-src {images}; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"

    def page(
        self, template: str, style: str, values: dict[str, Any], *, status: int = 200, theme: str = ""
    ) -> HttpResponse:
        """An HTML page with its stylesheet inside: it loads no script and runs nothing.

        `theme` is CSS of our own making that follows the stylesheet: colours, never what somebody wrote.
        """
        css, digest = _style(self.folder / style, theme)
        context = Context({**values, "css": mark_safe(css)}, use_l10n=False)  # noqa: S308  # our own file
        html = _engine(self.folder).get_template(template).render(context)
        response = HttpResponse(html, status=status)
        response["Content-Security-Policy"] = f"default-src 'none'; style-src {digest}; {self.sources}"
        return private(response)


@cache
def _engine(folder: Path) -> Engine:
    # One of our own: how the shop has set up its templates must not decide whether ours escape.
    return Engine(dirs=[str(folder)], autoescape=True, libraries={"i18n": "django.templatetags.i18n"})


@lru_cache(maxsize=64)
def _style(path: Path, theme: str) -> tuple[str, str]:
    """A stylesheet and its hash for the Content-Security-Policy."""
    text = path.read_text() + theme
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


def private(response: HttpResponse) -> HttpResponse:
    """Never cached, framed, found or told to other sites."""
    for name, value in PRIVATE.items():
        response[name] = value
    return response


def refusal(status: int, text: str) -> HttpResponse:
    """A short answer in plain text."""
    return private(HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8"))
