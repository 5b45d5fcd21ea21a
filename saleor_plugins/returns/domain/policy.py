"""Which units may come back, and until when: quantities for everybody, the window for shoppers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from saleor_plugins.kernel.clock import day_of
from saleor_plugins.kernel.errors import Invalid

from .plan import ShippingRule

UNRETURNABLE = "UNRETURNABLE"
WINDOW_CLOSED = "WINDOW_CLOSED"


@dataclass(frozen=True)
class Policy:
    """The merchant's rules, as they stood when the return was requested.

    What only fees and restocking understand is kept as the merchant wrote it.
    """

    window_days: int = 30
    auto_approve: bool = False
    expiry_days: int = 0
    refund_shipping: ShippingRule = ShippingRule.NONE
    standard_shipping: str = ""
    restocking_fee_percent: str = "0"
    label_fee: str = ""
    withdrawal_postage: str = "MERCHANT"
    restock_into: str = "ARRIVED"
    restock_warehouse: str = ""
    restock_map: str = ""
    transfer_costs: str = ""

    def snapshot(self) -> dict[str, Any]:
        """As JSON, to keep with a return."""
        return asdict(self)

    def delivery(self, *, by_law: bool) -> ShippingRule:
        """How delivery comes back; by law whoever returns all has the standard cost (2011/83, Art. 13).

        Of several refunds the one for the last unit gives it.
        """
        if by_law and self.refund_shipping is ShippingRule.NONE:
            return ShippingRule.STANDARD
        return self.refund_shipping

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Policy:
        """What `snapshot` made; rules added since have their defaults."""
        known = {name: data[name] for name in data if name in cls.__dataclass_fields__}
        policy = cls(**known)
        return replace(policy, refund_shipping=ShippingRule(policy.refund_shipping))


def deadline(days: int, now: datetime, zone: str) -> datetime | None:
    """When a return that is approved `now` for `days` expires: as the last day ends; None for never (0)."""
    if not days:
        return None
    return start_of(day_of(now, zone) + timedelta(days=days + 1), zone)


def start_of(day: date, zone: str) -> datetime:
    """The first instant of `day` in `zone` (IANA name), as UTC; days may have 23 or 25 hours."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def check_available(asked: int, available: int, *, field: str) -> None:
    """Raises Invalid when more units are asked for than shipped and not yet returned."""
    if asked > available:
        raise Invalid(f"Only {max(available, 0)} can be returned.", field=field, code=UNRETURNABLE)
