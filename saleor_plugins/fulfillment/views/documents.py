"""Packing slips and pick lists, as HTML for a browser's printer or as PDF.

For staff with MANAGE_ORDERS by their token, and for whoever has a link that GraphQL signed for ten minutes.
"""

from __future__ import annotations

import base64
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from ...http.pages import private, refusal
from ...kernel.errors import Invalid, NotFound, OpsError, Required
from ...kernel.ids import from_global, own_key
from ...platform import shop
from ...printing.bars import bars
from .. import store
from ..domain.parcels.documents import PickList, Slip
from ..usecases.print_slip import packing_slip, picks_of_day, picks_of_orders, planned_slip
from . import PAGES
from .links import OPEN, Expired, opened_document
from .pdf import picks_pdf, slip_pdf

PERMISSION = "MANAGE_ORDERS"
SLIP = "packing-slip/"
LABEL = "label/"
PICKS = "pick-list/"
PAPERS = ("a4", "letter")
LABEL_TYPES = {"PDF": "application/pdf", "ZPL": "text/plain; charset=utf-8", "PNG": "image/png"}


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``packing-slip/?id=``, ``pick-list/?warehouse=&day=`` or ``open/<token>/``; ``format``, ``paper``."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        what = _signed(rest) if rest.startswith(OPEN) else _asked(request, rest)
        if what is None:
            return refusal(404, "Not found.")
        return _answer(what, request.GET.get("format", "html"), request.GET.get("paper", "a4"))
    except Expired:
        return refusal(410, "This link has expired. Ask for a new one.")
    except NotFound as error:
        return refusal(404, error.message)
    except OpsError as error:
        return refusal(403 if error.code == "PERMISSION_DENIED" else 400, f"{error.field}: {error.message}")


def slip_of(kind: str, key: str) -> dict[str, Any]:
    """What a signed link to a packing slip says; `kind` is Shipment or PlannedParcel."""
    return {"slip": kind, "key": key}


def label_of(shipment: str) -> dict[str, Any]:
    """What a signed link to a label says."""
    return {"label": shipment}


def picks_of(warehouse_id: str, day: date | None, order_ids: list[str] | None) -> dict[str, Any]:
    """What a signed link to a pick list says."""
    return {"picks": warehouse_id, "day": day.isoformat() if day else None, "orders": order_ids}


def pick_list_of(what: dict[str, Any]) -> PickList:
    """The list that a link or request names. Raises NotFound, Invalid, Required."""
    if what["orders"] is not None:
        return picks_of_orders(what["picks"], what["orders"])
    if not what["day"]:
        raise Required("Name a day or orders.", field="day")
    return picks_of_day(what["picks"], date.fromisoformat(what["day"]))


def _signed(rest: str) -> dict[str, Any] | None:
    return opened_document(rest[len(OPEN) :].rstrip("/"))


def _asked(request: HttpRequest, rest: str) -> dict[str, Any] | None:
    if rest not in (SLIP, PICKS, LABEL):
        return None
    if not shop().asker(request).may(PERMISSION):
        raise Invalid(f"You need the permission {PERMISSION}.", field="token", code="PERMISSION_DENIED")
    if rest == PICKS:
        orders = [part for part in request.GET.get("orders", "").split(",") if part] or None
        return picks_of(request.GET.get("warehouse", ""), _day(request.GET.get("day", "")), orders)
    wanted = request.GET.get("id", "")
    if rest == LABEL:
        return label_of(str(own_key(wanted, "Shipment")))
    for kind in ("Shipment", "PlannedParcel"):
        try:
            from_global(wanted, kind)
        except Invalid:
            continue
        return slip_of(kind, str(own_key(wanted, kind)))
    raise Invalid("Must be the id of a Shipment or PlannedParcel.", field="id")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Invalid("Must be a day such as 2026-03-01.", field="day") from None


def _answer(what: dict[str, Any], form: str, paper: str) -> HttpResponse:
    if "label" in what:
        return _label(UUID(what["label"]))
    if form not in ("html", "pdf"):
        raise Invalid("Must be html or pdf.", field="format")
    if paper not in PAPERS:
        raise Invalid("Must be a4 or letter.", field="paper")
    if "slip" in what:
        found = (packing_slip if what["slip"] == "Shipment" else planned_slip)(UUID(what["key"]))
        return _pdf(slip_pdf(found, paper), "packing-slip") if form == "pdf" else _slip_page(found, paper)
    picks = pick_list_of(what)
    return _pdf(picks_pdf(picks, paper), "pick-list") if form == "pdf" else _picks_page(picks, paper)


def _slip_page(slip: Slip, paper: str) -> HttpResponse:
    codes = [(name, text, bars(text)) for name, text in slip.codes]
    values = {"slip": slip, "codes": codes, "several": slip.part[1] > 1, "paper": paper}
    return PAGES.page("packing_slip.html", f"print_{paper}.css", values)


def _picks_page(picks: PickList, paper: str) -> HttpResponse:
    return PAGES.page("pick_list.html", f"print_{paper}.css", {"picks": picks, "paper": paper})


def _label(shipment: UUID) -> HttpResponse:
    found = store.label_of(shipment)
    if found is None or not found.content:
        raise NotFound("The parcel has no label.", field="id")
    response = HttpResponse(base64.b64decode(found.content), content_type=_type_of(found.format))
    response["Content-Disposition"] = f'inline; filename="label.{found.format.lower()}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return private(response)


def _type_of(form: str) -> str:
    return LABEL_TYPES.get(form, "application/octet-stream")


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return private(response)
