"""Notify me: ``alerts/<variant>/`` asks for it, ``confirm/`` and ``stop/`` are what mails link to.

Whether somebody waits for something already, and who, no page tells.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ....http.pages import private, refusal
from ....http.throttle import TooMany, throttle
from ....kernel.errors import Invalid
from ....platform import shop
from ....platform.port import Asker
from ...store import alerts as store
from ...usecases.alert_rules import rules, wanted
from ...usecases.confirm_alert import confirm_alert, confirmable
from ...usecases.product_page import product_page
from ...usecases.subscribe_alert import Answer, subscribe_alert
from ...usecases.unsubscribe_alert import unsubscribe_alert
from ..alert_links import CONFIRM, STOP, stopped
from .render import here, language, note, page
from .words import WORDS

PER_MINUTE = 20
_ANSWERS = {f"{answer.value.lower()}/": answer for answer in Answer}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """Every page of ``alerts/``."""
    if request.method not in ("GET", "HEAD", "POST"):
        return refusal(405, "Use GET or POST.")
    request.asker = Asker()  # type: ignore[attr-defined]
    try:
        if request.method == "POST":
            throttle(request, "restock.alerts", PER_MINUTE)
        return _answer(request, rest)
    except TooMany:
        return note(request, "busy", status=429)


def _answer(request: HttpRequest, rest: str) -> HttpResponse:
    # Links in mails go on working when nobody may ask any more.
    if rest.startswith(STOP):
        return _stop(request, rest.removeprefix(STOP).strip("/"))
    if rest.startswith(CONFIRM):
        return _confirm(request, rest.removeprefix(CONFIRM).strip("/"))
    variant, _, after = rest.partition("/")
    if not variant or not wanted() or (after and after not in _ANSWERS):
        return refusal(404, "Not found.")
    if after:
        return _asked(request, variant, _ANSWERS[after])
    return _ask(request, variant) if request.method == "POST" else _form(request, variant)


def _form(request: HttpRequest, variant: str, *, error: str = "", email: str = "") -> HttpResponse:
    said = WORDS[language(request)]
    values = {
        "title": said["form_title"],
        "product": _name(request, variant),
        "hint": said["email_hint_confirm" if rules()["confirm"] else "email_hint"],
        "error": error,
        "email": email[:254],
    }
    return page(request, "form.html", values, status=422 if error else 200)


def _ask(request: HttpRequest, variant: str) -> HttpResponse:
    email = request.POST.get("email", "")
    try:
        found = subscribe_alert(
            Asker(),
            variant,
            channel=request.GET.get("channel", ""),
            country=_country(request),
            email=email,
            language=language(request),
        )
    except Invalid as wrong:
        kind = "required" if wrong.code == "REQUIRED" else "invalid"
        return _form(request, variant, error=WORDS[language(request)][f"{kind}_email"], email=email)
    response = HttpResponseRedirect(f"{found.value.lower()}/{here(request)}")
    response.status_code = 303
    return private(response)


def _asked(request: HttpRequest, variant: str, answer: Answer) -> HttpResponse:
    there = answer is Answer.AVAILABLE
    link = product_page(variant, request.GET.get("channel", "")) if there else ""
    return note(request, answer.value, tone="good", product=_name(request, variant), link=link)


def _confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Mail programs open links by themselves: only the button confirms."""
    if request.method == "POST":
        alert = confirm_alert(token)
        if alert is None:
            return note(request, "gone", status=410)
        return note(request, "confirmed", tone="good", product=_name_of(alert.variant_id, alert.channel))
    alert = confirmable(token)
    if alert is None:
        return note(request, "gone", status=410)
    said = WORDS[language(request)]
    product = _name_of(alert.variant_id, alert.channel)
    if alert.state != store.PENDING:
        return note(request, "confirmed", tone="good", product=product)
    return note(request, "confirm", product=product, button=said["confirm_button"])


def _stop(request: HttpRequest, token: str) -> HttpResponse:
    """With the button, or by the mail program's own (RFC 8058), which posts without looking at the page."""
    if request.method == "POST":
        if unsubscribe_alert(token):
            return note(request, "stopped", tone="good")
        return note(request, "gone", status=410)
    if stopped(token) is None:
        return note(request, "gone", status=410)
    return note(request, "stop", button=WORDS[language(request)]["stop_button"])


def _country(request: HttpRequest) -> str:
    """A country that a link got wrong is none: shoppers did not type it."""
    found = request.GET.get("country", "")
    return found if len(found) == 2 and found.isascii() and found.isalpha() else ""


def _name(request: HttpRequest, variant: str) -> str:
    return _name_of(variant, request.GET.get("channel", ""))


def _name_of(variant: str, channel: str) -> str:
    """What visitors see it as; "" for what they do not see."""
    seen = shop().buyable([variant], channel).get(variant)
    return seen.name if seen else ""
