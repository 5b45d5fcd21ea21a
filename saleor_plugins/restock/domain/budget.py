"""The best use of the money: what of the wanted orders a budget still allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """Units somebody wants to buy, `amount` for all of them in the budget's currency; None without a rate.

    `value` is what waiting a week would cost, None where unknown. `least` units are the fewest that can be
    bought, `pack` the step.
    """

    key: str
    quantity: int
    amount: float | None
    value: float | None = None
    least: int = 1
    pack: int = 1


def rank(wishes: Sequence[Wish]) -> list[Wish]:
    """The best use of money first: what waiting would cost for each unit of money, then by key."""
    return sorted(wishes, key=lambda wish: (-_worth(wish), wish.key))


def _worth(wish: Wish) -> float:
    if wish.value is None or wish.amount is None:
        return -1.0
    return wish.value / max(wish.amount, 1.0)


def affordable(wish: Wish, left: float) -> int:
    """How many of the wished units `left` money buys: all, whole packs of them, or none.

    An amount that cannot be compared buys nothing.
    """
    if wish.amount is None:
        return 0
    if wish.amount <= left:
        return wish.quantity
    each = wish.amount / wish.quantity
    packs = int(max(left, 0.0) / each / wish.pack + 1e-9) * wish.pack
    return packs if packs >= wish.least else 0
