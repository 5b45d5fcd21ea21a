"""Signed links: what they open cannot be forged, guessed or used after its time."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest

from ..config import PLUGIN_ID, values

TRACKING = "saleor_plugins.fulfillment.tracking"
DOCUMENTS = "saleor_plugins.fulfillment.documents"
OPEN = "open/"
# Seconds; long enough to open a tab, too short to pass on.
DOCUMENT_AGE = 600
DAY = 86400


class Expired(Exception):
    """The link was ours, and its time is over."""


def tracking_token(order_id: str) -> str:
    """The token of an order's tracking page."""
    return signing.dumps(order_id, salt=TRACKING)


def tracked_order(token: str) -> str | None:
    """The order of a token; None for one that is not ours. Raises Expired."""
    found = _read(token, TRACKING, values()["tracking_days"] * DAY)
    return found if isinstance(found, str) else None


def document_token(what: dict[str, Any]) -> str:
    """A token that opens one document for ten minutes."""
    return signing.dumps(what, salt=DOCUMENTS, compress=True)


def opened_document(token: str) -> dict[str, Any] | None:
    """What a token opens; None for one that is not ours. Raises Expired."""
    found = _read(token, DOCUMENTS, DOCUMENT_AGE)
    return found if isinstance(found, dict) else None


def address(request: HttpRequest, path: str) -> str:
    """The absolute address of `path` below the plugin's, as the asker reached it."""
    here, _, rest = request.path.partition("graphql/")
    base = here if f"/{PLUGIN_ID}/" in here and not rest else f"/plugins/{PLUGIN_ID}/"
    return request.build_absolute_uri(base + path)


def document_url(request: HttpRequest, what: dict[str, Any], form: str = "", paper: str = "") -> str:
    """A link that opens a document for ten minutes."""
    chosen = f"?format={form}&paper={paper}" if form else ""
    return address(request, f"documents/{OPEN}{document_token(what)}/{chosen}")


def _read(token: str, salt: str, seconds: float) -> Any:
    try:
        return signing.loads(token, salt=salt, max_age=seconds)
    except signing.SignatureExpired:
        raise Expired from None
    except (signing.BadSignature, ValueError):
        return None
