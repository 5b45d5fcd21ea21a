"""Telling the workers that there is something to do; only ever a hint, never a promise.

The rows are in the database and the beat looks for them, so a broker that is dead, slow or
emptied costs seconds, not events. The caller's request must not pay for it.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Iterator

from celery import current_app
from django.db import transaction
from kombu.pools import producers

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 1
# How long a process stops asking a broker that did not answer.
REST_SECONDS = 10
_ONE_TRY = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}
# Redis takes its time-outs from here, RabbitMQ from the connection; each ignores the other's.
_SHORT = {**_ONE_TRY, "socket_connect_timeout": CONNECT_SECONDS, "socket_timeout": CONNECT_SECONDS}

_here = threading.local()
_rest_until = 0.0


@contextlib.contextmanager
def working() -> Iterator[bool]:
    """Mark this thread as a relay: what it emits it finds itself. Answers False inside of another."""
    if getattr(_here, "working", False):
        yield False
        return
    _here.working = True
    try:
        yield True
    finally:
        _here.working = False


def wake_on_commit() -> None:
    """Wake the relay once the current transaction is committed, once for each transaction."""
    if not getattr(_here, "working", False) and not _registered():
        transaction.on_commit(wake)


def wake() -> None:
    """Ask for a relay run; never raises."""
    global _rest_until
    if time.monotonic() < _rest_until:
        return
    try:
        _publish()
    except Exception as error:
        _rest_until = time.monotonic() + REST_SECONDS
        logger.warning("The broker does not answer (%s); the beat will find the work.", type(error).__name__)


def _publish() -> None:
    from .tasks import relay

    if current_app.conf.task_always_eager:
        relay.apply()
        return
    # A connection of our own: the app's would wait and retry for as long as its settings say.
    connection = current_app.connection_for_write(connect_timeout=CONNECT_SECONDS, transport_options=_SHORT)
    with producers[connection].acquire(block=True, timeout=CONNECT_SECONDS) as producer:
        relay.apply_async(producer=producer, retry=True, retry_policy=_ONE_TRY)


def _registered() -> bool:
    """Whether `wake` already waits for this commit, in a savepoint that this one is within."""
    connection = transaction.get_connection()
    here = set(connection.savepoint_ids)
    return any(entry[1] is wake and entry[0] <= here for entry in connection.run_on_commit)
