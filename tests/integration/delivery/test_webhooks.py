from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from standardwebhooks import Webhook

from saleor_plugins.delivery import declare, emit, posting, relay, subscribe, webhooks
from saleor_plugins.delivery.endpoints import create, ping, rotate_secret, update
from saleor_plugins.delivery.models import Delivery, WebhookEndpoint
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from tests.integration.delivery.conftest import Subscriber

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(settings, subscriber: Subscriber, switched_on: None) -> WebhookEndpoint:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    declare("order.routed", "An order was routed.")
    return create(subscriber.url, ["order.routed"])


def due() -> None:
    Delivery.objects.exclude(state="DEAD").update(due_at=clock.now())
    WebhookEndpoint.objects.update(paused_until=None)


def test_it_is_posted_signed_and_done(endpoint: WebhookEndpoint, subscriber: Subscriber) -> None:
    key = emit("order.routed", {"orderId": "x"})
    relay.drain()
    ((headers, body),) = subscriber.requests
    assert Webhook(endpoint.secret).verify(body, headers)["data"] == {"orderId": "x"}
    assert headers["webhook-id"] == str(key)
    assert headers["content-type"] == "application/json"
    assert Delivery.objects.get().state == "DONE"


def test_a_failing_subscriber_gets_the_same_id_with_a_fresh_timestamp(
    endpoint: WebhookEndpoint, subscriber: Subscriber
) -> None:
    subscriber.answers = [(500, {})] * 3
    emit("order.routed", {})
    start = clock.now()
    for minute in range(4):
        with time_machine.travel(start + timedelta(minutes=minute), tick=True):
            due()
            relay.drain(strict=False)
            headers, body = subscriber.requests[-1]
            Webhook(endpoint.secret).verify(body, headers)
    assert len({headers["webhook-id"] for headers, _ in subscriber.requests}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in subscriber.requests}) == 4
    assert len({body for _, body in subscriber.requests}) == 1
    row = Delivery.objects.get()
    assert (row.state, row.attempts) == ("DONE", 4)
    assert [entry["error"] for entry in row.log] == ["SendFailed: HTTP 500"] * 3


def test_410_disables_and_enabling_replays(endpoint: WebhookEndpoint, subscriber: Subscriber) -> None:
    subscriber.answers = [(410, {})]
    emit("order.routed", {})
    emit("order.routed", {})
    relay.drain(strict=False)
    endpoint.refresh_from_db()
    assert (endpoint.enabled, endpoint.disabled_reason) == (False, "It answered 410 Gone.")
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["DEAD", "PENDING"]
    emit("order.routed", {})
    assert Delivery.objects.count() == 2
    assert len(subscriber.requests) == 1
    update(str(endpoint.pk), enabled=True)
    assert relay.replay(Delivery.objects.all()) == 1
    relay.drain()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"DONE"}


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_retry_after_is_obeyed_for_the_whole_endpoint(
    endpoint: WebhookEndpoint, subscriber: Subscriber, status: int
) -> None:
    subscriber.answers = [(status, {"Retry-After": "600"})]
    emit("order.routed", {})
    emit("order.routed", {})
    relay.drain(strict=False)
    assert len(subscriber.requests) == 1
    row = Delivery.objects.get(attempts=1)
    assert timedelta(minutes=9) < row.due_at - clock.now() < timedelta(minutes=11)
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=1)):
        relay.drain()
    assert len(subscriber.requests) == 3
    endpoint.refresh_from_db()
    assert (endpoint.failures, endpoint.paused_until) == (0, None)


