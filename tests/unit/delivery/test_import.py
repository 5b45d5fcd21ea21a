"""The bridge has no Saleor: delivery must load, and send, without it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys

class NoSaleor:
    def find_spec(self, name, path=None, target=None):
        if name == "saleor" or name.startswith(("saleor.", "saleor_plugins.platform", "saleor_plugins.http")):
            raise ImportError(name)

sys.meta_path.insert(0, NoSaleor())
import saleor_plugins.delivery as delivery
delivery.declare("order.routed", "before the apps are ready")
delivery.subscribe("order.routed", name="x")(print)

import django
from django.conf import settings
settings.configure(SECRET_KEY="x" * 40, INSTALLED_APPS=["saleor_plugins.delivery"], USE_TZ=True)
django.setup()
from saleor_plugins.delivery import endpoints, idempotency, inbound, outbox, relay, secrets, webhooks
assert webhooks.may_send()
beat = settings.CELERY_BEAT_SCHEDULE
assert {name.rpartition(".")[2] for name in beat} == {"relay", "sweep", "purge"}
assert not [name for name in sys.modules if name.startswith("saleor.") or name == "graphene"]
"""


def test_delivery_works_without_saleor() -> None:
    # A process of its own, as this one has Saleor loaded.
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
