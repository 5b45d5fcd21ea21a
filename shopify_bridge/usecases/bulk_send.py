"""Carrying a bulk operation on, one short step a message: prepare, start, look, settle.

A step never waits: it says when to look again. Who dies anywhere is followed by another worker who goes on
from what the row says. Between `ask` and an answer nobody knows whether the operation was started; it is
looked for by its identifier, and asked for again only when it is not there after a while. Asked for
twice it does no harm: only documents that may be repeated go into bulk.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F

from saleor_plugins.delivery import Retry
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import OpsError

from ..models import OPEN, Bulk, BulkState, Change, State, Store
from ..saleor.errors import SaleorError
from ..shopify import bulk as shopify
from ..shopify.client import HASTY
from ..shopify.errors import BulkFailed, BulkRefused, ShopifyError, Unauthorized, Unknown, Unreachable
from .bulk_settle import settle
from .carry_out import BULKABLE
from .locks import exclusive
from .machine import BULK_OPEN, move_bulk, park
from .outcome import ParkedError
from .progress import advance, bulk_allowed, hand_over_bulk, new_bulk, release
from .sides import Sides

log = logging.getLogger(__name__)
_PAGE = 250
Line = Mapping[str, Any] | None
_LONGEST = 30.0
# From so many products on one bulk query is cheaper than their ids; a worker waits some 15 seconds for it.
_MANY, _LOOKS = 1000, 10
_TIMES = "{ products { edges { node { id updatedAt } } } }"


def go_on(bulk_id: str, round_: int) -> None:
    """Take the next step of a bulk operation, unless it is over, or somebody else is at it."""
    with exclusive(f"bulk:{bulk_id}") as mine:
        if not mine:
            raise Retry("another worker has it", after=timedelta(seconds=30))
        bulk = Bulk.objects.select_related("store", "run").filter(pk=bulk_id).first()
        if bulk is None or bulk.state not in BULK_OPEN or bulk.round != round_:
            return
        after = _step(bulk)
        if bulk.state in BULK_OPEN:
            hand_over_bulk(bulk, after)
            return
    advance(bulk.run_id)


def _step(bulk: Bulk) -> float:
    """Go on; answers in how many seconds to look again."""
    sides = Sides(bulk.store)
    try:
        with sides.client.within(HASTY):
            return _STEPS[bulk.state](bulk, sides)
    except BulkRefused as error:
        Store.objects.filter(pk=bulk.store_id).update(bulk_refused=clock.now())
        give_up(bulk, error.message)
    except (Unreachable, Unknown) as error:
        log.info("bulk operation %s: %s", bulk.pk, error.message)
        return getattr(error, "after", None) or 5.0
    except (Unauthorized, SaleorError) as error:
        log.warning("bulk operation %s waits: %s", bulk.pk, error.message)
        return 60.0
    except ShopifyError as error:
        give_up(bulk, error.message)
    return 0.0


def give_up(bulk: Bulk, reason: str) -> None:
    """The operation cannot be had: its changes go one by one."""
    with transaction.atomic():
        move_bulk(bulk, "fail", reason=reason[:500])
        count = release(Change.objects.filter(bulk=bulk))
    log.warning("bulk operation %s is given up, %s changes go one by one: %s", bulk.pk, count, reason)


def _send(bulk: Bulk, sides: Sides) -> float:
    """Write the lines, upload them, start the operation."""
    if not bulk_allowed(bulk.store):
        raise BulkFailed("bulk operations were refused")
    with tempfile.TemporaryFile() as file:
        lines = _write_lines(bulk, sides, file)
        if not lines:
            give_up(bulk, "none of its changes can go together")
            return 0.0
        path = shopify.stage(sides.client, file, str(bulk.pk))
    with transaction.atomic():
        move_bulk(bulk, "ask", sent=clock.now(), lines=len(lines))
        _number(bulk, lines)
    try:
        gid = shopify.launch(sides.client, bulk.document, path, str(bulk.pk))
    except Unreachable:
        move_bulk(bulk, "not started")
        raise
    move_bulk(bulk, "started", gid=gid)
    return 1.0


def _number(bulk: Bulk, lines: list[UUID]) -> None:
    """Which change is which line; they are in work from here."""
    rows = [Change(pk=key, line=line) for line, key in enumerate(lines)]
    Change.objects.bulk_update(rows, ["line"], batch_size=1000)
    mine = Change.objects.filter(bulk=bulk, state__in=OPEN, line__isnull=False)
    mine.update(state=State.WORKING, tries=F("tries") + 1)


def _write_lines(bulk: Bulk, sides: Sides, file: BinaryIO) -> list[UUID]:
    """The changes in the order of their lines; what cannot go along is released, parked or put off."""
    Change.objects.filter(bulk=bulk).update(line=None)
    alone = _moved(bulk, sides)
    lines: list[UUID] = []
    later: list[UUID] = []
    for change, variables in _variables(bulk, sides, alone):
        line = shopify.as_line(variables) if variables is not None else b""
        if not line or len(line) > shopify.MOST_BYTES:
            alone.add(change.pk)
        elif later or file.tell() + len(line) > shopify.MOST_BYTES:
            later.append(change.pk)
        else:
            file.write(line)
            lines.append(change.pk)
    with transaction.atomic():
        release(Change.objects.filter(bulk=bulk, pk__in=alone))
        if later:
            new_bulk(bulk.run, bulk.document, later)
    return lines


def _variables(
    bulk: Bulk, sides: Sides, skip: set[UUID]
) -> Iterator[tuple[Change, Mapping[str, Any] | None]]:
    """Each change with its variables, or None when it has to go alone; parks those that cannot be done."""
    rows = Change.objects.filter(bulk=bulk, state__in=OPEN).order_by("created", "id").iterator(_PAGE)
    while page := list(islice(rows, _PAGE)):
        page = [change for change in page if change.pk not in skip]
        for verb in {change.verb for change in page}:
            if ahead := BULKABLE[verb].ahead:
                ahead([change for change in page if change.verb == verb], sides)
        for change in page:
            try:
                line = BULKABLE[change.verb].line(change, sides)
            except ParkedError as error:
                park(change, str(error))
                continue
            except OpsError:
                raise
            except Exception:
                # A fault of ours in one change must not hold the others up; alone it is tried, then parked.
                log.exception("%s of %s cannot go in bulk", change.verb, change.key)
                line = None
            yield change, line


def _moved(bulk: Bulk, sides: Sides) -> set[UUID]:
    """Changes of products that are no longer as the plan saw them: each is compared by itself."""
    rows = Change.objects.filter(bulk=bulk, state__in=OPEN, payload__updated__isnull=False)
    values = rows.values_list("pk", "payload__gid", "payload__updated")
    seen = {key: (gid, updated) for key, gid, updated in values}
    now = _updated(sides, {gid for gid, _ in seen.values() if gid})
    return {key for key, (gid, updated) in seen.items() if not _same(now.get(gid), updated)}


def _updated(sides: Sides, gids: set[str]) -> dict[str, str]:
    """When products were last changed in Shopify: of many by one bulk query, unless that takes its time."""
    if len(gids) > _MANY:
        try:
            rows = shopify.run_query(sides.client, _TIMES, wait=_briefly(sides))
            return {row["id"]: row["updatedAt"] for row in rows if row["id"] in gids}
        except ShopifyError as error:
            log.info("products are looked up by id: %s", error.message)
    wanted, found = sorted(gids), dict[str, str]()
    for start in range(0, len(wanted), _PAGE):
        nodes = sides.client.run("BridgeUpdatedAt", ids=wanted[start : start + _PAGE])["nodes"]
        found |= {node["id"]: node["updatedAt"] for node in nodes if node}
    return found


def _briefly(sides: Sides) -> shopify.Wait:
    def wait(operation: shopify.Operation, looks: int) -> None:
        if looks > _LOOKS:
            raise Unreachable("the bulk query takes too long")
        sides.client.sleep(min(3.0, 0.3 * looks))

    return wait


def _same(now: str | None, then: str | None) -> bool:
    return bool(now and then) and datetime.fromisoformat(str(now)) == datetime.fromisoformat(str(then))


def _find(bulk: Bulk, sides: Sides) -> float:
    """It was asked for and nobody heard: is it there?"""
    sent = bulk.sent or bulk.created
    operation = shopify.find(sides.client, str(bulk.pk), sent)
    if operation is not None:
        move_bulk(bulk, "started", gid=operation.gid)
        return 0.0
    left = sent + timedelta(seconds=settings.BRIDGE_GRACE_SECONDS) - clock.now()
    if left > timedelta():
        return min(5.0, left.total_seconds() + 0.1)
    move_bulk(bulk, "not started")
    return 0.0


def _look(bulk: Bulk, sides: Sides) -> float:
    """Is it over? The longer it runs, the rarer it is asked."""
    operation = shopify.look(sides.client, bulk.gid)
    if operation.running:
        so_far = (clock.now() - (bulk.sent or bulk.created)).total_seconds()
        return min(_LONGEST, max(0.5, so_far / 8))
    settle(bulk, operation, sides)
    return 0.0


_STEPS: dict[str, Callable[[Bulk, Sides], float]] = {
    BulkState.PREPARED: _send,
    BulkState.UNKNOWN: _find,
    BulkState.RUNNING: _look,
}
