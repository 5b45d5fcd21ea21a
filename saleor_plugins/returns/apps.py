"""The Django app: put ``saleor_plugins.returns`` into INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    """Registers the desk's subscribers, sweepers and public events."""

    name = "saleor_plugins.returns"
    label = "ops_returns"
    verbose_name = "Returns desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import events, tasks  # noqa: F401
