"""Signed links to photos and papers: they open without a session, cannot be forged, and end."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core import signing

from saleor_plugins.kernel import clock

from ..config import PLUGIN_ID
from ..models import Photo, Return
from .portal.links import DAY, OPEN, Expired, address

PHOTOS = "saleor_plugins.returns.photos"
PAPERS = "saleor_plugins.returns.papers"
# Seconds; long enough to look at a page, too short to pass on.
PHOTO_AGE = 600
# As long as a parcel may take to be sent, and a little more.
PAPER_AGE = 90 * DAY
LABEL, SLIP, DROP_OFF = "label", "slip", "drop-off"
# Links made within the same slot are the same, so that a page shown again is the same page.
_SLOT = 300


def photo_url(photo: Photo, *, preview: bool = False) -> str:
    """A link to a photo for ten minutes or a little more, without the host: for pages of ours."""
    token = _signed([photo.pk.hex], PHOTOS, PHOTO_AGE)
    return f"/plugins/{PLUGIN_ID}/photos/{OPEN}{token}/{'?size=preview' if preview else ''}"


def label_url(rma: Return) -> str:
    """A link to the return's label, for 90 days; 404 while there is none."""
    return _paper(LABEL, rma)


def slip_url(rma: Return) -> str:
    """A link to the slip for a parcel that the shopper sends with a carrier of their own."""
    return _paper(SLIP, rma)


def drop_off_url(rma: Return) -> str:
    """A link to the page with the code that is shown at a counter."""
    return _paper(DROP_OFF, rma)


def paper_path(kind: str, rma: Return) -> str:
    """The link's path below the plugin's address."""
    return f"documents/{OPEN}{_signed([kind, rma.pk.hex], PAPERS, PAPER_AGE)}/"


def opened_photo(token: str) -> UUID | None:
    """The photo of a token; None for one that is not ours. Raises Expired."""
    found = _opened(token, PHOTOS)
    return UUID(found[0]) if found else None


def opened_paper(token: str) -> tuple[str, UUID] | None:
    """Which paper of which return a token opens; None for one that is not ours. Raises Expired."""
    found = _opened(token, PAPERS)
    return (found[0], UUID(found[1])) if found else None


def _paper(kind: str, rma: Return) -> str:
    return address(paper_path(kind, rma))


def _signed(what: list[str], salt: str, seconds: int) -> str:
    until = (int(clock.now().timestamp()) // _SLOT + 1) * _SLOT + seconds
    return signing.Signer(salt=salt).sign_object([*what, until])


def _opened(token: str, salt: str) -> Any:
    try:
        *what, until = signing.Signer(salt=salt).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    if until <= clock.now().timestamp():
        raise Expired
    return what
