"""Hold an order: it keeps what it was promised, and is neither routed nor shipped until it is released."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from ...delivery import emit
from ...kernel.errors import Conflict, Invalid, Required
from ...kernel.ids import to_global
from ...platform import shop
from ...platform.port import Order
from .. import store
from ..domain.life import holds, loop
from ..models import Hold
from .load import Facts
from .open_orders import refuse_closed

LONGEST = 500


def hold_order(order_id: str, reason: str, *, by: str = "") -> Hold:
    """Hold an open order until somebody releases it; the same hold again is the one there is.

    Raises NotFound (``orderId``), Required and Invalid (``reason``), Conflict (``orderId``) when it is
    held for another reason (HELD) or closed.
    """
    reason = checked_reason(reason, needed=True)
    with transaction.atomic():
        order = shop().order(order_id, lock=True)
        known = store.held(order_id)
        if known and known.reason == reason:
            return known
        if known:
            raise Conflict(f"The order is held already: {known.reason}", field="orderId", code="HELD")
        refuse_closed(order)
        return place(order, holds.MANUAL, reason, by=by)


def place(order: Order, code: str, reason: str, *, facts: str = "", by: str = "") -> Hold:
    """Hold the order, whose lock the caller has, and say so."""
    row = store.place_hold(order.id, code, reason, facts=facts, by=by)
    emit("order.held", payload(order, row))
    shop().add_note(order, f"Held, so not routed and not shipped: {reason}")
    return row


def hold_by_rule(order: Order, facts: Facts) -> Hold | None:
    """Hold the order if a rule of its policy says so; not for what somebody has released before."""
    if not facts.rules.hold_rules or all(line.id in facts.alone for line in facts.request.lines):
        return None
    found = holds.matches(facts.rules.hold_rules, case_of(order))
    if not found:
        return None
    facts_hash = holds.found_hash(found)
    if store.was_released(order.id, facts_hash):
        return None
    reason = " ".join(match.reason for match in found)[:LONGEST]
    return place(order, found[0].code, reason, facts=facts_hash)


def case_of(order: Order) -> holds.Case:
    """What hold rules see of an order."""
    address = order.shipping_address
    return holds.Case(
        total=order.total_gross,
        currency=order.currency,
        country=address.country if address else "",
        quantity=sum(line.quantity for line in order.lines),
        address=(address.street, address.city) if address else (),
        metadata=order.metadata,
    )


def fingerprint(order: Order) -> str:
    """A hash of where the order goes, how, and what is in it: see ``domain.loop``."""
    to = order.shipping_address
    place = (to.country, to.postal_code, to.city, to.country_area, to.street) if to else ()
    lines = ((line.id, line.variant_id, line.quantity) for line in order.lines)
    return loop.fingerprint(place, order.shipping_method, lines)


def refuse_held(order_id: str) -> None:
    """Raise Conflict (``orderId``, HELD) when the order is held."""
    if hold := store.held(order_id):
        raise Conflict(f"The order is held: {hold.reason}", field="orderId", code="HELD")


def checked_reason(reason: str, *, needed: bool = False) -> str:
    """The reason, stripped. Raises Required and Invalid (``reason``)."""
    reason = " ".join(reason.split())
    if needed and not reason:
        raise Required("Say why.", field="reason")
    if len(reason) > LONGEST:
        raise Invalid(f"At most {LONGEST} characters.", field="reason")
    if not reason.isprintable():
        raise Invalid("Only printable characters.", field="reason")
    return reason


def payload(order: Order, row: Hold) -> dict[str, Any]:
    """The data of order.held and order.released."""
    return {
        "orderId": order.id,
        "orderNumber": order.number,
        "holdId": to_global("Hold", row.pk),
        "code": row.code,
        "reason": row.reason,
    }
