"""Whether a cart can be shipped at all, before it becomes an order."""

from __future__ import annotations

from ...platform.port import Cart, CartProblem
from ..domain.sourcing.decision import Unsourced
from .cart_request import answer, cart_request


def check_cart(cart: Cart) -> list[CartProblem]:
    """The lines that no warehouse can ship whole, in words for the shopper; [] when all is well.

    A cart without an address is Saleor's own business. Lines that are not routed are in nobody's way.
    """
    if cart.collection_point_id or cart.shipping_address is None or not cart.shipping_address.country:
        return []
    decision = answer(cart_request(cart))
    lines = {line.id: line for line in cart.lines}
    return [
        CartProblem(
            row.line_id,
            lines[row.line_id].variant_id or "",
            _words(row, lines[row.line_id].quantity, decision.country),
            short=row.code == "OUT_OF_STOCK",
        )
        for row in decision.unsourced
    ]


def _words(row: Unsourced, asked: int, country: str) -> str:
    got = asked - row.quantity
    if row.code == "OUT_OF_STOCK" and got:
        return f"Only {got} of {asked} {row.name} can be shipped to {country} now."
    if row.code == "PARCEL_LIMIT":
        return f"{row.name} cannot be shipped to {country} together with the rest of the order."
    if row.code == "BUNDLE_INCOMPLETE":
        return f"{row.name} is sold in a set that cannot be shipped to {country} whole now."
    return f"{row.name} cannot be shipped to {country}{' now' if row.code == 'OUT_OF_STOCK' else ''}."
