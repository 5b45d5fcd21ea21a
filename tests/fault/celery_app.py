# ruff: noqa: E402, F401 - Django is set up before its models are imported
"""The Celery app of the workers that the tests kill."""

from __future__ import annotations

import os
from datetime import timedelta

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.fault.bare")

import django
from celery import Celery

app = Celery("fault")
app.config_from_object("django.conf:settings", namespace="CELERY")
django.setup()

import tests.fault.handlers
from saleor_plugins.delivery import relay

relay.LEASE = timedelta(seconds=1)
