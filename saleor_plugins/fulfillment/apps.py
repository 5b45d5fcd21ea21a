"""The Django app: put ``saleor_plugins.fulfillment`` into INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    """Registers the router's public events, subscribers and sweepers."""

    name = "saleor_plugins.fulfillment"
    label = "ops_fulfillment"
    verbose_name = "Order routing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, tasks  # noqa: F401
