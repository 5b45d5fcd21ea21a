"""Django settings of the processes that the fault tests start and kill: delivery alone, no Saleor."""

from __future__ import annotations

import json
import os
from urllib.parse import unquote, urlsplit

_database = urlsplit(os.environ["FAULT_DATABASE_URL"])

SECRET_KEY = "only for processes that are killed on purpose"
INSTALLED_APPS = ["saleor_plugins.delivery"]
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _database.hostname,
        "PORT": _database.port,
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "NAME": _database.path[1:],
    }
}
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "memory://")
CELERY_BROKER_TRANSPORT_OPTIONS = json.loads(os.environ.get("FAULT_TRANSPORT_OPTIONS", "{}"))
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A test does not wait ten seconds for the beat.
CELERY_BEAT_SCHEDULE = {
    "saleor_plugins.delivery.relay": {"task": "saleor_plugins.delivery.relay", "schedule": 0.5}
}
