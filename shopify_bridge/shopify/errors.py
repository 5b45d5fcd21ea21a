"""What can go wrong between the bridge and a Shopify store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saleor_plugins.kernel.errors import OpsError


class ShopifyError(OpsError):
    """Base of them all. Messages name documents and codes, never variables: those hold personal data."""

    code = "SHOPIFY"


class Unreachable(ShopifyError):
    """Nothing was carried out: throttled for too long, or no connection. Try later.

    `after`: seconds after which it is worth while, where Shopify or the budget told.
    """

    code = "SHOPIFY_UNREACHABLE"

    def __init__(self, message: str, after: float | None = None):
        super().__init__(message)
        self.after = after


class Closed(Unreachable):
    """The shop is frozen (402) or locked (423): nothing works until its owner or Shopify opens it."""

    code = "SHOPIFY_CLOSED"


class Unknown(ShopifyError):
    """A write got no answer: it was carried out, or it was not. Look before writing again."""

    code = "SHOPIFY_UNKNOWN"


class Unauthorized(ShopifyError):
    """The token is wrong, revoked or lacks a scope."""

    code = "SHOPIFY_UNAUTHORIZED"


class Rejected(ShopifyError):
    """Shopify does not accept the document or its variables: a fault of ours, or another API version."""

    code = "SHOPIFY_REJECTED"


class TooDear(Rejected):
    """One query asks for more than 1,000 points; ask for less at once."""

    code = "SHOPIFY_TOO_DEAR"


class UserErrors(ShopifyError):
    """A mutation refused its input; nothing was carried out."""

    code = "SHOPIFY_USER_ERRORS"

    def __init__(self, name: str, entries: Sequence[dict[str, Any]]):
        self.entries = tuple(entries)
        super().__init__(f"{name}: {said(entries)}")

    @property
    def codes(self) -> set[str]:
        """The codes among them."""
        return {entry["code"] for entry in self.entries if entry.get("code")}


class BulkRefused(ShopifyError):
    """The app may not run bulk operations in this shop."""

    code = "SHOPIFY_BULK_REFUSED"


class BulkFailed(ShopifyError):
    """A bulk operation did not come to an end that can be used."""

    code = "SHOPIFY_BULK_FAILED"


def said(entries: Sequence[dict[str, Any]]) -> str:
    """The first few userErrors, for people."""
    return "; ".join(
        f"{'.'.join(entry.get('field') or [])} {entry.get('message', '')} {entry.get('code') or ''}".strip()
        for entry in entries[:5]
    )