def test_a_dead_endpoint_rests_ever_longer_and_holds_up_nobody(settings, endpoint: WebhookEndpoint) -> None:
    WebhookEndpoint.objects.update(url="http://127.0.0.1:1/")
    done: list[str] = []
    subscribe("order.routed", name="own")(lambda message: done.append("own"))
    for _ in range(3):
        emit("order.routed", {})
    assert relay.drain(strict=False) == 4  # three of our own, and one that met the closed door
    assert len(done) == 3
    rests = []
    for _ in range(3):
        Delivery.objects.exclude(state="DONE").update(due_at=clock.now())
        WebhookEndpoint.objects.update(paused_until=clock.now())
        relay.drain(strict=False)
        rests.append(round((WebhookEndpoint.objects.get().paused_until - clock.now()).total_seconds()))
    assert rests == [10, 20, 40]
    assert "ConnectionError" in Delivery.objects.exclude(last_error="").first().last_error


@pytest.mark.parametrize("status", [301, 400, 404, 500])
def test_anything_but_2xx_is_a_failure(
    endpoint: WebhookEndpoint, subscriber: Subscriber, status: int
) -> None:
    subscriber.answers = [(status, {"Location": subscriber.url})]
    emit("order.routed", {})
    relay.drain(strict=False)
    assert Delivery.objects.get().last_error == f"SendFailed: HTTP {status}"
    assert len(subscriber.requests) == 1


def test_after_rotation_both_secrets_verify_and_then_one(
    endpoint: WebhookEndpoint, subscriber: Subscriber
) -> None:
    new = rotate_secret(str(endpoint.pk)).secret
    emit("order.routed", {})
    relay.drain()
    headers, body = subscriber.requests[-1]
    Webhook(endpoint.secret).verify(body, headers)
    Webhook(new).verify(body, headers)
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        emit("order.routed", {})
        relay.drain()
        headers, body = subscriber.requests[-1]
        Webhook(new).verify(body, headers)
        assert len(headers["webhook-signature"].split()) == 1


def test_a_ping_reaches_one_endpoint(endpoint: WebhookEndpoint, subscriber: Subscriber) -> None:
    create("https://other.example/", ["order.routed"])
    ping(str(endpoint.pk))
    relay.drain()
    assert b'"type":"webhook.ping"' in subscriber.requests[0][1]
    update(str(endpoint.pk), enabled=False)
    with pytest.raises(Conflict):
        ping(str(endpoint.pk))


def test_while_the_plugin_is_off_webhooks_wait_and_our_own_work_goes_on(
    endpoint: WebhookEndpoint, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    subscribe("order.routed", name="own")(lambda message: done.append("own"))
    monkeypatch.setattr(webhooks, "may_send", lambda: False)
    emit("order.routed", {})
    assert relay.drain() == 1
    assert (done, subscriber.requests) == (["own"], [])
    monkeypatch.setattr(webhooks, "may_send", lambda: True)
    assert relay.drain() == 1
    assert len(subscriber.requests) == 1


def test_who_trickles_is_given_up(endpoint: WebhookEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "DEADLINE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        WebhookEndpoint.objects.update(url=f"http://127.0.0.1:{server.getsockname()[1]}/")
        threading.Thread(target=_trickle, args=(server,), daemon=True).start()
        emit("order.routed", {})
        start = time.monotonic()
        relay.drain(strict=False)
    assert 0.4 < time.monotonic() - start < 2
    assert Delivery.objects.get().last_error == "SendFailed: No answer: TimeoutError."


def _trickle(server: socket.socket) -> None:
    client, _ = server.accept()
    for _ in range(30):
        client.sendall(b"H")
        time.sleep(0.1)
    client.close()


def test_a_secret_that_cannot_be_read_fails_its_own_row_only(
    endpoint: WebhookEndpoint, subscriber: Subscriber
) -> None:
    from django.db import connection

    broken = create("https://broken.example/", ["order.routed"])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ops_delivery_webhookendpoint SET secret = 'x' WHERE id = %s", [broken.pk])
    emit("order.routed", {})
    relay.drain(strict=False)
    assert len(subscriber.requests) == 1
    assert Delivery.objects.get(endpoint=broken).last_error.startswith("ImproperlyConfigured")
