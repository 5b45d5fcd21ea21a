"""What can go wrong between the bridge and a Shopify store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from saleor_plugins.kernel.errors import OpsError


class ShopifyError(OpsError):
    """Base of them all. Messages name documents and codes, never variables: those hold personal data."""

    code = "SHOPIFY"


class Unreachable(ShopifyError):
    """Nothing was carried out: throttled for too long, or no connection. Try later."""

    code = "SHOPIFY_UNREACHABLE"


class Unknown(ShopifyError):
    """A write got no answer: it was carried out, or it was not. Look before writing again."""

    code = "SHOPIFY_UNKNOWN"


class Unauthorized(ShopifyError):
    """The token is wrong, revoked or lacks a scope."""

    code = "SHOPIFY_UNAUTHORIZED"


class Rejected(ShopifyError):
    """Shopify does not accept the document or its variables: a fault of ours, or another API version."""

    code = "SHOPIFY_REJECTED"


class UserErrors(ShopifyError):
    """A mutation refused its input; nothing was carried out."""

    code = "SHOPIFY_USER_ERRORS"

    def __init__(self, name: str, entries: Sequence[dict[str, Any]]):
        self.entries = tuple(entries)
        said = "; ".join(
            f"{'.'.join(e.get('field') or [])} {e['message']} {e.get('code') or ''}".strip()
            for e in entries[:5]
        )
        super().__init__(f"{name}: {said}")

    @property
    def codes(self) -> set[str]:
        """The codes among them."""
        return {entry["code"] for entry in self.entries if entry.get("code")}
