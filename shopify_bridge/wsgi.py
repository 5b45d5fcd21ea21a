"""Serves the webhook endpoints: ``gunicorn shopify_bridge.wsgi``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shopify_bridge.settings")
application = get_wsgi_application()
