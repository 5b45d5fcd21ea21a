"""The in-memory shop as its visitors have it."""

from __future__ import annotations

from collections.abc import Collection

from ..port import AskerKind, Buyable, Variant
from .state import InMemory

CHANNEL = "default"


class StorefrontInMemory(InMemory):
    """`port.Storefront`: every variant that is not hidden can be bought, in the one channel."""

    def buyable(self, variant_ids: Collection[str], channel: str = "") -> dict[str, Buyable]:
        if channel not in ("", CHANNEL):
            return {}
        with self._lock:
            rows = [self.state.variants[key] for key in set(variant_ids) if key in self.state.variants]
            return {row.id: _buyable(row) for row in rows if row.id not in self.state.hidden}

    def serving(self, channel: str = "", country: str = "") -> frozenset[str]:
        if channel not in ("", CHANNEL):
            return frozenset()
        with self._lock:
            rows = list(self.state.warehouses.values())
        return frozenset(
            row.id
            for row in rows
            if CHANNEL in (row.channels or ())
            and (country in row.countries if country else bool(row.countries) or row.pickup)
        )

    def account_email(self, user_id: str) -> str:
        with self._lock:
            known = {row.id for row in self.state.askers.values() if row.kind is not AskerKind.APP}
            proven = user_id not in self.state.unproven
        return f"{user_id.lower().rstrip('=')}@example.com" if user_id in known and proven else ""

    # -- what merchants have done ---------------------------------------------------------------

    def hide(self, variant: Variant) -> None:
        """The merchant unpublishes the variant's product."""
        self.state.hidden |= {variant.id}

    def doubt(self, user_id: str) -> None:
        """Nobody has proven the account's address."""
        self.state.unproven |= {user_id}


def _buyable(row: Variant) -> Buyable:
    return Buyable(row.id, row.product_id, f"{row.product_name} ({row.name})", row.sku.lower(), CHANNEL)
