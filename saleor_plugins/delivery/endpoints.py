"""Managing webhook endpoints: what the GraphQL API of the Webhooks plugin does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ..kernel import clock
from ..kernel.errors import Conflict, Invalid, NotFound, Required
from .models import Delivery, Event, WebhookEndpoint
from .posting import check_url, new_secret
from .registry import registry
from .wake import wake_on_commit

PING = "webhook.ping"
# How long a replaced secret still signs beside the new one.
OVERLAP = timedelta(hours=24)


def create(url: str, topics: Sequence[str], name: str = "") -> WebhookEndpoint:
    """A new endpoint with a secret of its own. Raises Invalid (field ``url``, ``topics``, ``name``)."""
    return WebhookEndpoint.objects.create(
        **_checked(url=url, topics=topics, name=name), secret=new_secret(), created=clock.now()
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
        _change(endpoint, {**old, "secret": new_secret()})
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
        values["url"] = check_url(values["url"].strip())
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
