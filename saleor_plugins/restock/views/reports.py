"""The reports for browsers and spreadsheets: one page of all, a CSV file of each.

For staff with MANAGE_PRODUCTS by their token, and for whoever has a link that GraphQL signed for an hour.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse

from ...http.pages import Pages, private, refusal
from ...kernel.errors import Invalid, Invalids, NotFound, OpsError, PermissionDenied
from ...platform import shop
from ..domain.reports.scope import Scope
from ..reports.page import FOLDER, STYLE, lines, values
from ..settings import PLUGIN_ID

PAGES = Pages(FOLDER)
PERMISSION = "MANAGE_PRODUCTS"
SALT = "saleor_plugins.restock.reports"
OPEN = "open/"
# Seconds.
AGE = 3600


def view(request: HttpRequest, rest: str) -> HttpResponse | StreamingHttpResponse:
    """``?deadDays=&days=&warehouseId=`` or ``open/<token>/``; all, or ``<name>.csv``."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        if rest.startswith(OPEN):
            token, _, rest = rest[len(OPEN) :].partition("/")
            return _answer(opened(token), rest, "")
        if not shop().asker(request).may(PERMISSION):
            raise PermissionDenied(f"You need the permission {PERMISSION}.")
        return _answer(_asked(request), rest, "?" + urlencode(_query(_asked(request))))
    except signing.SignatureExpired:
        return refusal(410, "This link has expired. Ask for a new one.")
    except (NotFound, signing.BadSignature):
        return refusal(404, "Not found.")
    except OpsError as error:
        found = error.errors if isinstance(error, Invalids) else [error]
        said = "\n".join(f"{each.field}: {each.message}" for each in found)
        return refusal(403 if error.code == "PERMISSION_DENIED" else 400, said)


def report_url(scope: Scope) -> str:
    """The address of the reports of a scope; it opens for an hour."""
    token = signing.dumps(asdict(scope), salt=SALT, compress=True)
    return f"{shop().site().address}/plugins/{PLUGIN_ID}/reports/{OPEN}{token}/"


def opened(token: str) -> Scope:
    """The scope of a token. Raises BadSignature, SignatureExpired."""
    return Scope(**signing.loads(token, salt=SALT, max_age=AGE))


def _query(scope: Scope) -> dict[str, Any]:
    return {"deadDays": scope.dead_days, "days": scope.days, "warehouseId": scope.warehouse_id}


def _asked(request: HttpRequest) -> Scope:
    usual = Scope()
    dead_days, days = (
        _number(request.GET.get(name), name, default)
        for name, default in (("deadDays", usual.dead_days), ("days", usual.days))
    )
    return Scope(dead_days, days, request.GET.get("warehouseId", "")).checked()


def _number(text: str | None, name: str, default: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Invalid("Must be a number of days.", field=name)
    return int(text)


def _answer(scope: Scope, rest: str, query: str) -> HttpResponse | StreamingHttpResponse:
    if not rest:
        return PAGES.page("report.html", STYLE, {**values(scope), "files": True, "query": query})
    name, _, form = rest.partition(".")
    if form != "csv":
        raise NotFound("No such file.", field="name")
    response = StreamingHttpResponse(lines(name, scope), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="restock-{name}.csv"'
    return private(response)  # type: ignore[arg-type]
