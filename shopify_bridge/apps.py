"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig


class BridgeConfig(AppConfig):
    """Registers the handlers of the bridge's work."""

    name = "shopify_bridge"
    label = "shopify_bridge"
    verbose_name = "Shopify bridge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The Celery app must be the current one in every process that emits, and the handlers registered.
        from . import celery, tasks  # noqa: F401
