"""Taking due deliveries one at a time, and settling them.

One at a time, because a lease should begin when the work does: whoever dies holds up one row.
Handlers go first, then webhooks, so that a slow customer never delays the shop's own work.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from ..kernel import clock
from ..kernel.ids import new_id
from . import retries, webhooks
from .deadlocks import unlocked
from .models import OPEN, Delivery, State
from .registry import Message, Park, registry
from .wake import wake, wake_on_commit, working

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
BUDGET_SECONDS = 30.0
_LOG_LENGTH = 10


class Stale(Exception):
    """Another worker has taken the row since; what this one wrote is rolled back."""


def run(*, budget: float = BUDGET_SECONDS) -> int:
    """Deliver what is due until nothing is or `budget` seconds are over; answers how many were tried."""
    tried, deadline = 0, time.monotonic() + budget
    with working() as alone:
        while alone and (delivery := claim()):
            deliver(delivery)
            tried += 1
            if time.monotonic() > deadline:
                wake()
                break
    return tried


def drain(*, strict: bool = True) -> int:
    """Deliver everything that is due, in this process, for tests and scripts.

    `strict` raises what a handler or endpoint raised, after settling its row as a worker would.
    """
    tried = 0
    with working():
        while delivery := claim():
            error = deliver(delivery)
            tried += 1
            if error and strict:
                raise error
    return tried


def claim() -> Delivery | None:
    """Lease the row that is due longest, if any is."""
    # Rows of a handler that this process does not know wait for one that does.
    handlers = Q(endpoint=None, subscriber__in=list(registry.handlers))
    return _claim(handlers) or _claim(webhooks.sendable(), webhooks.may_send)


def deliver(delivery: Delivery) -> Exception | None:
    """Try a leased row once and settle it; answers what went wrong."""
    try:
        # A message that kills its worker never fails, it only comes back.
        if delivery.attempts > len(_schedule(delivery)) + 1:
            raise Park("Its workers died.")
        if delivery.endpoint_id is None:
            # What Postgres ended to break a deadlock was rolled back whole: no failure of the handler's.
            unlocked(partial(_handle, delivery))
        else:
            webhooks.send(delivery)
            _settle(delivery, state=State.DONE, settled_at=clock.now())
    except Stale as stale:
        logger.warning("Delivery %s was taken over while this worker was away.", delivery.pk)
        return stale
    except Exception as error:
        # A broken connection must not keep the failure from being written; a test's must stay.
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        _fail(delivery, error)
        return error
    return None


def replay(rows: QuerySet[Delivery]) -> int:
    """Put the dead letters among `rows` back to the start; answers how many they were."""
    count = rows.filter(state=State.DEAD).update(
        state=State.PENDING, attempts=0, due_at=clock.now(), settled_at=None, last_error=""
    )
    if count:
        wake_on_commit()
    return count


def _claim(which: Q, allowed: Callable[[], bool] | None = None) -> Delivery | None:
    now = clock.now()
    with transaction.atomic():
        found = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("event")
            .filter(which, state__in=OPEN, due_at__lte=now)
            .order_by("due_at")
            .first()
        )
        # Asked last, as it costs a query that most runs need not make.
        if found is None or (allowed and not allowed()):
            return None
        found.state, found.lease = State.LEASED, new_id()
        found.attempts, found.due_at = found.attempts + 1, now + _lease(found)
        found.save(update_fields=["state", "lease", "attempts", "due_at"])
        return found


def _handle(delivery: Delivery) -> None:
    handler, event = registry.handlers[delivery.subscriber], delivery.event
    message = Message(event.id, event.topic, event.data, event.created, delivery.attempts)
    done: dict[str, Any] = {"state": State.DONE, "settled_at": clock.now()}
    if not handler.atomic:
        handler.run(message)
        _settle(delivery, **done)
        return
    with transaction.atomic():
        # The row is locked from here to the commit: a slow handler keeps it although its lease
        # ends, a frozen one loses it when Postgres ends its idle transaction.
        with connection.cursor() as cursor:
            seconds = max(1, round(_lease(delivery).total_seconds()))
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{seconds}s'")
        _settle(delivery, **done)
        handler.run(message)


def _fail(delivery: Delivery, error: Exception) -> None:
    now, text = clock.now(), retries.describe(error)
    pause = retries.wait(_schedule(delivery), delivery.attempts, error)
    entry = {"at": now.isoformat(), "attempt": delivery.attempts, "error": text}
    log = [*delivery.log, entry][-_LOG_LENGTH:]
    logger.warning("Delivery %s to %s failed: %s", delivery.pk, delivery.subscriber, text)
    try:
        if pause is None:
            _settle(delivery, state=State.DEAD, settled_at=now, last_error=text, log=log)
        else:
            _settle(delivery, state=State.PENDING, due_at=now + pause, last_error=text, log=log)
    except Stale:
        logger.warning("Delivery %s was taken over meanwhile.", delivery.pk)


def _settle(delivery: Delivery, **values: Any) -> None:
    """Write the outcome, if the lease is still ours; raises Stale otherwise."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=State.LEASED, lease=delivery.lease)
    if not mine.update(lease=None, **values):
        raise Stale


def _lease(delivery: Delivery) -> timedelta:
    handler = None if delivery.endpoint_id else registry.handlers[delivery.subscriber]
    return (handler and handler.lease) or LEASE


def _schedule(delivery: Delivery) -> tuple[timedelta, ...]:
    return retries.HANDLER if delivery.endpoint_id is None else retries.WEBHOOK
