"""Papers of transfers, behind links that GraphQL signs for ten minutes."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import HttpRequest, HttpResponse

from ...http.pages import private, refusal
from ...kernel.errors import NotFound
from ...platform import shop
from ..models import Transfer
from ..papers.transfer import transfer_pdf
from ..store import transfers

SALT = "saleor_plugins.restock.papers"
PATH = "/plugins/saleor_plugins.restock/papers/"
# Seconds; long enough to open a tab, too short to pass on.
AGE = 600


def paper_url(transfer: Transfer, paper: str) -> str:
    """A link to the transfer's paper, on a4 or letter."""
    token = signing.dumps([transfer.pk.hex, paper], salt=SALT)
    return f"{shop().site().address}{PATH}{token}/"


def view(request: HttpRequest, rest: str) -> HttpResponse:
    """``<token>/``: the PDF of a transfer."""
    if request.method not in ("GET", "HEAD"):
        return refusal(405, "Use GET.")
    try:
        key, paper = signing.loads(rest.rstrip("/"), salt=SALT, max_age=AGE)
        content = transfer_pdf(transfers.find(UUID(key)), paper)
    except signing.SignatureExpired:
        return refusal(410, "This link has expired. Ask for a new one.")
    except (signing.BadSignature, NotFound):
        return refusal(404, "Not found.")
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="transfer.pdf"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return private(response)
