"""The Django app: put ``saleor_plugins.restock`` into INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig


class RestockConfig(AppConfig):
    """Registers the room's events, handlers and sweeper."""

    name = "saleor_plugins.restock"
    label = "ops_restock"
    verbose_name = "Restocking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, tasks  # noqa: F401
