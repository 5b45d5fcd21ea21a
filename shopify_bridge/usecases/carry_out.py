"""Carrying out one change: claim it, do it outside any transaction, settle it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction

from saleor_plugins.delivery import Retry
from saleor_plugins.kernel.errors import Conflict

from ..models import OPEN, Change
from ..saleor.errors import SaleorError
from ..shopify.client import HASTY
from ..shopify.errors import ShopifyError, Unauthorized, Unreachable
from . import (
    do_collections,
    do_memberships,
    do_metafields,
    do_orders,
    do_prices,
    do_products,
    do_publishing,
    do_shipments,
    do_stock,
    do_translations,
    take_stock,
)
from .links import store_links
from .locks import exclusive
from .machine import move, park
from .outcome import Bulkable, Done, LaterError, ParkedError
from .progress import finished_one, hand_over
from .sides import Sides
from .stock_ledger import born

log = logging.getLogger(__name__)
DOERS: dict[str, Callable[[Change, Sides], Done]] = {
    "collect": do_collections.collect,
    "create": do_products.create,
    "update": do_products.update,
    "archive": do_products.archive,
    "delete": do_products.delete,
    "release": do_metafields.release,
    "describe": do_metafields.describe,
    "join": do_memberships.join,
    "publish": do_publishing.show,
    "unpublish": do_publishing.show,
    "translate": do_translations.translate,
    "retract": do_translations.retract,
    "price": do_prices.set_prices,
    "stock": do_stock.set_stock,
    "take": take_stock.take,
    "order": do_orders.create_order,
    "ship": do_shipments.ship,
    "track": do_shipments.track,
}
# The verbs of which many go to Shopify in one operation.
BULKABLE: dict[str, Bulkable] = {
    "create": do_products.BULK_SET,
    "update": do_products.BULK_UPDATE,
    "describe": do_metafields.BULK_DESCRIBE,
    "join": do_memberships.BULK_JOIN,
    "publish": do_publishing.BULK_PUBLISH,
    "unpublish": do_publishing.BULK_UNPUBLISH,
    "translate": do_translations.BULK_TRANSLATE,
    "price": do_prices.BULK_PRICE,
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
        _attempt(change, attempt)
    if change.state not in OPEN:
        finished_one(change)


def _attempt(change: Change, attempt: int) -> None:
    """Try once; raises Retry when it is to be tried again."""
    sides = Sides(change.store)
    try:
        with sides.client.within(HASTY):
            settle(change, DOERS[change.verb](change, sides))
    except ParkedError as error:
        park(change, str(error))
    except LaterError as error:
        _again(change, error.reason, error.seconds, attempt)
    except Unreachable as error:
        if error.after is not None:
            _put_off(change, error.message, error.after)
        else:
            _again(change, error.message, min(60.0, 2.0**attempt), attempt)
    except (Unauthorized, SaleorError, Conflict) as error:
        _again(change, error.message, min(60.0, 2.0**attempt), attempt)
    except ShopifyError as error:
        park(change, error.message)
    except Exception as error:
        # A fault of ours: it gets its attempts, and then a person sees it instead of a change open for ever.
        if attempt < ATTEMPTS:
            raise
        log.exception("%s of %s failed", change.verb, change.key)
        park(change, f"after {attempt} attempts: {type(error).__name__}")


def _again(change: Change, reason: str, seconds: float, attempt: int) -> None:
    if attempt >= ATTEMPTS:
        park(change, f"after {attempt} attempts: {reason}")
        return
    move(change, "retry", reason=reason[:500])
    raise Retry(reason, after=timedelta(seconds=seconds))


@transaction.atomic
def _put_off(change: Change, reason: str, seconds: float) -> None:
    """Nothing failed, its turn has not come: no attempt is used up, and no worker sleeps."""
    move(change, "retry", reason=reason[:500])
    hand_over(change, seconds)


@transaction.atomic
def settle(change: Change, done: Done) -> None:
    """Store what was learnt and that the change is done, together."""
    store_links(change.store, done.links)
    born(change.store, [change])
    if done.alarm:
        park(change, done.alarm)
    else:
        move(change, "finish", reason="")
