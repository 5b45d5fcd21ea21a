"""Name a carrier, and give it the secret by which it signs."""

from __future__ import annotations

import base64
import json
import os
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

from django.db import transaction

from ...carriers import connect
from ...kernel import clock
from ...kernel.errors import Conflict, Invalid, Required
from .. import store
from ..models import Carrier
from .change_shipment import checked_text

# How long a replaced secret still signs beside the new one.
OVERLAP = timedelta(hours=24)
NUMBER = "{number}"
LONGEST_SETTINGS = 20_000


def set_carrier(
    key: UUID | None = None,
    *,
    name: str | None = None,
    tracking_url: str | None = None,
    is_active: bool | None = None,
    api: str | None = None,
    api_settings: str | None = None,
) -> tuple[Carrier, bool]:
    """Make a carrier (no `key`) or change what is given; answers it and whether it is new.

    `api` is karrio's name of the carrier, "" for none; `api_settings` its settings as JSON. Raises NotFound
    (``id``), Required or Invalid (``name``, ``trackingUrl``, ``api``, ``apiSettings``), Conflict (``name``,
    ``api``).
    """
    changes: dict[str, Any] = {}
    if name is not None or key is None:
        changes["name"] = _checked_name(name or "", key)
    if tracking_url is not None:
        changes["tracking_url"] = _checked_url(tracking_url)
    if is_active is not None:
        changes["is_active"] = is_active
    changes |= _checked_service(key, api, api_settings)
    with transaction.atomic():
        row = store.carrier(key, lock=True) if key else store.add_carrier(changes["name"], _new_secret())
        return (store.change_carrier(row, **changes) if changes else row), key is None


def rotate_secret(key: UUID) -> Carrier:
    """Give the carrier a new secret; the old one is good for 24 hours more. Raises NotFound (``id``)."""
    with transaction.atomic():
        row = store.carrier(key, lock=True)
        until = clock.now() + OVERLAP
        return store.change_carrier(
            row, previous_secret=row.secret, previous_until=until, secret=_new_secret()
        )


def tracking_link(carrier: Carrier | None, number: str) -> str:
    """The carrier's own page about a parcel, "" where there is none."""
    if carrier is None or not carrier.tracking_url or not number:
        return ""
    return carrier.tracking_url.replace(NUMBER, quote(number, safe=""))


def _checked_service(key: UUID | None, api: str | None, settings: str | None) -> dict[str, str]:
    if api is None and settings is None:
        return {}
    now_api, now_settings = store.service_of(key) if key else ("", "")
    api = checked_text(now_api if api is None else api, 50, "api")
    settings = now_settings if settings is None else settings
    if not api:
        return {"api": "", "api_settings": ""}
    try:
        read = json.loads(settings or "{}")
    except ValueError:
        read = None
    if not isinstance(read, dict) or len(settings) > LONGEST_SETTINGS:
        raise Invalid("Must be a JSON object.", field="apiSettings")
    connect(api, settings)
    return {"api": api, "api_settings": settings}


def _checked_name(name: str, key: UUID | None) -> str:
    name = checked_text(name, 100, "name")
    if not name:
        raise Required("Name the carrier.", field="name")
    if store.name_taken(name, key):
        raise Conflict(f"There is a carrier called {name} already.", field="name")
    return name


def _checked_url(url: str) -> str:
    url = checked_text(url, 500, "trackingUrl")
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme != "https" or parts.username or parts.password or NUMBER in parts.netloc:
        raise Invalid("Must be an https address.", field="trackingUrl")
    if url.count(NUMBER) != 1 or any(char.isspace() for char in url):
        raise Invalid(f"Must have {NUMBER} in it once, where the tracking number goes.", field="trackingUrl")
    return url


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(32)).decode()
