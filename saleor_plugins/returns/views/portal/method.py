"""How the goods travel back."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from .render import FormError
from .visit import METHOD, visit
from .words import words


def method(request: HttpRequest, key: str) -> HttpResponse:
    """``draft/<id>/method/``: one of the ways that the rules offer."""
    here = visit(request, key)
    said = words(here.language)
    chosen, errors = here.method, []
    if request.method == "POST":
        chosen = request.POST.get("method", "")
        if chosen in here.offer.methods:
            here.save(lambda known: replace(known, method=chosen))
            return here.onwards()
        errors = [FormError(said["choose_method"], "method-1")]
    choices = [
        {
            "value": each,
            "name": said[f"method_{each}"],
            "hint": said[f"method_{each}_hint"],
            "checked": each == chosen,
        }
        for each in here.offer.methods
    ]
    values = {"title": said["method_title"], "choices": choices, "name": METHOD, "back": here.back(METHOD)}
    return here.page("choice.html", values, errors=errors)
