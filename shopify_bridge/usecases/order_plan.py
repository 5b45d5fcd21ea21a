"""Which orders and shipments are missing in Shopify."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from hashlib import sha256
from typing import Any

from saleor_plugins.kernel.money import from_minor

from ..domain.diff import FieldChange
from ..domain.model import Order, Shipment
from ..domain.orders import MIRRORED, map_order, refusal
from ..domain.plan import Action
from ..models import Kind
from .echoes import digest as text_digest
from .sides import Sides


def digest(order: Order) -> str:
    """What of an order counts for writing it: everything but its progress."""
    content = {name: value for name, value in asdict(order).items() if name not in ("status", "shipments")}
    return sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def plan_orders(
    sides: Sides, notes: Any, progress: Callable[[str, int, int | None], None]
) -> Iterator[Action]:
    """Orders first, then the shipments of those that are there or will be."""
    if sides.store.orders_since is None:
        return
    known = dict(sides.mappings(Kind.ORDER).filter(gid__isnull=False).values_list("key", "gid"))
    sent = dict(sides.mappings(Kind.SHIPMENT).filter(gid__isnull=False).values_list("key", "content_hash"))
    shipments: list[Action] = []
    # Before the first apply Shopify knows no custom ids, and must not be asked for one.
    linked = sides.reader.defined("ORDER")
    for order in sides.source.orders(sides.store.orders_since):
        notes.orders += 1
        progress("Saleor orders", notes.orders, None)
        if order.status not in MIRRORED and order.key not in known:
            continue
        if order.key not in known:
            action = _order(sides, order, linked)
            yield action
            if not action.writes:
                continue
        shipments += [a for shipment in order.shipments if (a := _shipment(order, shipment, sent))]
    yield from shipments


def _order(sides: Sides, order: Order, linked: bool) -> Action:
    mapped = map_order(order, sides.source.info.prices_with_tax)
    label = f"order {order.number}"
    if why := refusal(order, mapped, sides.currency):
        return Action("refuse", order.key, label, why)
    total = FieldChange("total", None, f"{from_minor(order.total_gross, order.currency)} {order.currency}")
    lines = FieldChange("lines", None, len(order.lines))
    reason = "not in Shopify yet"
    if linked and sides.reader.order_by_key(order.key):
        reason = "is in Shopify already, to be linked"
    return Action("order", order.key, label, reason, fields=(total, lines), payload={"digest": digest(order)})


def _shipment(order: Order, shipment: Shipment, sent: dict[str, str]) -> Action | None:
    label = f"shipment of order {order.number}"
    payload = {"order": order.key, "lines": dict(shipment.lines), "tracking": shipment.tracking}
    tracking = FieldChange("tracking", None, shipment.tracking or "none")
    if shipment.key not in sent:
        units = FieldChange("units", None, sum(shipment.lines.values()))
        return Action(
            "ship", shipment.key, label, "shipped in Saleor", fields=(units, tracking), payload=payload
        )
    if sent[shipment.key] != text_digest(shipment.tracking) and shipment.tracking:
        return Action(
            "track", shipment.key, label, "its tracking changed", fields=(tracking,), payload=payload
        )
    return None
