"""Carrying out one change: claim it, do it outside any transaction, settle it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from saleor_plugins.delivery import Retry
from saleor_plugins.kernel.errors import Conflict

from ..models import OPEN, Change, Mapping
from ..saleor.errors import SaleorError
from ..shopify.errors import ShopifyError, Unauthorized, Unreachable
from . import (
    do_collections,
    do_orders,
    do_products,
    do_publishing,
    do_shipments,
    do_stock,
    do_translations,
)
from .locks import exclusive
from .machine import move
from .outcome import Done, LaterError, ParkedError
from .progress import finished_one
from .sides import Sides

log = logging.getLogger(__name__)
DOERS: dict[str, Callable[[Change, Sides], Done]] = {
    "collect": do_collections.collect,
    "create": do_products.create,
    "update": do_products.update,
    "archive": do_products.archive,
    "publish": do_publishing.show,
    "unpublish": do_publishing.show,
    "translate": do_translations.translate,
    "retract": do_translations.retract,
    "stock": do_stock.set_stock,
    "order": do_orders.create_order,
    "ship": do_shipments.ship,
    "track": do_shipments.track,
}
# The delivery gives a message ten attempts; the last ones park the change with its reason instead.
ATTEMPTS = 9


def carry_out(change_id: str, round_: int, attempt: int) -> None:
    """Do what the change says, unless that is done, stale, or somebody else's just now."""
    with exclusive(f"change:{change_id}") as mine:
        if not mine:
            raise Retry("another worker has it", after=timedelta(seconds=3))
        change = Change.objects.select_related("store").filter(pk=change_id).first()
        if change is None or change.state not in OPEN or change.round != round_:
            return
        move(change, "start", tries=change.tries + 1)
        wait = _attempt(change, attempt)
    if wait is not None:
        raise Retry(change.reason, after=timedelta(seconds=wait))
    finished_one(change)


def _attempt(change: Change, attempt: int) -> float | None:
    """Try once; answers after how many seconds to try again, or None when it is settled."""
    try:
        settle(change, DOERS[change.verb](change, Sides(change.store)))
    except ParkedError as error:
        park(change, str(error))
    except LaterError as error:
        return _again(change, error.reason, error.seconds, attempt)
    except (Unreachable, Unauthorized, SaleorError, Conflict) as error:
        return _again(change, error.message, min(60.0, 2.0**attempt), attempt)
    except ShopifyError as error:
        park(change, error.message)
    return None


def _again(change: Change, reason: str, seconds: float, attempt: int) -> float | None:
    if attempt >= ATTEMPTS:
        park(change, f"after {attempt} attempts: {reason}")
        return None
    move(change, "retry", reason=reason[:500])
    return seconds


def park(change: Change, reason: str) -> None:
    """Put the change aside for a person."""
    move(change, "park", reason=reason[:500])
    log.warning("%s of %s is parked: %s", change.verb, change.key, reason)


@transaction.atomic
def settle(change: Change, done: Done) -> None:
    """Store what was learnt and that the change is done, together."""
    for link in done.links:
        # A twin that was replaced in Shopify must not keep the id of the new one.
        Mapping.objects.filter(store=change.store, kind=link.kind, gid=link.gid).exclude(
            key=link.key
        ).delete()
        values = {"gid": link.gid, "content_hash": link.content_hash, "echo": link.echo}
        Mapping.objects.update_or_create(store=change.store, kind=link.kind, key=link.key, defaults=values)
    if done.alarm:
        park(change, done.alarm)
    else:
        move(change, "finish", reason="")
