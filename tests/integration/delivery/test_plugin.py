"""The Webhooks entry in the installed Saleor: its switch, its address, its beat entries."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings as django_settings

from saleor_plugins.delivery import declare, emit, relay, subscribe, webhooks
from saleor_plugins.delivery.endpoints import create
from saleor_plugins.delivery.models import Delivery
from saleor_plugins.platform.port import AskerKind
from tests.integration.delivery.conftest import Subscriber
from tests.shopdata import world

pytestmark = pytest.mark.django_db

PLUGIN_ID = "saleor_plugins.delivery"
PATH = f"/plugins/{PLUGIN_ID}/graphql/"


def test_the_switch_is_the_one_in_the_dashboard(settings: Any, subscriber: Subscriber) -> None:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    done: list[str] = []
    declare("order.routed", "An order was routed.")
    subscribe("order.routed", name="own")(lambda message: done.append("own"))
    create(subscriber.url, ["order.routed"])
    shop = world()
    shop.configure_plugin(PLUGIN_ID, active=False)
    assert not webhooks.may_send()
    emit("order.routed", {})
    relay.drain()
    assert (done, subscriber.requests) == (["own"], [])
    shop.configure_plugin(PLUGIN_ID, active=True)
    relay.drain()
    assert len(subscriber.requests) == 1
    assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}


def test_the_endpoint_is_there_only_while_the_plugin_is_on(client: Any) -> None:
    shop = world()
    _, token = shop.make_asker(AskerKind.APP, "MANAGE_PLUGINS")
    ask = {
        "data": {"query": "{ eventTopics { name } }"},
        "content_type": "application/json",
        "HTTP_AUTHORIZATION": f"Bearer {token}",
    }
    declare("order.routed", "An order was routed.")
    shop.configure_plugin(PLUGIN_ID, active=True)
    response = client.post(PATH, **ask)
    assert response.json() == {"data": {"eventTopics": [{"name": "order.routed"}]}}
    shop.configure_plugin(PLUGIN_ID, active=False)
    for path in (PATH, f"/plugins/{PLUGIN_ID}/health/", f"/plugins/{PLUGIN_ID}/"):
        assert client.post(path, **ask).status_code == 404


def test_the_beat_looks_for_work() -> None:
    beat = django_settings.CELERY_BEAT_SCHEDULE
    assert beat["saleor_plugins.delivery.relay"]["schedule"] == 10
    assert beat["saleor_plugins.delivery.sweep"]["schedule"] == 60
