"""What the supplier's page shows, in their language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from babel import Locale
from django.http import HttpRequest, HttpResponse

from ....http.languages import LANGUAGES, language_of
from ....http.pages import Pages
from ....kernel import clock, wording
from ....kernel.errors import Invalid
from ....platform import shop
from ...domain.order import PARTLY_RECEIVED
from ...domain.paper import Paper, compare, read
from ...models import PurchaseOrder
from ...sending.pdf import change_text
from ...sending.words import words as order_words
from ...settings import values
from ...store import sending
from ...usecases.confirm_order import Answer
from ...usecases.order_paper import link_ends, paper_of
from ..links import PATH, token
from .words import NAMES, words

PAGES = Pages(Path(__file__).parents[2] / "templates" / "supplier", forms="'self'")


def language(request: HttpRequest, order: PurchaseOrder | None = None) -> str:
    """What was chosen on the page, else the supplier's, else the browser's."""
    for chosen in (request.GET.get("language", ""), order.supplier.language if order else ""):
        if chosen in LANGUAGES:
            return chosen
    return language_of(request.headers.get("Accept-Language", ""))


def note(request: HttpRequest, kind: str, status: int, order: PurchaseOrder | None = None) -> HttpResponse:
    """A page that only says something: `kind` is its key in the words."""
    said = words(language(request, order))
    text = said[f"{kind}_text"].format(number=order.number if order else "")
    return _page(request, "note.html", {"title": said[kind], "text": text}, order, status=status)


def changed(request: HttpRequest, order: PurchaseOrder, revision: int) -> HttpResponse:
    """The link is of an older revision: what is different now, and where the new one is."""
    spoken = language(request, order)
    said, locale, paper = words(spoken), wording.locale_of(spoken), paper_of(order)
    old = sending.find(order, revision)
    changes = compare(read(old.document).lines, paper.lines) if old else ()
    texts = [change_text(change, order.currency, order_words(spoken), locale) for change in changes]
    shown = {
        "title": said["changed"],
        "text": said["changed_text"].format(number=order.number),
        "changes": texts,
        "link": f"{PATH}{token(order.pk, order.revision, link_ends())}/",
    }
    return _page(request, "note.html", shown, order)


def order_page(
    request: HttpRequest,
    order: PurchaseOrder,
    *,
    typed: Answer | None = None,
    errors: Sequence[Invalid] = (),
) -> HttpResponse:
    """The order with its form; with `errors` it says so first and answers 422."""
    spoken = language(request, order)
    said, locale, paper = words(spoken), wording.locale_of(spoken), paper_of(order)
    paper_said = order_words(spoken)
    faults = [(str(e.field), said[f"{e.field}_{e.code}"]) for e in errors]
    state, standing = _standing(order, said)
    answer = _told(order, said, locale)
    given = typed or Answer(
        order.expected_on.isoformat() if order.expected_on and answer else "", order.supplier_reference
    )
    texts = [change_text(change, paper.currency, paper_said, locale) for change in paper.changes]
    shown = {
        "title": f"{paper_said['order']} {order.number}",
        "said": paper_said,
        "state": state,
        "standing": standing,
        "answer": answer,
        "facts": _facts(paper, paper_said, locale),
        "changes": texts,
        "replaces": paper_said["replaces"].format(revision=paper.replaces) if texts else "",
        "lines": _lines(order, paper, paper_said, locale, given),
        "units": wording.number(paper.units, locale),
        "total": wording.amount(paper.total, paper.currency, locale),
        "typed": given,
        "today": clock.day_of(clock.now(), shop().time_zone()).isoformat(),
        "action": request.get_full_path(),
        "errors": [{"field": field, "message": message} for field, message in faults],
        "wrong": dict(faults),
    }
    return _page(request, "order.html", shown, order, status=422 if faults else 200)


def _standing(order: PurchaseOrder, said: dict[str, str]) -> tuple[str, str]:
    """How the order stands with the supplier: a CSS class and words."""
    if order.state == PARTLY_RECEIVED:
        return "good", said["partly"]
    if order.confirmed_revision == order.revision:
        return "good", said["confirmed"]
    # Without a day, what they said is that they cannot.
    return ("bad", said["declined"]) if _said_something(order) else ("", said["waits"])


def _said_something(order: PurchaseOrder) -> bool:
    return order.confirmed_revision is None and bool(order.supplier_note)


def _told(order: PurchaseOrder, said: dict[str, str], locale: Locale) -> list[tuple[str, str]]:
    """What the supplier has answered to this revision."""
    if order.confirmed_revision != order.revision and not _said_something(order):
        return []
    day = order.expected_on if order.confirmed_revision == order.revision else None
    rows = [
        (said["told_day"], wording.day(day, locale) if day else ""),
        (said["told_reference"], order.supplier_reference),
        (said["told_note"], order.supplier_note),
    ]
    return [(name, value) for name, value in rows if value]


def _facts(paper: Paper, said: dict[str, str], locale: Locale) -> list[tuple[str, str]]:
    rows = [
        (said["date"], wording.day(paper.placed, locale)),
        (said["revision"], str(paper.revision)),
        (said["wanted"], wording.day(paper.wanted, locale) if paper.wanted else ""),
        (said["from"], ", ".join(paper.sender)),
        (said["to"], paper.supplier),
        (said["deliver_to"], ", ".join(paper.deliver_to)),
    ]
    return [(name, value) for name, value in rows if value]


def _lines(
    order: PurchaseOrder, paper: Paper, said: dict[str, str], locale: Locale, given: Answer
) -> list[dict[str, Any]]:
    found, owed = [], {str(key) for key in order.lines.filter(open=True).values_list("pk", flat=True)}
    for line in paper.lines:
        skus = [(said["your_sku"], line.supplier_sku), (said["our_sku"], line.sku)]
        found.append(
            {
                "id": line.id,
                "name": line.name or line.sku,
                "skus": [(name, sku) for name, sku in skus if sku],
                "label": line.supplier_sku or line.sku,
                "quantity": wording.number(line.quantity, locale),
                "price": wording.amount(line.price, paper.currency, locale),
                "total": wording.amount(line.total, paper.currency, locale),
                "owed": line.id in owed,
                "cannot": line.id in given.cannot,
            }
        )
    return found


def _page(
    request: HttpRequest, template: str, shown: dict[str, Any], order: PurchaseOrder | None, status: int = 200
) -> HttpResponse:
    spoken = language(request, order)
    sender = values()["order_sender"]
    common = {
        "words": words(spoken),
        "language": spoken,
        "languages": [{"code": code, "name": NAMES[code]} for code in LANGUAGES],
        "shop": sender[0] if sender else shop().site().name,
    }
    response = PAGES.page(template, "supplier.css", {**common, **shown}, status=status)
    response["Content-Language"] = spoken
    return response
