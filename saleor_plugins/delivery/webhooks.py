"""Outgoing webhooks, signed as https://www.standardwebhooks.com specifies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests
from django.apps import apps
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from requests_hardened import Config, HTTPSession
from requests_hardened.ip_filter import InvalidIPAddress
from standardwebhooks import Webhook

from ..kernel import clock
from .models import Delivery, Event, WebhookEndpoint
from .registry import Park, Retry
from .retries import SendFailed

# Seconds to connect, between two bytes, and for all of it.
TIMEOUT, DEADLINE = (3.0, 15.0), 20.0
_Answer = TypeVar("_Answer")
_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
_LONGEST_RETRY_AFTER = timedelta(days=1)
_GONE, _OVERLOADED = 410, (429, 502, 503, 504)


def may_send() -> bool:
    """Whether webhooks go out: in Saleor while the Webhooks plugin is active, elsewhere always."""
    if not apps.is_installed("saleor.plugins"):
        return True
    from .plugin import is_on

    return is_on()


def sendable() -> Q:
    """Deliveries whose endpoint is enabled and not resting."""
    awake = Q(endpoint__paused_until=None) | Q(endpoint__paused_until__lte=clock.now())
    return awake & Q(endpoint__enabled=True)


def allow_loopback() -> bool:
    """Whether this machine itself may be a target: in development and tests only."""
    return bool(getattr(settings, "SALEOR_PLUGINS_WEBHOOK_ALLOW_LOOPBACK", False))


def send(delivery: Delivery) -> None:
    """Post a delivery's event to its endpoint.

    Raises SendFailed (try later), Retry (when it said) or Park (410: it wants no more).
    """
    endpoint = WebhookEndpoint.objects.get(pk=delivery.endpoint_id)
    body = payload(delivery.event)
    headers = sign(endpoint, delivery.event, body)
    try:
        status, retry_after = _within(DEADLINE, lambda: _post(endpoint.url, body, headers))
    except InvalidIPAddress:
        raise SendFailed("The address is not a public one.") from None
    except (requests.RequestException, TimeoutError) as error:
        _rest(endpoint)
        raise SendFailed(f"No answer: {type(error).__name__}.") from None
    _judge(endpoint, status, retry_after)


def payload(event: Event) -> bytes:
    """The body of `event`: the same bytes in every attempt."""
    value = {"type": event.topic, "timestamp": event.created, "data": event.data}
    return json.dumps(value, cls=DjangoJSONEncoder, separators=(",", ":")).encode()


def sign(endpoint: WebhookEndpoint, event: Event, body: bytes) -> dict[str, str]:
    """The headers: a stable id, a fresh timestamp, a signature for each secret in use."""
    now = clock.now()
    secrets = [endpoint.secret]
    if endpoint.previous_secret and endpoint.previous_until and endpoint.previous_until > now:
        secrets.append(endpoint.previous_secret)
    return {
        "Content-Type": "application/json",
        "webhook-id": str(event.id),
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(str(event.id), now, body.decode()) for secret in secrets
        ),
    }


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
    # Streamed and closed: what a subscriber says is not read, however long it is.
    with _session() as session, session.post(url, body, headers=headers, stream=True) as answer:
        return answer.status_code, answer.headers.get("Retry-After")


def _within(seconds: float, call: Callable[[], _Answer]) -> _Answer:
    """What `call` answers; TimeoutError after `seconds`: who trickles meets no other time-out."""
    answer: Future[_Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return answer.result(seconds)


def _session() -> HTTPSession:
    session = HTTPSession(
        Config(
            ip_filter_enable=True,
            ip_filter_allow_loopback_ips=allow_loopback(),
            never_redirect=True,
            default_timeout=TIMEOUT,
            user_agent_override="saleor-plugins",
        )
    )
    # No proxy, which would resolve the name again, and no password from a .netrc.
    session.trust_env = False
    return session


def _judge(endpoint: WebhookEndpoint, status: int, retry_after: str | None) -> None:
    if status == _GONE:
        gone = {"enabled": False, "disabled_reason": "It answered 410 Gone."}
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**gone)
        raise Park("HTTP 410")
    if status in _OVERLOADED:
        wait = _rest(endpoint, _seconds(retry_after))
        raise Retry(f"HTTP {status}", after=wait) if retry_after else SendFailed(f"HTTP {status}")
    if not 200 <= status < 300:
        raise SendFailed(f"HTTP {status}")
    if endpoint.failures:
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(failures=0, paused_until=None)


def _rest(endpoint: WebhookEndpoint, asked: timedelta = timedelta()) -> timedelta:
    """Leave an unwell endpoint alone for a while, so that it does not keep every worker waiting."""
    wait = max(asked, min(_PAUSE * 2 ** min(endpoint.failures, 10), _LONGEST_PAUSE))
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=endpoint.failures + 1, paused_until=clock.now() + wait
    )
    return wait


def _seconds(retry_after: str | None) -> timedelta:
    """A Retry-After header (RFC 9110: seconds or a date) as a duration; zero when it is neither."""
    if not retry_after:
        return timedelta()
    try:
        if retry_after.isdigit():
            wait = timedelta(seconds=min(int(retry_after), _LONGEST_RETRY_AFTER.total_seconds()))
        else:
            date: datetime = parsedate_to_datetime(retry_after)
            wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - clock.now()
    except (ValueError, TypeError):
        return timedelta()
    return min(max(wait, timedelta()), _LONGEST_RETRY_AFTER)
