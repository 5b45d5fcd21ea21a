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
    restock_into: str = "ARRIVED"
    restock_warehouse: str = ""
    restock_map: str = ""
    transfer_costs: str = ""

    def snapshot(self) -> dict[str, Any]:
        """As JSON, to keep with a return."""
        return asdict(self)

    @classmethod
    def restored(cls, data: Mapping[str, Any]) -> Policy:
        """What `snapshot` made; rules added since have their defaults."""
        known = {name: data[name] for name in data if name in cls.__dataclass_fields__}
        policy = cls(**known)
        return replace(policy, refund_shipping=ShippingRule(policy.refund_shipping))

    def last_day(self, since: datetime, zone: str) -> date:
        """The last day, where people live by `zone`, on which units out since then may be asked back."""
        return day_of(since, zone) + timedelta(days=self.window_days)

    def deadline(self, now: datetime, zone: str) -> datetime | None:
        """When a return that is approved `now` expires: as the day ends; None for never."""
        if not self.expiry_days:
            return None
        return start_of(day_of(now, zone) + timedelta(days=self.expiry_days + 1), zone)


def start_of(day: date, zone: str) -> datetime:
    """The first instant of `day` in `zone` (IANA name), as UTC; days may have 23 or 25 hours."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def check_window(last_day: date, today: date, *, what: str, field: str) -> None:
    """Raises Invalid (code ``WINDOW_CLOSED``), saying `what` and when, once `last_day` is over."""
    if today > last_day:
        raise Invalid(
            f"{what} could be returned until {last_day.isoformat()}.", field=field, code=WINDOW_CLOSED
        )


def check_available(asked: int, available: int, *, field: str) -> None:
    """Raises Invalid when more units are asked for than shipped and not yet returned."""
    if asked > available:
        raise Invalid(f"Only {max(available, 0)} can be returned.", field=field, code=UNRETURNABLE)
