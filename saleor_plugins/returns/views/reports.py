"""The reports for browsers and spreadsheets: one page of all, files of each.

For staff with MANAGE_ORDERS by their token, and for whoever has a link that GraphQL signed for an hour.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.dateparse import parse_datetime

from ...http.pages import Pages, private, refusal
from ...kernel.errors import Invalid, NotFound, OpsError, PermissionDenied, Required
from ...platform import shop
from ...printing import spreadsheet
from ..access import PERMISSION
from ..config import PLUGIN_ID
from ..domain.reports.scope import Scope
from ..reports.page import FOLDER, STYLE, standing_alone, values
from ..reports.registry import report

PAGES = Pages(FOLDER)
SALT = "saleor_plugins.returns.reports"
OPEN = "open/"
# Seconds.
AGE = 3600


def view(request: HttpRequest, rest: str) -> HttpResponse | StreamingHttpResponse:
    """``?since=&until=&channel=&country=`` or ``open/<token>/``; all, or ``<name>.csv``, ``<name>.svg``."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        if rest.startswith(OPEN):
            token, _, rest = rest[len(OPEN) :].partition("/")
            return _answer(opened(token), rest, "")
        if not shop().asker(request).may(PERMISSION):
            raise PermissionDenied(f"You need the permission {PERMISSION}.")
        scope = _asked(request)
        return _answer(scope, rest, "?" + urlencode(_told(scope)))
    except signing.SignatureExpired:
        return refusal(410, "This link has expired. Ask for a new one.")
    except (NotFound, signing.BadSignature):
        return refusal(404, "Not found.")
    except OpsError as error:
        return refusal(403 if error.code == "PERMISSION_DENIED" else 400, f"{error.field}: {error.message}")


def token(scope: Scope) -> str:
    """What opens the reports of a scope for an hour."""
    return signing.dumps(_told(scope), salt=SALT, compress=True)


def report_url(scope: Scope) -> str:
    """The address of the reports of a scope; it opens for an hour."""
    return f"{shop().site().address}/plugins/{PLUGIN_ID}/reports/{OPEN}{token(scope)}/"


def opened(token: str) -> Scope:
    """The scope of a token. Raises BadSignature, SignatureExpired."""
    said = signing.loads(token, salt=SALT, max_age=AGE)
    return Scope(
        datetime.fromisoformat(said["since"]),
        datetime.fromisoformat(said["until"]),
        said["channel"],
        said["country"],
    )


def _told(scope: Scope) -> dict[str, Any]:
    return {**vars(scope), "since": scope.since.isoformat(), "until": scope.until.isoformat()}


def _asked(request: HttpRequest) -> Scope:
    since, until = (_instant(request.GET.get(name, ""), name) for name in ("since", "until"))
    return Scope(since, until, request.GET.get("channel", ""), request.GET.get("country", "")).checked()


def _instant(text: str, name: str) -> datetime:
    if not text:
        raise Required("Say when.", field=name)
    try:
        at = parse_datetime(text)
    except ValueError:
        at = None
    if at is None:
        raise Invalid("Must be an instant such as 2026-03-01T00:00:00Z.", field=name)
    return at


def _answer(scope: Scope, rest: str, query: str) -> HttpResponse | StreamingHttpResponse:
    if not rest:
        return PAGES.page("report.html", STYLE, {**values(scope), "base": "", "query": query})
    name, _, form = rest.partition(".")
    found = report(name)
    if form == "csv":
        rows = spreadsheet.lines(found.header, found.stream(scope))
        return _file(StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8"), rest, "attachment")
    pictures = list(found.pictures(found.find(scope))) if form == "svg" else []
    if not pictures:
        raise NotFound("No such picture.", field="name")
    drawn = HttpResponse(standing_alone(name, pictures), content_type="image/svg+xml")
    return _file(drawn, rest, "inline")


def _file(response: Any, name: str, how: str) -> Any:
    response["Content-Disposition"] = f'{how}; filename="returns-{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return private(response)
