"""Many returns of what was sent to one address."""

from __future__ import annotations

from .facts import Facts, Limits, Raised, SignalKind, returns


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised from `address_returns` returns on; one customer's own are the customer's signals' business."""
    past = facts.address
    if not limits.address_returns or past.returns < limits.address_returns or past.customers < 2:
        return None
    return Raised(
        SignalKind.SAME_ADDRESS,
        f"{returns(past.returns)} by {past.customers} customers in {limits.days} days, of orders to one "
        f"address; your limit is {limits.address_returns}. Flats and offices share one, too.",
        {"returns": past.returns, "customers": past.customers, "limit": limits.address_returns},
    )
