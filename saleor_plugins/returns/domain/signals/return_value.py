"""A customer whose returns are worth a lot."""

from __future__ import annotations

from saleor_plugins.kernel.money import from_minor

from .facts import Facts, Limits, Raised, SignalKind, returns


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised when what was paid for the returned units reaches `value`."""
    value = facts.customer.value
    if not limits.value or value < limits.value:
        return None
    amount, limit = (f"{from_minor(each, facts.currency)} {facts.currency}" for each in (value, limits.value))
    return Raised(
        SignalKind.RETURN_VALUE,
        f"{returns(facts.customer.returns)} of the customer in {limits.days} days, worth {amount}; "
        f"your limit is {limit}.",
        {"returns": facts.customer.returns, "value": amount, "limit": limit, "days": limits.days},
    )
