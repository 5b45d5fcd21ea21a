"""Idempotency keys: the same key and request get the same answer, and one effect.

The IETF draft "The Idempotency-Key HTTP Header Field" and Stripe's practice: answers are kept for
a day, a key that comes back with another request is an error. Unlike Stripe a twin waits.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction

from ..kernel import clock
from ..kernel.errors import Conflict, Invalid, KeyReused, sqlstate
from ..kernel.ids import new_id
from .models import IdempotencyKey

KEEP = timedelta(hours=24)
# A call without a transaction that has not answered by then is taken for dead.
LEASE = timedelta(minutes=5)
WAIT_SECONDS = 30
_POLL_SECONDS = 0.1
_LOCK_NOT_AVAILABLE = "55P03"


def once(
    scope: str, key: str, request: Any, call: Callable[[], Any], *, atomic: bool = True
) -> tuple[Any, bool]:
    """See `saleor_plugins.delivery.once`."""
    if not 1 <= len(key) <= 255:
        raise Invalid("Must have 1 to 255 characters.", field="idempotencyKey")
    request_hash = hashlib.sha256(_json({"request": request}).encode()).hexdigest()
    run = _in_transaction if atomic else _in_steps
    return run({"scope": scope, "key": key}, request_hash, call)


def _in_transaction(names: dict[str, str], request_hash: str, call: Callable[[], Any]) -> tuple[Any, bool]:
    with transaction.atomic():
        with _bounded_wait():
            row = _locked(names, request_hash)
        if row.response is not None:
            return row.response["answer"], True
        if row.lease:
            raise _in_progress()
        answer = json.loads(_json(call()))
        row.response = {"answer": answer}
        row.save(update_fields=["response"])
        return answer, False


def _in_steps(names: dict[str, str], request_hash: str, call: Callable[[], Any]) -> tuple[Any, bool]:
    deadline = time.monotonic() + WAIT_SECONDS
    while not (lease := _reserve(names, request_hash)):
        if time.monotonic() > deadline:
            raise _in_progress()
        time.sleep(_POLL_SECONDS)
    if not isinstance(lease, UUID):
        return lease["answer"], True
    mine = IdempotencyKey.objects.filter(**names, lease=lease)
    try:
        answer = json.loads(_json(call()))
    except BaseException:
        mine.update(lease=None, expires=clock.now())
        raise
    mine.update(lease=None, response={"answer": answer}, expires=clock.now() + KEEP)
    return answer, False


def _reserve(names: dict[str, str], request_hash: str) -> UUID | dict[str, Any] | None:
    """A lease on the key, or the stored answer, or None while a twin runs."""
    with transaction.atomic():
        row = _locked(names, request_hash)
        if row.response is not None:
            return dict(row.response)
        if row.lease:
            return None
        row.lease, row.expires = new_id(), clock.now() + LEASE
        row.save(update_fields=["lease", "expires"])
        return row.lease


def _locked(names: dict[str, str], request_hash: str) -> IdempotencyKey:
    """The row of this key, locked; an expired one starts anew."""
    fresh = {"request_hash": request_hash, "lease": None, "response": None, "expires": clock.now() + KEEP}
    row, _ = IdempotencyKey.objects.select_for_update().get_or_create(**names, defaults=fresh)
    if row.expires <= clock.now() and (row.request_hash == request_hash or not row.lease):
        for name, value in fresh.items():
            setattr(row, name, value)
        row.save()
    if row.request_hash != request_hash:
        raise KeyReused("This key was used with another request.", field="idempotencyKey")
    return row


@contextlib.contextmanager
def _bounded_wait() -> Iterator[None]:
    """Wait for a twin's lock, but not for ever."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{WAIT_SECONDS}s'")
            yield
            cursor.execute("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        if sqlstate(error) == _LOCK_NOT_AVAILABLE:
            raise _in_progress() from None
        raise


def _in_progress() -> Conflict:
    return Conflict(
        "The first request with this key is still running.",
        field="idempotencyKey",
        code="IDEMPOTENCY_KEY_IN_PROGRESS",
    )


def _json(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True)
