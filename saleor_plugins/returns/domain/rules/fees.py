"""What is kept of each unit's price."""

from __future__ import annotations

from decimal import Decimal

from ..reasons import Reason
from .fields import percent
from .kind import LAW, Given, Kind, Verdict

FREE = "FREE"
FEE = "FEE"


def decide(given: Given) -> Verdict | None:
    """The value is the percentage. Whoever may withdraw pays none, whatever they call it; nor do faults."""
    asked = Decimal(given.policy.restocking_fee_percent or "0")
    share = given.values["percent"] if given.values else asked
    if not share:
        return None
    reason = Reason(given.line.reason or Reason.UNSPECIFIED)
    if reason.free:
        return Verdict(FREE, f"No fee: {reason}.", Decimal(0), by=LAW)
    if given.right.open:
        return Verdict(FREE, "No fee as long as the law's right of withdrawal holds.", Decimal(0), by=LAW)
    return Verdict(FEE, f"{share} % of the price is kept.", share)


KIND = Kind("fees", {"percent": percent}, decide, needed=("percent",), asked=True)
