"""Outgoing webhooks, signed as https://www.standardwebhooks.com specifies."""

from __future__ import annotations

import json
from datetime import timedelta

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from ..kernel import clock
from .models import Delivery, Event, WebhookEndpoint
from .posting import OVERLOADED, NoAnswer, NotPublic, post, signed
from .registry import Park, Retry
from .retries import SendFailed

_PAUSE, _LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
_GONE = 410


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


def send(delivery: Delivery) -> None:
    """Post a delivery's event to its endpoint.

    Raises SendFailed (try later), Retry (when it said) or Park (410: it wants no more).
    """
    endpoint = WebhookEndpoint.objects.get(pk=delivery.endpoint_id)
    body = payload(delivery.event)
    headers = sign(endpoint, delivery.event, body)
    try:
        status, asked = post(endpoint.url, body, headers)
    except NotPublic:
        raise SendFailed("The address is not a public one.") from None
    except NoAnswer as error:
        _rest(endpoint)
        raise SendFailed(f"No answer: {error}.") from None
    _judge(endpoint, status, asked)


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
    return signed(secrets, str(event.id), body)


def _judge(endpoint: WebhookEndpoint, status: int, asked: timedelta) -> None:
    if status == _GONE:
        gone = {"enabled": False, "disabled_reason": "It answered 410 Gone."}
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(**gone)
        raise Park("HTTP 410")
    if status in OVERLOADED:
        wait = _rest(endpoint, asked)
        raise Retry(f"HTTP {status}", after=wait) if asked else SendFailed(f"HTTP {status}")
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
