"""The "Webhooks" entry in Saleor's list of plugins."""

from __future__ import annotations

from ..platform.plugin import Plugin
from ..platform.settings import is_active


class WebhooksPlugin(Plugin):
    """Switches outgoing webhooks and their API; the plugins' own work goes on without it."""

    PLUGIN_ID = "saleor_plugins.delivery"
    PLUGIN_NAME = "Webhooks"
    PLUGIN_DESCRIPTION = (
        "Signed webhooks (Standard Webhooks) for the events of the fulfillment, returns and restock plugins. "
        "While it is off, events wait."
    )
    routes = {"graphql/": "saleor_plugins.delivery.schema.view"}


def is_on() -> bool:
    """Whether the merchant has switched webhooks on."""
    return is_active(WebhooksPlugin.PLUGIN_ID)
