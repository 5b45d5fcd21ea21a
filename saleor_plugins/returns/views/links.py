"""Signed links to photos and papers: they open without a session, cannot be forged, and end."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from ..config import PLUGIN_ID
from ..models import Photo, Return
from ..settings.portal import SETTINGS
from .portal.links import DAY, OPEN, Expired, address

PHOTOS = "saleor_plugins.returns.photos"
PAPERS = "saleor_plugins.returns.papers"
# Seconds; long enough to look at a page, too short to pass on.
PHOTO_AGE = 600
LABEL, SLIP, DROP_OFF = "label", "slip", "drop-off"


def photo_url(photo: Photo, *, preview: bool = False) -> str:
    """A link to a photo for ten minutes, without the host: for pages of ours."""
    size = "?size=preview" if preview else ""
    return f"/plugins/{PLUGIN_ID}/photos/{OPEN}{signing.dumps(photo.pk.hex, salt=PHOTOS)}/{size}"


def public_photo_url(photo: Photo, *, preview: bool = False) -> str:
    """The same with the shop's address: for storefronts and staff."""
    return shop().site().address + photo_url(photo, preview=preview)


def label_url(rma: Return) -> str:
    """A link to the return's label, for as many days as the portal's links; 404 while there is none."""
    return _paper(LABEL, rma)


def slip_url(rma: Return) -> str:
    """A link to the slip for a parcel that the shopper sends with a carrier of their own."""
    return _paper(SLIP, rma)


def drop_off_url(rma: Return) -> str:
    """A link to the page with the code that is shown at a counter."""
    return _paper(DROP_OFF, rma)


def opened_photo(token: str) -> UUID | None:
    """The photo of a token; None for one that is not ours. Raises Expired."""
    found = _read(token, PHOTOS, PHOTO_AGE)
    return UUID(found) if isinstance(found, str) else None


def opened_paper(token: str) -> tuple[str, UUID] | None:
    """Which paper of which return a token opens; None for one that is not ours. Raises Expired."""
    days = platform_settings.setting_values(PLUGIN_ID, SETTINGS)["portal_link_days"]
    found = _read(token, PAPERS, days * DAY)
    return (found[0], UUID(found[1])) if isinstance(found, list) else None


def _paper(kind: str, rma: Return) -> str:
    return address(f"documents/{OPEN}{signing.dumps([kind, rma.pk.hex], salt=PAPERS)}/")


def _read(token: str, salt: str, seconds: float) -> object:
    try:
        return signing.loads(token, salt=salt, max_age=seconds)
    except signing.SignatureExpired:
        raise Expired from None
    except (signing.BadSignature, ValueError):
        return None
