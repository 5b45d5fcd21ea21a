"""The Celery app of the bridge's workers: ``celery -A shopify_bridge.celery worker -B``."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopify_bridge.settings")
app = Celery("shopify_bridge")
app.config_from_object("django.conf:settings", namespace="CELERY")
# The current app is one of a thread's; a web server's threads would find one without our broker.
app.set_default()
app.autodiscover_tasks()
