"""The bridge's own Django project: its tables, its workers, nothing of Saleor."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dj_database_url


def broker(url: str) -> tuple[str, dict[str, Any]]:
    """The broker's URL and options; `filesystem:///folder` needs no server and suits one machine."""
    if not url.startswith("filesystem://"):
        return url, {}
    folder = Path(url.removeprefix("filesystem://"))
    places = {"data_folder_in": "messages", "data_folder_out": "messages", "control_folder": "control"}
    for name in set(places.values()):
        (folder / name).mkdir(parents=True, exist_ok=True)
    # It is looked into ten times a second: a shopper sees a change two seconds after the merchant made it.
    return "filesystem://", {"polling_interval": 0.1} | {
        option: str(folder / name) for option, name in places.items()
    }


DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/bridge"), conn_max_age=60
    )
}
# Encrypts tokens at rest unless keys of their own are named; Django itself refuses to be without.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
SALEOR_PLUGINS_ENCRYPTION_KEYS = [
    key for key in os.environ.get("SALEOR_PLUGINS_ENCRYPTION_KEYS", "").split(",") if key
]
DEBUG = False
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1").split(",")
INSTALLED_APPS = ["saleor_plugins.delivery", "shopify_bridge"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware"]
ROOT_URLCONF = "shopify_bridge.urls"
WSGI_APPLICATION = "shopify_bridge.wsgi.application"
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker(
    os.environ.get("CELERY_BROKER_URL") or "memory://localhost/"  # without workers nobody has to be woken
)
CELERY_TASK_ALWAYS_EAGER = False
# A queue of its own, so that Saleor and the bridge can share a broker.
CELERY_TASK_DEFAULT_QUEUE = "shopify_bridge"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE: dict = {}

# How long an order or shipment whose writing got no answer is left alone before it is looked for.
BRIDGE_GRACE_SECONDS = float(os.environ.get("BRIDGE_GRACE_SECONDS", "60"))
# Where Shopify and Saleor reach us, for the webhooks they send: https://bridge.example.com.
BRIDGE_URL = os.environ.get("BRIDGE_URL", "")
# How often both sides are asked what has changed, as webhooks get lost; 0 never.
BRIDGE_POLL_SECONDS = float(os.environ.get("BRIDGE_POLL_SECONDS", "300"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    # It warns about every broker that has no host.
    "loggers": {"kombu.connection": {"level": "ERROR"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
