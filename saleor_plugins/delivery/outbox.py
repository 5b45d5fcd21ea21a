"""Writing events and taking in messages: always in the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Q

from ..kernel import clock
from .models import Delivery, Event, Inbox, WebhookEndpoint
from .registry import registry
from .wake import wake_on_commit

_INSERT = """
    WITH event AS (
        INSERT INTO ops_delivery_event (id, topic, key, data, created)
        VALUES (%s, %s, NULL, %s::jsonb, %s)
    )
    SELECT id FROM ops_delivery_webhookendpoint WHERE enabled AND topics @> %s::jsonb
"""


def emit(
    topic: str, data: Mapping[str, Any], *, key: str | None = None, delay: timedelta | None = None
) -> UUID:
    """See `saleor_plugins.delivery.emit`."""
    now = clock.now()
    # A savepoint would be two round trips for nothing: what fails here fails the caller's work too.
    with transaction.atomic(savepoint=False):
        if key is None:
            new = True
            event, endpoints = _insert(topic, data, now)
        else:
            event, new = _event(topic, key, {"data": dict(data), "created": now})
            endpoints = _subscribed(topic) if new else []
        if new:
            _fan_out([event], endpoints, now + (delay or timedelta()))
    if new and (delay is None or delay <= timedelta()):
        wake_on_commit()
    return event.id


def emit_many(topic: str, events: Mapping[str, Mapping[str, Any]]) -> int:
    """See `saleor_plugins.delivery.emit_many`."""
    now = clock.now()
    # By key, so that two who emit the same meet in one order and not in a deadlock.
    rows = [Event(topic=topic, key=key, data=dict(data), created=now) for key, data in sorted(events.items())]
    if not rows:
        return 0
    with transaction.atomic(savepoint=False):
        Event.objects.bulk_create(rows, ignore_conflicts=True)
        mine = Event.objects.filter(pk__in=[row.pk for row in rows])
        added = set(mine.values_list("pk", flat=True))
        if added:
            _fan_out([row for row in rows if row.pk in added], _subscribed(topic), now)
            wake_on_commit()
    return len(added)


def forget(topics: Sequence[str], name: str, values: Collection[str]) -> int:
    """See `saleor_plugins.delivery.forget`."""
    begins = Q()
    for topic in topics:
        begins |= Q(topic__startswith=topic)
    rows = Event.objects.filter(begins, **{f"data__{name}__in": list(values)}) if topics and values else None
    return rows.delete()[1].get(Event._meta.label, 0) if rows is not None else 0


def receive(source: str, message_id: str, topic: str, payload: Mapping[str, Any]) -> bool:
    """See `saleor_plugins.delivery.receive`."""
    with transaction.atomic():
        _, new = Inbox.objects.get_or_create(
            source=source, message_id=message_id, defaults={"received": clock.now()}
        )
        if new:
            emit(f"inbox.{source}.{topic}", payload)
    return new


def _event(topic: str, key: str, values: dict[str, Any]) -> tuple[Event, bool]:
    return Event.objects.get_or_create(topic=topic, key=key, defaults=values)


def _insert(topic: str, data: Mapping[str, Any], created: datetime) -> tuple[Event, list[UUID]]:
    """A new event, and the endpoints that subscribe to it, in one round trip."""
    event = Event(topic=topic, data=dict(data), created=created)
    text = json.dumps(event.data, cls=DjangoJSONEncoder)
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [event.pk, topic, text, created, json.dumps([topic])])
        return event, [key for (key,) in cursor.fetchall()]


def _subscribed(topic: str) -> list[UUID]:
    endpoints = WebhookEndpoint.objects.filter(enabled=True, topics__contains=[topic])
    return list(endpoints.values_list("pk", flat=True))


def _fan_out(events: Sequence[Event], endpoints: Sequence[UUID], due_at: datetime) -> None:
    rows = []
    for event in events:
        listening = registry.listening(event.topic)
        rows += [Delivery(event=event, subscriber=name, due_at=due_at) for name in listening]
        if event.topic in registry.topics:
            rows += [
                Delivery(event=event, subscriber=f"webhook:{key}", endpoint_id=key, due_at=due_at)
                for key in endpoints
            ]
    Delivery.objects.bulk_create(rows)
