"""Many returns of what one card paid for."""

from __future__ import annotations

from .facts import Facts, Limits, Raised, SignalKind, returns


def check(facts: Facts, limits: Limits) -> Raised | None:
    """Raised from `card_returns` returns by several customers on."""
    past = facts.card
    if not limits.card_returns or past.returns < limits.card_returns or past.customers < 2:
        return None
    return Raised(
        SignalKind.SAME_CARD,
        f"{returns(past.returns)} by {past.customers} customers in {limits.days} days, paid with a card of "
        f"the same brand, expiry and last digits; your limit is {limits.card_returns}.",
        {"returns": past.returns, "customers": past.customers, "limit": limits.card_returns},
    )
