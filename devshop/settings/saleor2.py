"""Saleor 2.10.1 on Django 3.2 and Python 3.11 or 3.12: the shims that make it boot, and our plugins."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import django.forms.boundfield
import django.forms.forms

from devshop.settings import common

common.before_saleor()

# Saleor imports BoundField from where Django 2 had it.
django.forms.forms.BoundField = django.forms.boundfield.BoundField  # type: ignore[attr-defined]


def _stand_in(name: str, **attributes: object) -> None:
    """Give `import name` something: tracing and geolocation are imported by Saleor and not used here."""
    module = types.ModuleType(name)
    vars(module).update(attributes)
    sys.modules.setdefault(name, module)


_stand_in("jaeger_client.config", DEFAULT_REPORTING_PORT=6831)
_stand_in("jaeger_client", config=sys.modules["jaeger_client.config"], Config=None)
_stand_in(
    "geolite2",
    geolite2=types.SimpleNamespace(reader=lambda: types.SimpleNamespace(get=lambda address: None)),
)

from saleor.settings import *  # noqa: E402, F403
from saleor.settings import DATABASES, INSTALLED_APPS, MEDIA_ROOT, PLUGINS, TEMPLATES  # noqa: E402

_NEEDS_PACKAGES = ("stripe", "braintree", "razorpay")

INSTALLED_APPS = common.with_rooms([app for app in INSTALLED_APPS if app != "storages"], common.ROOMS)
PLUGINS = common.with_rooms(
    [plugin for plugin in PLUGINS if not any(name in plugin for name in _NEEDS_PACKAGES)],
    common.ROOMS.values(),
)
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
# runserver answers each request in a thread of its own, which would keep its connection.
DATABASES["default"]["CONN_MAX_AGE"] = 0
ROOT_URLCONF = "devshop.settings.urls2"
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = common.broker()
MEDIA_ROOT = common.media(MEDIA_ROOT)
SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True

# The wheel of 2.10.1 carries no templates: without these every order mail raises.
TEMPLATES[0]["DIRS"] = [*TEMPLATES[0]["DIRS"], Path(__file__).parent.parent / "templates"]  # type: ignore[misc]

if os.environ.get("DEVSHOP_REAL_MIGRATIONS") != "1":
    MIGRATION_MODULES = common.WithoutMigrations()
