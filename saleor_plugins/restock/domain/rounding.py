"""From the units a shop needs to the units a supplier sells: minimum order, packs, the shop's maximum."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from saleor_plugins.kernel.errors import Invalid


@dataclass(frozen=True)
class Rounded:
    """`quantity` to order, and what moved it away from the need."""

    quantity: int
    by_moq: bool = False
    by_pack: bool = False
    over_maximum: int = 0


def round_order(
    need: int, *, moq: int = 1, pack: int = 1, least: int | None = None, room: int | None = None
) -> Rounded:
    """The order closest to `need` units that the supplier sells.

    Whole packs of `pack`, at least `moq` units. Rounds up, except when that would go over `room` (units
    up to the shop's maximum) and one pack less still brings `least` units (the gap to the reorder
    point). Going over `room` all the same is reported in `over_maximum`, never hidden. Zero need
    orders nothing. Raises Invalid (fields ``moq``, ``pack``) when they are below one.
    """
    if moq < 1:
        raise Invalid("The minimum order quantity must be at least 1.", field="moq")
    if pack < 1:
        raise Invalid("The pack size must be at least 1.", field="pack")
    if need <= 0:
        return Rounded(0)
    asked = max(need, moq)
    quantity = ceil(asked / pack) * pack
    lower = quantity - pack
    enough = max(least if least is not None else need, moq, 1)
    if room is not None and quantity > room and lower >= enough:
        quantity = lower
    over = max(quantity - room, 0) if room is not None else 0
    return Rounded(quantity, asked > need, quantity != asked, over)
