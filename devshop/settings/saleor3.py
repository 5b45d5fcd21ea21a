"""Saleor 3.21 and later: its own settings and our plugins."""

from __future__ import annotations

import os

from devshop.settings import common

common.before_saleor()

from saleor.settings import *  # noqa: E402, F403
from saleor.settings import INSTALLED_APPS, MEDIA_ROOT, PLUGINS  # noqa: E402

INSTALLED_APPS = common.with_rooms(INSTALLED_APPS, common.ROOMS)
# Razorpay's client imports pkg_resources, which setuptools no longer carries.
PLUGINS = common.with_rooms([name for name in PLUGINS if "razorpay" not in name], common.ROOMS.values())
CELERY_TASK_ALWAYS_EAGER = False
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = common.broker()
MEDIA_ROOT = common.media(MEDIA_ROOT)
SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
HTTP_IP_FILTER_ALLOW_LOOPBACK_IPS = True

if os.environ.get("DEVSHOP_REAL_MIGRATIONS") != "1":
    MIGRATION_MODULES = common.WithoutMigrations()
