"""The supplier's page of an order, behind a signed link: see it, take it along, confirm it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from ....http.pages import private, refusal
from ....http.throttle import TooMany, throttle
from ....kernel.errors import Conflict, Invalids
from ....platform.port import Asker
from ...domain.order import OWED
from ...models import PurchaseOrder
from ...sending.csv import order_csv
from ...sending.pdf import order_pdf
from ...store import orders
from ...usecases.confirm_order import Answer, confirm_order
from ...usecases.order_paper import paper_of
from ..links import PATH, Expired, opened
from .page import changed, note, order_page

# Requests of one client in a minute.
MOST = 60
FILES = {"order.pdf": "application/pdf", "order.csv": "text/csv; charset=utf-8"}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``orders/<token>/``, its ``order.pdf`` and ``order.csv``. The link is the permission."""
    if request.method not in ("GET", "HEAD", "POST"):
        return refusal(405, "Use GET or POST.")
    request.asker = Asker()  # type: ignore[attr-defined]
    token, _, wanted = rest.partition("/")
    try:
        throttle(request, "restock-order", MOST)
        found = opened(token)
    except TooMany:
        return note(request, "busy", 429)
    except Expired:
        return note(request, "expired", 410)
    order = orders.all_orders().filter(pk=found[0]).first() if found else None
    if found is None or order is None or wanted not in ("", *FILES):
        return note(request, "gone", 404)
    return _answer(request, order, found[1], token, wanted)


def _answer(
    request: HttpRequest, order: PurchaseOrder, revision: int, token: str, wanted: str
) -> HttpResponse:
    if order.state not in OWED:
        return note(request, order.state.lower(), 200, order)
    if revision != order.revision:
        return changed(request, order, revision)
    if wanted:
        return _file(order, wanted, request.build_absolute_uri(f"{PATH}{token}/"))
    if request.method == "POST":
        return _confirm(request, order.pk, revision)
    return order_page(request, order)


def _confirm(request: HttpRequest, order_id: UUID, revision: int) -> HttpResponse:
    """Take the answer in, then show the page anew: pressing twice, or reloading, is once."""
    typed = Answer(
        request.POST.get("expectedOn", ""),
        request.POST.get("reference", ""),
        request.POST.get("note", ""),
        frozenset(request.POST.getlist("cannot")[:1000]),
    )
    try:
        confirm_order(order_id, revision, typed)
    except Invalids as error:
        order = orders.all_orders().get(pk=order_id)
        return order_page(request, order, typed=typed, errors=error.errors)
    except Conflict:
        pass  # Another state or revision by now: the page says so.
    response = HttpResponseRedirect(request.get_full_path())
    response.status_code = 303
    return private(response)


def _file(order: PurchaseOrder, name: str, link: str) -> HttpResponse:
    paper = paper_of(order)
    content = order_pdf(paper, link) if name == "order.pdf" else order_csv(paper)
    response = HttpResponse(content, content_type=FILES[name])
    kind = name.rpartition(".")[2]
    response["Content-Disposition"] = f'inline; filename="order-{paper.number}-{paper.revision}.{kind}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return private(response)
