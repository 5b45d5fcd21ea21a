"""The router's entry in Saleor: settings, address, and hooks that only say that an order was seen."""

from __future__ import annotations

from typing import Any, ClassVar

from ..platform.plugin import Plugin
from .config import PLUGIN_ID, SETTINGS
from .topics import ORDER_SEEN


class FulfillmentPlugin(Plugin):
    """Order routing."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Order routing"
    PLUGIN_DESCRIPTION = "Ships every order from the warehouses that do it at the lowest cost, and says why."
    DEFAULT_ACTIVE = False
    settings = SETTINGS
    routes: ClassVar[dict[str, str]] = {
        "graphql/": "saleor_plugins.fulfillment.schema.view",
        "carriers/": "saleor_plugins.fulfillment.views.carriers.view",
        "documents/": "saleor_plugins.fulfillment.views.documents.view",
        "track/": "saleor_plugins.fulfillment.views.track.view",
    }

    def order_created(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """A new order may need routing."""
        self.record(ORDER_SEEN, order)

    def order_confirmed(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """A confirmed order may be routed."""
        self.record(ORDER_SEEN, order)

    def order_updated(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """Its lines, address or parcels may have changed."""
        self.record(ORDER_SEEN, order)

    def order_fully_paid(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """A paid order may be routed and shipped."""
        self.record(ORDER_SEEN, order)

    def order_fulfilled(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """Parcels may have been made outside the router."""
        self.record(ORDER_SEEN, order)

    def order_cancelled(self, order: Any, *args: Any, **kwargs: Any) -> None:
        """Parcels may have been taken back."""
        self.record(ORDER_SEEN, order)
