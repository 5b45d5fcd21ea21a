"""What became of the lines of a bulk operation: done, parked with Shopify's reason, or back to go alone."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction

from saleor_plugins.kernel.errors import OpsError

from ..domain.steps import ADD
from ..models import Bulk, Change, State
from ..shopify import bulk as shopify
from ..shopify.errors import BulkFailed, said
from .carry_out import BULKABLE
from .do_variants import at
from .links import store_links
from .machine import move_bulk
from .outcome import Done, LaterError, ParkedError
from .progress import release
from .sides import Sides
from .stock_ledger import born

log = logging.getLogger(__name__)
_BATCH = 200
Answer = tuple[int, dict[str, Any] | None, list[dict[str, Any]]]


def settle(bulk: Bulk, operation: shopify.Operation, sides: Sides) -> None:
    """Believe what the result says of each line, and nothing of those it leaves out.

    May be repeated: a change that is settled stays so. Raises Unreachable while the result cannot be had.
    """
    reason = "" if operation.status == "COMPLETED" else f"{operation.status} {operation.error}".strip()
    try:
        answers = shopify.results(sides.client, operation)
        while batch := list(islice(answers, _BATCH)):
            _settle_batch(bulk, batch, sides)
    except BulkFailed as error:
        reason = f"{reason} {error.message}".strip()
    with transaction.atomic():
        alone = release(Change.objects.filter(bulk=bulk))
        move_bulk(bulk, "settle", reason=reason[:500])
    if alone:
        log.warning("bulk operation %s left %s of %s lines open: %s", bulk.pk, alone, bulk.lines, reason)


def _settle_batch(bulk: Bulk, batch: list[Answer], sides: Sides) -> None:
    by_line = {line: (data, errors) for line, data, errors in reversed(batch)}
    changes = Change.objects.filter(bulk=bulk, line__in=list(by_line), state=State.WORKING)
    done: list[tuple[Change, Done]] = []
    parked: list[tuple[Change, str]] = []
    for change in changes:
        data, errors = by_line[change.line]  # type: ignore[index]
        if data is None or not _is_of(change, data):
            continue
        try:
            done.append((change, _learn(change, sides, data, errors)))
        except ParkedError as error:
            parked.append((change, str(error)))
        except LaterError as error:
            log.info("line %s of %s is done again by itself: %s", change.line, bulk.pk, error.reason)
        except OpsError:
            raise
        except Exception:
            # A fault of ours in one line must not hold the others up; alone it is tried, then parked.
            log.exception("the answer to %s of %s is not understood", change.verb, change.key)
    _store(bulk, done)
    for change, reason in parked:
        _end(bulk, [change], State.PARKED, reason)


def _learn(change: Change, sides: Sides, data: dict[str, Any], errors: list[dict[str, Any]]) -> Done:
    bulkable = BULKABLE[change.verb]
    if any(error.get("code") in bulkable.again for error in errors):
        raise LaterError(said(errors), 0)
    if errors:
        raise ParkedError(said(errors) or "Shopify refused it")
    return bulkable.learn(change, sides, data)


def _is_of(change: Change, data: dict[str, Any]) -> bool:
    """Whether an answer about a product is about this change's: lines are only told by their number."""
    product = next(iter(data.values())).get("product") or {}
    gid, title = change.payload.get("gid"), (change.payload.get("product") or {}).get("title")
    if gid and product.get("id"):
        return product["id"] == gid
    return not title or not product.get("title") or product["title"] == title.strip()


def _store(bulk: Bulk, done: list[tuple[Change, Done]]) -> None:
    try:
        _store_together(bulk, done)
    except IntegrityError:
        # One of them claims what is another's. It alone must not hold the others up.
        for one in done:
            try:
                _store_together(bulk, [one])
            except IntegrityError:
                log.warning("what %s %s learnt contradicts what is known", one[0].verb, one[0].key)


@transaction.atomic
def _store_together(bulk: Bulk, done: list[tuple[Change, Done]]) -> None:
    store_links(bulk.store, _links(done))
    born(bulk.store, (change for change, outcome in done if not outcome.more or at(change) == ADD))
    over = [change for change, outcome in done if not outcome.alarm and not outcome.more]
    _end(bulk, over, State.DONE, "")
    for change, outcome in done:
        if outcome.alarm:
            _end(bulk, [change], State.PARKED, outcome.alarm)
        elif outcome.more:
            _go_on(bulk, change, outcome.more)


def _go_on(bulk: Bulk, change: Change, more: Mapping[str, Any]) -> None:
    """A step is done: the change is fresh again, for its next one."""
    mine = Change.objects.filter(pk=change.pk, bulk=bulk, state=State.WORKING)
    payload = change.payload | more
    mine.update(state=State.PENDING, bulk=None, line=None, round=0, payload=payload)


def _links(done: list[tuple[Change, Done]]) -> Iterator[Any]:
    for _, outcome in done:
        yield from outcome.links


def _end(bulk: Bulk, changes: list[Change], state: str, reason: str) -> None:
    """Settle changes that are still this operation's."""
    keys = [change.pk for change in changes]
    mine = Change.objects.filter(pk__in=keys, bulk=bulk, state=State.WORKING)
    mine.update(state=state, reason=reason[:500])
    if state == State.PARKED:
        log.warning("%s of %s is parked: %s", changes[0].verb, changes[0].key, reason)
