"""Managing webhook endpoints: what the GraphQL API of the Webhooks plugin does."""

from __future__ import annotations

import base64
import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

from django.db import transaction
from requests_hardened.ip_filter import InvalidIPAddress, filter_host

from ..kernel import clock
from ..kernel.errors import Conflict, Invalid, NotFound, Required
from .models import Delivery, Event, WebhookEndpoint
from .registry import registry
from .wake import wake_on_commit
from .webhooks import allow_loopback

PING = "webhook.ping"
# How long a replaced secret still signs beside the new one.
OVERLAP = timedelta(hours=24)
_SECRET_BYTES = 32


def create(url: str, topics: Sequence[str], name: str = "") -> WebhookEndpoint:
    """A new endpoint with a secret of its own. Raises Invalid (field ``url``, ``topics``, ``name``)."""
    return WebhookEndpoint.objects.create(
        **_checked(url=url, topics=topics, name=name), secret=_new_secret(), created=clock.now()
    )


def update(key: UUID, **changes: Any) -> WebhookEndpoint:
    """Change what is given and not None: `url`, `topics`, `name`, `enabled`.

    Enabling forgets why it was disabled. Raises NotFound, Invalid.
    """
    values = _checked(**{name: value for name, value in changes.items() if value is not None})
    if "enabled" in values:
        values |= {"disabled_reason": "", "failures": 0, "paused_until": None}
    with transaction.atomic():
        endpoint = _locked(key)
        _change(endpoint, values)
        if endpoint.enabled:
            wake_on_commit()
    return endpoint


def delete(key: UUID) -> None:
    """Remove an endpoint and its deliveries. Raises NotFound."""
    with transaction.atomic():
        _locked(key).delete()


def rotate_secret(key: UUID) -> WebhookEndpoint:
    """Give it a new secret; the old one signs too for 24 hours. Raises NotFound."""
    with transaction.atomic():
        endpoint = _locked(key)
        until = clock.now() + OVERLAP
        old = {"previous_secret": endpoint.secret, "previous_until": until}
        _change(endpoint, {**old, "secret": _new_secret()})
    return endpoint


def ping(key: UUID) -> Delivery:
    """Send a test event to this endpoint alone. Raises NotFound, Conflict when it is disabled."""
    with transaction.atomic():
        endpoint = _locked(key)
        if not endpoint.enabled:
            raise Conflict("The endpoint is disabled.", field="id")
        now = clock.now()
        event = Event.objects.create(topic=PING, data={"endpointId": str(endpoint.pk)}, created=now)
        delivery = Delivery.objects.create(
            event=event, subscriber=f"webhook:{endpoint.pk}", endpoint=endpoint, due_at=now
        )
        wake_on_commit()
    return delivery


def _locked(key: UUID) -> WebhookEndpoint:
    try:
        return WebhookEndpoint.objects.select_for_update().get(pk=key)
    except (WebhookEndpoint.DoesNotExist, ValueError):
        raise NotFound("There is no such webhook endpoint.", field="id") from None


def _change(endpoint: WebhookEndpoint, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(endpoint, name, value)
    endpoint.save(update_fields=list(values))


def _checked(**values: Any) -> dict[str, Any]:
    if "url" in values:
        values["url"] = _check_url(values["url"].strip())
    if "topics" in values:
        values["topics"] = _check_topics(values["topics"])
    if len(values.get("name", "")) > 100:
        raise Invalid("Must have 100 characters or less.", field="name")
    return values


def _check_topics(topics: Sequence[str]) -> list[str]:
    if not topics:
        raise Required("Name at least one topic.", field="topics")
    unknown = sorted(set(topics) - set(registry.topics))
    if unknown:
        raise Invalid(f"There is no topic {unknown[0]}.", field="topics")
    return sorted(set(topics))


def _check_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or len(url) > 500 or any(character.isspace() for character in url):
        raise Invalid("Must be a web address of 500 characters or less.", field="url")
    if parts.username or parts.password or parts.fragment:
        raise Invalid("Must have no user name, password or fragment.", field="url")
    _check_host(parts, host)
    return url


def _check_host(parts: SplitResult, host: str) -> None:
    """Refuse early what sending would refuse; a name is only judged then, when it is resolved."""
    local = host == "localhost"
    try:
        numbers = socket.getaddrinfo(host, None, flags=socket.AI_NUMERICHOST)
        local = numbers[0][4][0] in ("127.0.0.1", "::1")
        filter_host(host, 443, allow_loopback=allow_loopback())
    except InvalidIPAddress:
        raise Invalid("Must be a public address.", field="url") from None
    except (OSError, UnicodeError):
        pass
    if parts.scheme != "https" and not (parts.scheme == "http" and local and allow_loopback()):
        raise Invalid("Must be an https address.", field="url")


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(os.urandom(_SECRET_BYTES)).decode()
