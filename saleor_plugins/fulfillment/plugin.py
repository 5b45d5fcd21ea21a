"""The router's entry in Saleor: settings, address, and hooks that only say that an order was seen."""

from __future__ import annotations

from typing import Any, ClassVar

from ..platform import shop
from ..platform.plugin import Plugin
from .config import PLUGIN_ID, SETTINGS
from .config_checkout import AS_ROUTED
from .topics import ORDER_SEEN
from .usecases.check_cart import check_cart
from .usecases.price_shipping import price_shipping, with_shipping


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

    def preprocess_order_creation(
        self, checkout: Any, lines: Any = None, *args: Any, previous_value: Any = None
    ) -> Any:
        """An order that no warehouse can ship is refused before it is made."""
        wanted = self.active and self.setting("refuse_unshippable")
        if wanted and (problems := check_cart(shop().cart_of(checkout, lines))):
            shop().refuse(checkout, problems)
        return previous_value

    def calculate_checkout_shipping(self, checkout: Any, lines: Any, *args: Any, previous_value: Any) -> Any:
        """Shipping may cost what the parcels cost."""
        if not self.active or self.setting("shipping_price") != AS_ROUTED:
            return previous_value
        margin, surcharge = self.setting("shipping_margin"), self.setting("shipping_surcharge")
        return price_shipping(checkout, lines, previous_value, margin, surcharge)

    def calculate_checkout_total(self, checkout: Any, *args: Any, previous_value: Any) -> Any:
        """The total includes the shipping that was priced."""
        return with_shipping(checkout, previous_value) if self.active else previous_value
