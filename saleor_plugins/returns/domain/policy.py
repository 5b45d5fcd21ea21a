"""Which units may come back: quantities for everybody, the window for shoppers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from saleor_plugins.kernel.errors import Invalid

from .plan import ShippingRule

UNRETURNABLE = "UNRETURNABLE"


@dataclass(frozen=True)
class Policy:
    """The merchant's rules, as they stood when the return was requested."""

    window_days: int = 30
    auto_approve: bool = False
    refund_shipping: ShippingRule = ShippingRule.NONE


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
