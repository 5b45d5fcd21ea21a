"""A customer who sends most of what they buy back."""

from __future__ import annotations

from .facts import Facts, Limits, Raised, SignalKind, units


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised when at least `rate` percent of at least `rate_units` bought units were to come back."""
    back, bought = facts.customer.units, facts.bought
    if not limits.rate or bought < max(limits.rate_units, 1) or back * 100 < limits.rate * bought:
        return None
    percent = back * 100 // bought
    return Raised(
        SignalKind.RETURN_RATE,
        f"The customer asked to return {back} of {units(bought)} bought in {limits.days} days: {percent} %. "
        f"Your limit is {limits.rate} %. Faulty and wrong goods are not counted.",
        {"units": back, "bought": bought, "percent": percent, "limit": limits.rate, "days": limits.days},
    )
