"""The "Restocking" entry in Saleor's list of plugins."""

from __future__ import annotations

from typing import Any

from ..platform.plugin import Plugin
from .settings import PLUGIN_ID, SETTINGS


class RestockPlugin(Plugin):
    """Hooks only note that an order changed; the daily run reads Saleor's orders, not its events."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Restocking"
    PLUGIN_DESCRIPTION = (
        "Forecasts demand, proposes purchase orders with the reasons, and books what arrives into stock."
    )
    settings = SETTINGS
    routes = {
        "graphql/": "saleor_plugins.restock.schema.view",
        "alerts/": "saleor_plugins.restock.views.alerts.view",
        "orders/": "saleor_plugins.restock.views.supplier.view",
        "reports/": "saleor_plugins.restock.views.reports.view",
        "papers/": "saleor_plugins.restock.views.papers.view",
    }

    def order_created(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        self.record("restock.order_seen", order)

    def order_cancelled(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        self.record("restock.order_seen", order)

    def order_confirmed(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        self.record("restock.order_seen", order)

    def order_updated(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        self.record("restock.order_seen", order)

    def order_expired(self, order: Any, *args: Any, **kwargs: Any) -> Any:
        self.record("restock.order_seen", order)

    # Only Saleor 3.21 and 3.22 call these two.

    def product_variant_out_of_stock(self, stock: Any, *args: Any, **kwargs: Any) -> Any:
        self.record_stock("restock.stock_seen", stock)

    def product_variant_back_in_stock(self, stock: Any, *args: Any, **kwargs: Any) -> Any:
        self.record_stock("restock.stock_seen", stock)
