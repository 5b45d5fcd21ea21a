"""Which payment gives back how much."""

from __future__ import annotations

from collections.abc import Mapping

from saleor_plugins.kernel.errors import Invalid


def split(amount: int, balances: Mapping[str, int]) -> dict[str, int]:
    """Take `amount` from the payments in their order, each within its balance.

    Raises Invalid (field ``amount``, code ``ABOVE_CEILING``) when all balances together are not enough:
    a person decides then; nothing is cut silently.
    """
    ceiling = sum(max(balance, 0) for balance in balances.values())
    if amount > ceiling:
        raise Invalid("More than the payments can give back.", field="amount", code="ABOVE_CEILING")
    parts: dict[str, int] = {}
    for payment_id, balance in balances.items():
        part = min(amount, max(balance, 0))
        if part:
            parts[payment_id] = part
            amount -= part
    return parts
