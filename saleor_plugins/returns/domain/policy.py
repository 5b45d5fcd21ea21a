"""Which units may come back: quantities for everybody, the window for shoppers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from saleor_plugins.kernel.errors import Invalid

from .plan import ShippingRule

UNRETURNABLE = "UNRETURNABLE"


@dataclass(frozen=True)
class Policy:
    """The merchant's rules, as they stood when the return was requested."""

    window_days: int = 30
    auto_approve: bool = False
    refund_shipping: ShippingRule = ShippingRule.NONE
    restock_warehouse: str = ""

    def snapshot(self) -> dict[str, Any]:
        """As JSON, to keep with a return."""
        return asdict(self)

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Policy:
        """What `snapshot` made; rules added since have their defaults."""
        known = {name: data[name] for name in data if name in cls.__dataclass_fields__}
        policy = cls(**known)
        return replace(policy, refund_shipping=ShippingRule(policy.refund_shipping))


def check_window(policy: Policy, since: datetime, now: datetime) -> None:
    """Raises Invalid (field ``orderId``, code ``WINDOW_CLOSED``) when `since` is too long ago."""
    if now > since + timedelta(days=policy.window_days):
        raise Invalid(
            f"Returns are possible for {policy.window_days} days.", field="orderId", code="WINDOW_CLOSED"
        )


def check_available(asked: int, available: int, *, field: str) -> None:
    """Raises Invalid when more units are asked for than shipped and not yet returned."""
    if asked > available:
        raise Invalid(f"Only {max(available, 0)} can be returned.", field=field, code=UNRETURNABLE)
