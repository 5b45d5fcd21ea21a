"""Which payment gives back how much.

Money first, gift cards last: what was paid as money comes back by the same means (2011/83 Art. 13) while
there is any, and store value only where store value was spent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid

ABOVE_CEILING = "ABOVE_CEILING"


@dataclass(frozen=True)
class Tier:
    """The payments of one order, in the order in which they give.

    `promised` of it must stay for orders that an exchange made. `allowance` bounds what this tier and all
    that follow may give together; None for no bound.
    """

    balances: Mapping[str, int]
    promised: int = 0
    allowance: int | None = None

    @property
    def free(self) -> int:
        """What the payments may give together."""
        return max(sum(max(balance, 0) for balance in self.balances.values()) - max(self.promised, 0), 0)


def split(amount: int, balances: Mapping[str, int]) -> dict[str, int]:
    """`draw` from the payments of a single order."""
    return draw(amount, [Tier(balances)])


def draw(amount: int, tiers: Sequence[Tier]) -> dict[str, int]:
    """Take `amount` from the payments in their order, each within its balance and its tier's bounds.

    Raises Invalid (field ``amount``, code ``ABOVE_CEILING``) when all together are not enough:
    a person decides then; nothing is cut silently.
    """
    parts = _take(amount, tiers)
    if sum(parts.values()) < amount:
        raise Invalid("More than the payments can give back.", field="amount", code=ABOVE_CEILING)
    return parts


def ceiling(tiers: Sequence[Tier]) -> int:
    """The most that `draw` can take."""
    return sum(_take(sum(tier.free for tier in tiers), tiers).values())


def _take(amount: int, tiers: Sequence[Tier]) -> dict[str, int]:
    parts: dict[str, int] = {}
    for tier in tiers:
        # Further tiers are bound by the nearer ones' allowance too.
        if tier.allowance is not None:
            amount = min(amount, max(tier.allowance, 0))
        room = min(amount, tier.free)
        for payment_id, balance in tier.balances.items():
            part = min(room, max(balance, 0))
            if part > 0:
                parts[payment_id] = part
                room -= part
                amount -= part
    return parts
