"""Mirroring an order, never twice, and never with another total."""

from __future__ import annotations

from collections.abc import Mapping as Map
from decimal import Decimal
from typing import Any

from saleor_plugins.kernel.money import to_minor

from ..domain.orders import map_order, refusal
from ..models import Change, Kind
from ..shopify.errors import Unknown, Unreachable, UserErrors
from ..shopify.order_inputs import order_input
from .order_plan import digest
from .outcome import Done, LaterError, Link, ParkedError
from .reserve import not_sent, reservation, sending, wait_for_answer
from .sides import Sides

OPTIONS = {"inventoryBehaviour": "BYPASS", "sendReceipt": False, "sendFulfillmentReceipt": False}


def create_order(change: Change, sides: Sides) -> Done:
    """Write the order once. Its stock is mirrored apart, so it claims none, and nobody gets a mail."""
    order = sides.source.order(change.key)
    if order is None:
        raise ParkedError("it is gone from Saleor since the plan")
    row = reservation(sides.store, Kind.ORDER, change.key)
    if row.gid:
        return Done()
    found = sides.reader.order_by_key(change.key)
    if found:
        return _done(change, found, order.total_gross)
    wait_for_answer(row)
    if digest(order) != change.payload["digest"]:
        raise ParkedError("it changed in Saleor since the plan; plan again")
    mapped = map_order(order, sides.source.info.prices_with_tax)
    if why := refusal(order, mapped, sides.currency):
        raise ParkedError(why)
    variants = sides.gids(Kind.VARIANT, [line.variant_key for line in order.lines if line.variant_key])
    given = order_input(order, mapped, sides.source.person(change.key), variants)
    sending(row)
    try:
        payload = sides.client.write("BridgeCreateOrder", order=given, options=OPTIONS)
    except Unknown as error:
        raise LaterError(f"{error.message}: looking for it later", 2) from None
    except (Unreachable, UserErrors):
        not_sent(row)
        raise
    return _done(change, payload["order"], order.total_gross)


def _done(change: Change, node: Map[str, Any], total: int) -> Done:
    money = node["totalPriceSet"]["shopMoney"]
    there = to_minor(Decimal(money["amount"]), money["currencyCode"])
    alarm = "" if there == total else f"written, but Shopify's total is {there}, Saleor's {total} minor units"
    return Done((Link(Kind.ORDER, change.key, node["id"]),), alarm)
