"""Signed links into the portal: whoever has one may see its order, until its days are over."""

from __future__ import annotations

import re

from django.core import signing

from saleor_plugins.platform import settings as platform_settings
from saleor_plugins.platform import shop

from ...config import PLUGIN_ID
from ...settings.portal import SETTINGS

SALT = "saleor_plugins.returns.portal"
OPEN = "open/"
DAY = 86400
# Where a link may lead: below the portal, never out of it.
_PATH = re.compile(r"(?:[\w-]+/)*")


class Expired(Exception):
    """The link was ours, and its time is over."""


def address(path: str) -> str:
    """The absolute address of a path below the plugin's."""
    return f"{shop().site().address}/plugins/{PLUGIN_ID}/{path}"


def portal_url(order_id: str, path: str = "") -> str:
    """An absolute link that opens the portal for the order, at `path` below it; for mails, as for keys."""
    return address(f"portal/{OPEN}{signing.dumps(order_id, salt=SALT)}/{path}")


def opened(rest: str) -> tuple[str, str] | None:
    """The order and the path of ``<token>/<path>``; None for a link that is not ours. Raises Expired."""
    token, _, path = rest.partition("/")
    if not _PATH.fullmatch(path):
        return None
    days = platform_settings.setting_values(PLUGIN_ID, SETTINGS)["portal_link_days"]
    try:
        order_id = signing.loads(token, salt=SALT, max_age=days * DAY)
    except signing.SignatureExpired:
        raise Expired from None
    except (signing.BadSignature, ValueError):
        return None
    return (order_id, path) if isinstance(order_id, str) else None
