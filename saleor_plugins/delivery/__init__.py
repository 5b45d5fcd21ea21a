"""Delivery: outbox, inbox, idempotency keys and signed webhooks.

This page is the whole public face. It may be imported before Django's apps are ready and runs
without Saleor; of the other modules rooms use ``delivery.secrets`` (encryption at rest), ``delivery.posting``
(signed requests to addresses that others gave) and ``delivery.deadlocks``.

The promise: what a committed transaction emitted reaches every subscriber, even when a process is
killed at any point; an atomic handler takes effect exactly once, a non-atomic one at least once.
Order is not promised.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from .registry import Message, Park, Retry, declare, subscribe, sweeper

__all__ = [
    "Message",
    "Park",
    "Retry",
    "declare",
    "emit",
    "emit_many",
    "forget",
    "once",
    "receive",
    "subscribe",
    "sweeper",
]


def emit(
    topic: str, data: Mapping[str, Any], *, key: str | None = None, delay: timedelta | None = None
) -> UUID:
    """Write an event to the outbox in the current transaction; answers its id.

    `key` de-duplicates within the topic: emitting it again changes nothing and answers the first
    id, for as long as the event is kept (`delivery_purge`). With `delay` nobody sees it earlier;
    a negative one lets it pass what waits already. A dead broker is logged, never raised: the row
    waits for the next beat.
    """
    from . import outbox

    return outbox.emit(topic, data, key=key, delay=delay)


def emit_many(topic: str, events: Mapping[str, Mapping[str, Any]]) -> int:
    """`emit` for each (key, data) of `events`, in as many queries as for one; answers how many were new."""
    from . import outbox

    return outbox.emit_many(topic, events)


def forget(topics: Sequence[str], name: str, values: Collection[str]) -> int:
    """Delete events whose topic begins with one of `topics` and whose data has one of `values` as `name`.

    Their deliveries go with them, those that are not made yet too: for what must be known to nobody any
    more. Answers how many events.
    """
    from . import outbox

    return outbox.forget(topics, name, values)


def receive(source: str, message_id: str, topic: str, payload: Mapping[str, Any]) -> bool:
    """Take in an authenticated message of `source` once; False when it was seen before.

    On first sight the internal event ``inbox.<source>.<topic>`` is emitted in the same
    transaction, so a message is either remembered and worked on, or neither.
    """
    from . import outbox

    return outbox.receive(source, message_id, topic, payload)


def once(
    scope: str, key: str, request: Any, call: Callable[[], Any], *, atomic: bool = True
) -> tuple[Any, bool]:
    """The JSON answer of `call` for this idempotency key, and whether it is a stored one.

    Twins that run meanwhile wait for the first and get its answer. `atomic`: the call's writes and
    the stored answer commit together; an error rolls both back and frees the key. Pass False for
    a call that manages its own transactions around an external effect: it then runs outside any
    and, after a crash, may run again, so it must be able to resume.

    Raises KeyReused when the key was used with another request, and Conflict
    (IDEMPOTENCY_KEY_IN_PROGRESS) when the twin takes longer than 30 s.
    """
    from . import idempotency

    return idempotency.once(scope, key, request, call, atomic=atomic)
