from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from saleor_plugins.delivery import webhooks
from saleor_plugins.delivery.models import Event, WebhookEndpoint
from saleor_plugins.delivery.posting import check_url
from saleor_plugins.delivery.posting import seconds as waits
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.ids import new_id

SECRET, OLD = "whsec_" + base64.b64encode(b"a" * 32).decode(), "whsec_" + base64.b64encode(b"b" * 32).decode()


def event() -> Event:
    return Event(
        id=new_id(), topic="order.routed", data={"orderId": "ä"}, created=datetime(2026, 1, 2, tzinfo=UTC)
    )


def test_the_body_is_the_standard_payload_and_stable() -> None:
    happened = event()
    body = webhooks.payload(happened)
    assert body == webhooks.payload(happened)
    assert json.loads(body) == {
        "type": "order.routed",
        "timestamp": "2026-01-02T00:00:00Z",
        "data": {"orderId": "ä"},
    }


def test_a_subscriber_verifies_with_the_standard_library() -> None:
    happened = event()
    body = webhooks.payload(happened)
    headers = webhooks.sign(WebhookEndpoint(secret=SECRET), happened, body)
    assert Webhook(SECRET).verify(body, headers)["type"] == "order.routed"
    assert headers["webhook-id"] == str(happened.id)


@pytest.mark.parametrize(("hours", "count"), [(1, 2), (-1, 1)])
def test_both_secrets_sign_while_they_overlap(hours: int, count: int) -> None:
    until = clock.now() + timedelta(hours=hours)
    endpoint = WebhookEndpoint(secret=SECRET, previous_secret=OLD, previous_until=until)
    happened = event()
    body = webhooks.payload(happened)
    headers = webhooks.sign(endpoint, happened, body)
    assert len(headers["webhook-signature"].split()) == count
    Webhook(SECRET).verify(body, headers)
    if count == 2:
        Webhook(OLD).verify(body, headers)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("-5", 0),
        ("soon", 0),
        (None, 0),
        ("9" * 30, 86400),
        ("Fri, 02 Jan 2026 00:01:00 GMT", 60),
    ],
)
def test_retry_after_in_seconds_or_as_a_date(
    header: str | None, seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 1, 2, tzinfo=UTC))
    assert waits(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://example.com/", "http://example.com/", "https://", "https://user:pass@example.com/",
        "https://example.com/#part", "https://exa mple.com/", "https://example.com:99999/", "https://[::1/",
        "https://127.0.0.1/", "https://2130706433/", "https://0177.0.0.1/", "https://[::1]/", "https://10.1.2.3/",
        "https://[::ffff:127.0.0.1]/", "https://169.254.169.254/latest", "https://0.0.0.0/", "http://localhost/",
        "https://example.com/" + "x" * 500,
    ],
)  # fmt: skip
def test_a_bad_address_is_refused_by_name(url: str, settings) -> None:
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = False
    with pytest.raises(Invalid) as caught:
        check_url(url)
    assert caught.value.field == "url"


def test_loopback_only_where_it_is_allowed(settings) -> None:
    assert check_url("https://example.com/hooks?token=1")
    settings.SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK = True
    assert check_url("http://127.0.0.1:8000/")
    assert check_url("http://localhost:8000/")
    with pytest.raises(Invalid):
        check_url("http://10.0.0.1/")
