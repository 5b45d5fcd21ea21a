from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from saleor_plugins.delivery import emit, once, receive, relay, subscribe
from saleor_plugins.delivery.endpoints import create
from saleor_plugins.delivery.models import Delivery, Event, IdempotencyKey, Inbox, WebhookEndpoint
from saleor_plugins.delivery.registry import Registry
from saleor_plugins.kernel import clock

pytestmark = pytest.mark.django_db
OLD, NEW = "old " * 10, "new " * 10


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def history() -> None:
    """One event of each fate, all 40 days old, and a fresh one."""
    subscribe("done", name="done")(lambda message: None)
    subscribe("dead", name="dead")(lambda message: None)
    subscribe("open", name="open")(lambda message: None)
    for topic in ("done", "dead", "open", "nobody"):
        emit(topic, {})
    receive("shop", "1", "nobody", {})
    once("s", "k", {}, lambda: 1)
    Delivery.objects.filter(subscriber="done").update(state="DONE")
    Delivery.objects.filter(subscriber="dead").update(state="DEAD")
    before = clock.now() - timedelta(days=40)
    Event.objects.update(created=before)
    Inbox.objects.update(received=before)
    IdempotencyKey.objects.update(expires=before)
    emit("nobody", {})


def test_purge_forgets_what_is_settled_and_old(history: None) -> None:
    out = run("delivery_purge")
    assert sorted(Event.objects.values_list("topic", flat=True)) == ["dead", "nobody", "open"]
    assert (Inbox.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert out.splitlines()[0] == "3 events deleted"
    run("delivery_purge", "--dead-days", "30")
    assert sorted(Event.objects.values_list("topic", flat=True)) == ["nobody", "open"]


def test_a_dry_run_changes_nothing(history: None) -> None:
    out = run("delivery_purge", "--dry-run")
    assert out.splitlines()[0] == "3 events would be deleted"
    assert (Event.objects.count(), Inbox.objects.count()) == (6, 1)


def test_rotation_makes_the_old_key_useless(settings, own_registry: Registry) -> None:
    own_registry.topics["a"] = ""
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [OLD]
    secret = create("https://one.example/", ["a"]).secret
    before = stored()
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW, OLD]
    assert "1 rows can be read" in run("delivery_rotate_secrets", "--dry-run")
    assert stored() == before
    assert "1 rows encrypted anew" in run("delivery_rotate_secrets")
    settings.SALEOR_PLUGINS_ENCRYPTION_KEYS = [NEW]
    assert WebhookEndpoint.objects.get().secret == secret


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM ops_delivery_webhookendpoint")
        return cursor.fetchone()[0]


def test_an_open_event_is_still_delivered_after_a_purge(history: None) -> None:
    run("delivery_purge")
    assert relay.drain() == 1
