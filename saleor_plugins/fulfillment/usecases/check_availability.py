"""What of some goods can truly be shipped to an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...kernel.errors import Invalid, Required
from ...platform import shop
from ...platform.port import Address
from ..domain.facts import Line, Request
from .cart_request import answer, cart_request

# The most units that an answer speaks of: no more of the stock is shown than one order could buy.
CAP = 50


@dataclass(frozen=True)
class ItemAvailability:
    """Units of a variant that can be shipped, at most `CAP`, and why it is not more than was asked for.

    `code` is "" when there is enough.
    """

    variant_id: str
    asked: int
    available: int
    enough: bool
    code: str


@dataclass(frozen=True)
class Availability:
    """Each item for itself, and whether all of them can be shipped together."""

    items: tuple[ItemAvailability, ...]
    together: bool


def check_availability(
    items: Sequence[tuple[str, int]], *, address: Address, channel: str = ""
) -> Availability:
    """What can be shipped of (variant, units); units of a variant that is named twice add up.

    Raises Invalid (field ``items``), Required (``country``), and for `channel` what `Carts.goods` raises.
    """
    asked = check_items(items)
    if not address.country:
        raise Required("Name the country.", field="country")
    cart = shop().goods(list(asked.items()), address=address, channel=channel)
    request = cart_request(cart)
    lines = {line.variant_id: line for line in request.lines}
    found = {
        variant: _item(request, lines[variant], units)
        if variant in lines
        else ItemAvailability(variant, units, 0, False, "NOT_FOUND")
        for variant, units in asked.items()
    }
    together = all(item.enough for item in found.values()) and not answer(request).unsourced
    return Availability(tuple(found[variant] for variant in asked), together)


def check_items(items: Sequence[tuple[str, int]]) -> Counter[str]:
    """Units by variant. Raises Required and Invalid (field ``items``)."""
    if not items:
        raise Required("Name at least one item.", field="items")
    asked: Counter[str] = Counter()
    for variant, units in items:
        if units < 1:
            raise Invalid("Quantity must be at least 1.", field="items")
        asked[variant] += units
        if asked[variant] > CAP:
            raise Invalid(f"At most {CAP} units of a variant.", field="items")
    return asked


def _item(request: Request, line: Line, units: int) -> ItemAvailability:
    """As much of one line as can be shipped alone, whatever it is bundled with."""
    alone = replace(line, quantity=CAP, bundle="")
    decision = answer(replace(request, lines=(alone,)))
    short = sum(row.quantity for row in decision.unsourced)
    available = CAP - short
    code = decision.unsourced[0].code if available < units else ""
    return ItemAvailability(line.variant_id or "", units, available, available >= units, code)
