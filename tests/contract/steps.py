"""Ids and short words that the tests of the contract share."""

from __future__ import annotations

from typing import Any

from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import ShipItem

NOWHERE = to_global("Warehouse", "00000000-0000-4000-8000-000000000000")
NOTHING = to_global("ProductVariant", 2_000_000_000)
GARBAGE = ["", "x", "V2FyZWhvdXNlOg==", to_global("Order", 1), to_global("ProductVariant", 10**20)]
NO_ORDER = ["", "x", to_global("Product", 1), to_global("Order", 10**20), to_global("Order", 2_000_000_000)]


def stock_of(world: Any, variant: Any) -> dict[str, Any]:
    """The variant's stocks by warehouse."""
    return {row.warehouse_id: row for row in world.shop.stocks([variant.id])}


def held(world: Any, order: Any) -> dict[str, int]:
    """Units promised to the order, by warehouse."""
    return {row.warehouse_id: row.quantity for row in world.shop.allocations(order.id)}


def ship(world: Any, order: Any, warehouse: Any, quantity: int, line: int = 0, **kwargs: Any) -> Any:
    """Ship one line from one warehouse; the parcel."""
    items = [ShipItem(order.lines[line].id, warehouse.id, quantity)]
    return world.shop.fulfill(order.id, items, **kwargs)[0]
