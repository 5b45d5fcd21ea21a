"""The arithmetic of stock that two sides sell from.

What is really there is `saleor + shopify - agreed`: what both sides had when they were last equal, and
what each has sold or received since. Moving units is `+n` on one side and `+n` on `agreed`, which leaves
that sum alone; so no order of moves and no stale reading can make or lose a unit, and when nobody sells,
both sides meet at the sum. Our own write makes a side equal to `agreed`: it is never taken for news.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Shopify holds no more than that of one item at one location.
MOST = 1_000_000_000


@dataclass(frozen=True)
class Sight:
    """A variant at a warehouse, which is an inventory item at a location, as both sides were seen.

    Free units; None where the side does not stock it there. `agreed` is None until it is first seen.
    """

    variant: str
    label: str
    item: str
    warehouse: str
    location: str
    saleor: int | None
    shopify: int | None
    agreed: int | None = None


@dataclass(frozen=True)
class Step:
    """What brings both sides together: Shopify's new number, and units to add to Saleor's stock.

    `after` is None when Shopify is as it should be. `agreed` is what both are taken to have had before.
    """

    after: int | None = None
    units: int = 0
    agreed: int | None = None
    refused: str = ""

    @property
    def nothing(self) -> bool:
        """Whether both sides are as they should be."""
        return self.after is None and not self.units and not self.refused


def to_shopify(saleor: int, shopify: int, agreed: int) -> int:
    """Units that Shopify gains by what has changed in Saleor; nothing is lowered below zero."""
    return max(saleor - agreed, -max(shopify, 0))


def to_saleor(shopify: int, agreed: int, quantity: int) -> int:
    """Units that Saleor gains by what has changed in Shopify.

    `quantity` is what lies in Saleor's warehouse, allocated or not: it cannot be lowered below zero.
    """
    return max(shopify - agreed, -max(quantity, 0))


def portion(planned: int, due: int) -> int:
    """Of the units planned, those that are still due: never more, never the other way."""
    if planned * due <= 0:
        return 0
    return min(planned, due) if planned > 0 else max(planned, due)


def follow(sight: Sight) -> Step:
    """Shopify follows Saleor, whatever it sold meanwhile."""
    if sight.saleor is None and not sight.shopify:
        return Step()
    wanted = max(sight.saleor or 0, 0)
    if wanted > MOST:
        return Step(refused=_too_many(wanted))
    return Step(after=None if wanted == sight.shopify else wanted)


def meet(sight: Sight) -> Step:
    """Each side gains what the other has sold, received or corrected.

    At first sight Saleor's word counts: what Shopify has then is what it starts from. A warehouse that
    Saleor no longer stocks is empty; one it never stocked is none of ours.
    """
    if sight.saleor is None and sight.agreed is None:
        return Step()
    saleor, shopify = sight.saleor or 0, sight.shopify or 0
    agreed = shopify if sight.agreed is None else sight.agreed
    gain = to_shopify(saleor, shopify, agreed)
    most = max(shopify + gain, saleor + shopify - agreed)
    if most > MOST:
        return Step(refused=_too_many(most))
    # Stocked at a location means an entry there, be it of nothing.
    wanted = None if sight.shopify is not None and not gain else shopify + gain
    if sight.shopify is None:
        # It cannot have sold there; an old agreement on a place it has been taken from holds no more.
        return Step(max(saleor, 0), 0, 0)
    return Step(wanted, shopify - agreed, agreed)


def was_done(entries: Iterable[tuple[int, int, int | None]]) -> bool:
    """Whether a write of all or none took place, by (before, after, now) of each of its levels.

    For a write whose answer was lost and that Shopify, asked again with the same key, calls stale. Levels
    that sell meanwhile tell nothing; the others agree with each other.
    """
    done = kept = 0
    for before, after, now in entries:
        done += now == after
        kept += now == before
    return done > kept


def _too_many(units: int) -> str:
    return f"{units} units, Shopify holds {MOST} at a location"
