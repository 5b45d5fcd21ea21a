"""Units that arrived, and how they had been expected: asked for, late, kept, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_plugins.kernel.errors import Conflict, Invalid

from .policy import UNRETURNABLE
from .quantities import Buckets, positive


@dataclass(frozen=True)
class Arrival:
    """A line after `quantity` units of it came: how many had been missing, were kept, were not asked for."""

    now: Buckets
    quantity: int
    late: int = 0
    unkept: int = 0
    unexpected: int = 0


def arrive(
    before: Buckets, quantity: int, spare: int, *, accept_unexpected: bool = False, field: str = "quantity"
) -> Arrival:
    """Awaited units come first, then missing ones, kept ones, and last those that nobody asked to return.

    `spare` units of the order line are with the customer and in no return; late and unexpected ones are
    of them. Raises Invalid (`field`): OVER_RECEIPT beyond what is expected, unless unexpected units
    are accepted; Conflict UNRETURNABLE when another return has taken them.
    """
    left, now = positive(quantity, field=field), before
    taken = {}
    for name, units in (("awaited", now.awaited), ("late", now.missing), ("unkept", now.kept)):
        taken[name] = min(left, units)
        left -= taken[name]
    if left and not accept_unexpected:
        raise Invalid(f"Only {quantity - left} more expected.", field=field, code="OVER_RECEIPT")
    if taken["late"] + left > spare:
        raise Conflict(f"Only {max(spare, 0)} can come beyond them.", field=field, code=UNRETURNABLE)
    if taken["late"]:
        now = now.find(taken["late"])
    if taken["unkept"]:
        now = now.unkeep(taken["unkept"])
    if left:
        now = now.expect(left)
    return Arrival(now.receive(quantity), quantity, taken["late"], taken["unkept"], left)
