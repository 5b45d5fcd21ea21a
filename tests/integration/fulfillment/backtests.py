"""A shop with a past, to be replayed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from saleor_plugins.platform.port import OrderStatus, ShipItem

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


class Shop:
    """Two warehouses; over ten days orders that took all there was, some of them shipped."""

    def __init__(self, router):
        w = self.w = router.w
        self.near = w.make_warehouse("Near", country="DE", countries=["DE"])
        self.far = w.make_warehouse("Far", country="FR", countries=["DE"])
        self.variant = w.make_variant(stock={self.near: 6, self.far: 6}, weight_grams=1000)
        self.orders = [self.order(2, days) for days in (10, 8, 6, 4, 2, 1)]
        gone = self.order(0, 5, quantity=2, allocate=False)
        w.set_status(gone, OrderStatus.CANCELED)
        for order in self.orders[:3]:
            held = router.shop.allocations(order.id)
            items = [ShipItem(row.line_id, row.warehouse_id, row.quantity) for row in held]
            router.shop.fulfill(order.id, items)

    def order(self, units, days, *, quantity=None, **more):
        return self.w.make_order(
            [(self.variant, quantity or units)], country="DE", created=NOW - timedelta(days=days), **more
        )

    def close(self, warehouse):
        return [{"warehouseId": warehouse.id, "shipsOrders": False}]
