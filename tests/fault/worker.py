# ruff: noqa: E402, F401 - Django is set up before its models are imported
"""A worker without Celery, which the tests freeze: ``python -m tests.fault.worker LEASE_SECONDS``."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.fault.bare"

import django

django.setup()

import tests.fault.handlers
from saleor_plugins.delivery import relay

relay.LEASE = timedelta(seconds=int(sys.argv[1]))
while True:
    relay.run()
    time.sleep(0.05)
