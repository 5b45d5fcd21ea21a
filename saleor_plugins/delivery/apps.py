"""The Django app: put ``saleor_plugins.delivery`` into INSTALLED_APPS."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class DeliveryConfig(AppConfig):
    """Adds the beat entries, so that no installation forgets them."""

    name = "saleor_plugins.delivery"
    label = "ops_delivery"
    verbose_name = "Delivery"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from . import tasks

        if getattr(settings, "CELERY_BEAT_SCHEDULE", None) is None:
            settings.CELERY_BEAT_SCHEDULE = {}
        for name, entry in tasks.BEAT.items():
            settings.CELERY_BEAT_SCHEDULE.setdefault(name, entry)
