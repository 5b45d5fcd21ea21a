"""Signed links for suppliers: each opens one revision of one order, cannot be forged, and ends."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

from ...kernel import clock
from ...platform import shop

SALT = "saleor_plugins.restock.order"
PATH = "/plugins/saleor_plugins.restock/orders/"


class Expired(Exception):
    """The link was ours, and its time is over."""


def order_url(order_id: UUID, revision: int, until: int) -> str:
    """Where a supplier sees the revision, until the second `until` since 1970: the same link every time."""
    return f"{shop().site().address}{PATH}{token(order_id, revision, until)}/"


def token(order_id: UUID, revision: int, until: int) -> str:
    """What the link carries."""
    return signing.Signer(salt=SALT).sign_object([order_id.hex, revision, until])


def opened(text: str) -> tuple[UUID, int] | None:
    """The order and the revision of a token; None for one that is not ours. Raises Expired."""
    try:
        order_id, revision, until = signing.Signer(salt=SALT).unsign_object(text)
    except (signing.BadSignature, ValueError):
        return None
    if until <= clock.now().timestamp():
        raise Expired
    return UUID(order_id), revision
