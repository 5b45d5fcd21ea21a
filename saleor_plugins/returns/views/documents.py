"""A return's papers: its label, the slip for a parcel, the code for a counter.

For whoever may see the return, by their token, and for whoever has a signed link to the paper.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from ...http.languages import LANGUAGES, language_of
from ...http.pages import Pages, private, refusal
from ...kernel.errors import Invalid, NotFound, OpsError
from ...kernel.ids import own_key
from ...printing.bars import bars
from ...printing.qr import qr
from .. import access, schema
from ..store.labels import bought_label
from ..usecases.branding import branding
from ..usecases.return_slip import Code, Slip, counter_code, return_slip
from .links import DROP_OFF, LABEL, OPEN, SLIP, Expired, opened_paper
from .paper_words import paper_words
from .portal.show import day
from .slip_pdf import slip_pdf

PAGES = Pages(Path(__file__).parent.parent / "templates" / "papers")
PAPERS = {"a4": "A4", "letter": "letter"}
TYPES = {"PDF": "application/pdf", "PNG": "image/png"}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``documents/open/<token>/`` or ``documents/<label, slip, drop-off>/?id=``.

    A slip also as ``?format=pdf`` and on ``&paper=letter``; ``?language=`` where the return has none.
    """
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        kind, return_id = _asked(request, rest.removesuffix("/"))
        if kind == LABEL:
            return _label(return_id)
        if kind == DROP_OFF:
            return _counter(request, counter_code(return_id))
        return _slip(request, return_slip(return_id))
    except Expired:
        return _apology(request, 410, "expired")
    except NotFound:
        return _apology(request, 404, "gone")
    except OpsError as error:
        return refusal(400, f"{error.field}: {error.message}")


def _asked(request: HttpRequest, rest: str) -> tuple[str, UUID]:
    """Which paper of which return. Raises NotFound for what does not exist or is none of the asker's."""
    if rest.startswith(OPEN):
        found = opened_paper(rest.removeprefix(OPEN))
        if found:
            return found
    elif rest in (LABEL, SLIP, DROP_OFF):
        key = own_key(request.GET.get("id", ""), "Return")
        return rest, access.return_for(schema.view.asker(request), key).pk
    raise NotFound("No such paper.", field="id")


def _label(return_id: UUID) -> HttpResponse:
    label = bought_label(return_id)
    if label is None or not label.content:
        raise NotFound("There is no label.", field="id")
    kind = TYPES.get(label.format, "application/octet-stream")
    return _file(bytes(label.content), kind, f"label.{label.format.lower()}")


def _slip(request: HttpRequest, slip: Slip) -> HttpResponse:
    form, paper = request.GET.get("format", "html"), request.GET.get("paper", "a4")
    if form not in ("html", "pdf"):
        raise Invalid("Must be html or pdf.", field="format")
    if paper not in PAPERS:
        raise Invalid("Must be a4 or letter.", field="paper")
    language = _language(request, slip.language)
    words, name = paper_words(language), branding()["name"]
    steps = _steps(slip, words, language)
    if form == "pdf":
        return _file(slip_pdf(slip, words, steps, name, paper), TYPES["PDF"], f"return-{slip.number}.pdf")
    values = {
        "slip": slip,
        "steps": steps,
        "shop": name,
        "bars": bars(slip.number),
        "qr": qr(slip.number),
        "asked": f"id={request.GET['id']}&" if "id" in request.GET else "",
    }
    return _page("slip.html", values, language, paper)


def _steps(slip: Slip, words: dict[str, str], language: str) -> list[str]:
    last = (
        words["step_send"].format(day=day(slip.until, language)) if slip.until else words["step_send_plain"]
    )
    return [words["step_pack"], words["step_stick"], words["step_in"], last]


def _counter(request: HttpRequest, code: Code) -> HttpResponse:
    language = _language(request, code.language)
    values = {"code": code, "shop": branding()["name"], "bars": bars(code.text), "qr": qr(code.text)}
    return _page("drop_off.html", values, language)


def _apology(request: HttpRequest, status: int, kind: str) -> HttpResponse:
    return _page("gone.html", {"kind": kind}, _language(request, ""), status=status)


def _page(
    template: str, values: dict[str, object], language: str, paper: str = "a4", status: int = 200
) -> HttpResponse:
    words = paper_words(language)
    more = {"words": words, "language": language}
    if "kind" in values:
        more |= {"title": words[str(values["kind"])], "text": words[f"{values['kind']}_text"]}
    theme = f"@page {{ size: {PAPERS[paper]}; margin: 14mm; }}"
    response = PAGES.page(template, "papers.css", {**values, **more}, status=status, theme=theme)
    response["Content-Language"] = language
    return response


def _language(request: HttpRequest, own: str) -> str:
    """The return's, else what the link or the browser asks for."""
    wanted = own or request.GET.get("language", "")
    return wanted if wanted in LANGUAGES else language_of(request.headers.get("Accept-Language", ""))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return private(response)
