"""The shipping price of a checkout from what its parcels would cost."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ...kernel.money import from_minor, to_minor
from ...platform import shop
from ...platform.port import Cart
from ..domain.rates.shipping_price import Terms, price_of
from .cart_request import answer, cart_request

# Routed costs of a checkout object, and what was added to the price that it came with. Both live as long as
# the request that Saleor has loaded it for, so that one answer does not name two prices.
COSTS, ADDED = "_routed_costs", "_routed_price_added"


def routed_cost(cart: Cart) -> int | None:
    """What its parcels would cost now, in minor units of the cart's currency.

    None when they do not carry all that must be shipped, or are paid in another currency.
    """
    decision = answer(cart_request(cart))
    shipped = {line.id for line in cart.lines if line.requires_shipping and not line.is_gift_card}
    if decision.unsourced or not decision.parcels or decision.currency != cart.currency:
        return None
    return None if any(row.line_id in shipped for row in decision.left_alone) else decision.cost


def price_shipping(
    checkout: Any, lines: Iterable[Any] | None, previous: Any, margin: Decimal, surcharge: Decimal
) -> Any:
    """The price to ask for instead of `previous`, both as prices.TaxedMoney.

    Net and gross stand to each other as they did, and to the shop's own price as theirs did. `previous` stays
    where it is free, where nothing can be routed, and where rates are in another currency.
    """
    if previous.gross.amount <= 0:
        return previous
    cart = shop().cart_of(checkout, lines)
    listed = cart.shipping_price - cart.shipping_discount
    cost = _cost_once(checkout, cart) if listed > 0 else None
    if cost is None:
        return previous
    smallest = from_minor(1, cart.currency)
    terms = Terms(margin, to_minor(surcharge.quantize(smallest, ROUND_HALF_UP), cart.currency))
    factor = Decimal(price_of(cost, terms, discount=cart.shipping_discount)) / listed
    found = type(previous)(net=(previous.net * factor).quantize(), gross=(previous.gross * factor).quantize())
    vars(checkout)[ADDED] = found - previous
    return found


def with_shipping(checkout: Any, total: Any) -> Any:
    """`total` with what `price_shipping` added, where Saleor does not reckon it from the parts itself."""
    added = vars(checkout).get(ADDED)
    return total if added is None or not shop().reckons_total_apart else total + added


def _cost_once(checkout: Any, cart: Cart) -> int | None:
    known = vars(checkout).setdefault(COSTS, {})
    if cart not in known:
        known[cart] = routed_cost(cart)
    found: int | None = known[cart]
    return found
