"""The router's question about a cart: nothing is locked, routed or written."""

from __future__ import annotations

from dataclasses import replace

from ...kernel import clock
from ...platform.port import Cart
from ..domain.facts import Request
from ..domain.policy import Shortage
from ..domain.sourcing.decide import decide
from ..domain.sourcing.decision import Decision
from .load import load

# Steps of the search that a shopper may cause; beyond them the best plan found so far answers.
NODE_LIMIT = 1000


def cart_request(cart: Cart) -> Request:
    """How `cart` could be shipped now; what the cart itself has reserved counts as free.

    What a policy lets wait is asked for as if it could leave: a shopper wants to know what is missing.
    """
    request = load(cart.as_order(clock.now())).request
    return replace(request, policy=replace(request.policy, shortage=Shortage.SHIP_AVAILABLE))


def answer(request: Request) -> Decision:
    """The decision for a shopper: the plan, without its alternatives."""
    return decide(request, node_limit=NODE_LIMIT, compare=False)
