"""Writing events and taking in messages: always in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from ..kernel import clock
from .models import Delivery, Event, Inbox, WebhookEndpoint
from .registry import registry
from .wake import wake_on_commit


def emit(
    topic: str, data: Mapping[str, Any], *, key: str | None = None, delay: timedelta | None = None
) -> UUID:
    """See `saleor_plugins.delivery.emit`."""
    now = clock.now()
    # A savepoint would be two round trips for nothing: what fails here fails the caller's work too.
    with transaction.atomic(savepoint=False):
        event, new = _event(topic, key, {"data": dict(data), "created": now})
        if new:
            _fan_out(event, now + (delay or timedelta()))
    if new and not delay:
        wake_on_commit()
    return event.id


def receive(source: str, message_id: str, topic: str, payload: Mapping[str, Any]) -> bool:
    """See `saleor_plugins.delivery.receive`."""
    with transaction.atomic():
        _, new = Inbox.objects.get_or_create(
            source=source, message_id=message_id, defaults={"received": clock.now()}
        )
        if new:
            emit(f"inbox.{source}.{topic}", payload)
    return new


def _event(topic: str, key: str | None, values: dict[str, Any]) -> tuple[Event, bool]:
    if key is None:
        return Event.objects.create(topic=topic, **values), True
    return Event.objects.get_or_create(topic=topic, key=key, defaults=values)


def _fan_out(event: Event, due_at: datetime) -> None:
    rows = [Delivery(event=event, subscriber=name, due_at=due_at) for name in registry.listening(event.topic)]
    if event.topic in registry.topics:
        endpoints = WebhookEndpoint.objects.filter(enabled=True, topics__contains=[event.topic])
        rows += [
            Delivery(event=event, subscriber=f"webhook:{key}", endpoint_id=key, due_at=due_at)
            for key in endpoints.values_list("pk", flat=True)
        ]
    Delivery.objects.bulk_create(rows)
