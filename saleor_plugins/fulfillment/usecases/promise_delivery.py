"""When a cart would arrive, by each shipping method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ...platform import shop
from ...platform.port import Cart, ShippingMethod
from ..domain.calendar import arrives_on
from ..domain.facts import Request
from ..domain.sourcing.decision import Decision
from .cart_request import answer, cart_request


@dataclass(frozen=True)
class DeliveryPromise:
    """What a shipping method can keep if the order is placed now.

    The last parcel leaves on `ship_on`, and all is there on `arrives_on`; None where it is not known. A cart
    that cannot be shipped whole has neither, and a `code`.
    """

    method: ShippingMethod
    ship_on: date | None
    arrives_on: date | None
    parcels: int
    complete: bool
    code: str = ""


def promise_delivery(cart: Cart) -> list[DeliveryPromise]:
    """A promise for each method the cart may choose, cheapest method first; none for what is not shipped."""
    methods = [] if cart.collection_point_id else shop().shipping_methods(cart)
    if not methods:
        return []
    request = cart_request(cart)
    return [_promise(request, method) for method in methods]


def _promise(request: Request, method: ShippingMethod) -> DeliveryPromise:
    decision = answer(replace(request, service=method.name))
    if decision.unsourced:
        return DeliveryPromise(method, None, None, 0, False, decision.unsourced[0].code)
    packages = sum(parcel.packages for parcel in decision.parcels)
    leaves = _last([parcel.ship_on for parcel in decision.parcels])
    return DeliveryPromise(method, leaves, _arrives(decision, method, leaves), packages, True)


def _arrives(decision: Decision, method: ShippingMethod, leaves: date | None) -> date | None:
    """The rates know it best; else the shipping method's own days count from when the parcel leaves."""
    if decision.arrives_on or leaves is None or method.max_days is None:
        return decision.arrives_on
    return arrives_on(leaves, method.max_days, decision.country)


def _last(days: Sequence[date | None]) -> date | None:
    known = [day for day in days if day is not None]
    return max(known) if known and len(known) == len(days) else None
