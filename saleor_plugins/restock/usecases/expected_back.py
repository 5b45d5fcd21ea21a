"""Say when sold-out variants are back: to whoever asks, and in their metadata."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction

from ...delivery import emit
from ...kernel import clock
from ...kernel.errors import NotFound
from ...platform import shop
from ..domain.expected import Coming, agreed, back_on
from ..models import PurchaseOrderLine
from ..settings import active, values
from ..store import expected

KEY = "expected_back"
"""The public metadata of a variant: an ISO day, absent when it is not sold out or nobody knows."""

PAGE_DUE = "restock.expected_page_due"
PAGE = 500


@dataclass
class Outlook:
    """What is free of some variants by warehouse, and what is on its way; only of those that track stock."""

    today: date
    free: dict[str, dict[str, int]] = field(default_factory=dict)
    coming: dict[str, list[Coming]] = field(default_factory=dict)


def shown() -> bool:
    """Whether the merchant wants these days to be seen."""
    return active() and values()["show_expected_back"]


def expected_back(variant_ids: Sequence[str], channel: str = "", country: str = "") -> dict[str, date]:
    """The days on which sold-out variants can be bought again in a channel, and a country if given.

    Of those that its visitors can see, are sold out there, and have units on their way that no order waits
    for. A constant number of queries.
    """
    if not shown():
        return {}
    visible = list(shop().buyable(variant_ids, channel))
    houses = shop().serving(channel, country)
    outlook = _outlook(visible)
    days = {
        key: back_on(free, outlook.coming.get(key, ()), houses, outlook.today)
        for key, free in outlook.free.items()
    }
    return {key: day for key, day in days.items() if day}


def publish(variant_ids: Collection[str]) -> int:
    """Make the metadata of these variants right; answers how many it wrote to.

    A variant that never had a published day keeps what somebody else may have written there. Repeatable:
    what is right already is not written.
    """
    wanted = _agreed(variant_ids)
    ours, said = expected.published(variant_ids), shop().variant_metadata(variant_ids)

    def right(key: str) -> bool:
        if key not in wanted:
            return key not in ours
        return key in ours and said.get(key, {}).get(KEY) == _text(wanted[key])

    return sum(_publish(key) for key in sorted(set(variant_ids)) if not right(key))


def publish_page(after: str, slot: str) -> None:
    """`publish` the next page of what is on its way or published, and have the one after it done.

    While days are not to be seen, those that were published are removed.
    """
    ids = expected.page(after, PAGE, published=not shown())
    publish(ids)
    if len(ids) == PAGE:
        emit(PAGE_DUE, {"after": ids[-1], "slot": slot}, key=f"{slot}:{ids[-1]}")


def _publish(variant_id: str) -> int:
    """Decide again under the variant's lock, so that of two who do the last one knows best."""
    with transaction.atomic():
        row = expected.lock(variant_id)
        day = _agreed([variant_id]).get(variant_id)
        if day is None and row.published is None:
            return 0
        try:
            changed = shop().set_variant_metadata(variant_id, {KEY: _text(day)})
        except NotFound:
            row.delete()
            return 0
        if row.published != day:
            expected.save(row, day)
    return int(changed)


def _agreed(variant_ids: Collection[str]) -> dict[str, date]:
    """The day of each variant that is sold out, where all channels that sell it agree."""
    if not shown():
        return {}
    outlook = _outlook(variant_ids)
    markets: dict[str, list[frozenset[str]]] = {key: [] for key in outlook.free}
    for channel in shop().currencies():
        houses = shop().serving(channel)
        for key in shop().buyable(list(markets), channel):
            markets[key].append(houses)
    days = {
        key: agreed(outlook.free[key], outlook.coming.get(key, ()), houses, outlook.today)
        for key, houses in markets.items()
    }
    return {key: day for key, day in days.items() if day}


def _outlook(variant_ids: Collection[str]) -> Outlook:
    found = Outlook(clock.day_of(clock.now(), shop().time_zone()))
    tracked = [variant.id for variant in shop().variants(variant_ids) if variant.tracks_stock]
    found.free = {key: {} for key in tracked}
    for stock in shop().stocks(tracked):
        found.free[stock.variant_id][stock.warehouse_id] = stock.free
    found.coming = arriving(tracked)
    return found


def arriving(variant_ids: Collection[str]) -> dict[str, list[Coming]]:
    """What suppliers owe and what travels between warehouses, by variant, with the day that is said.

    What nobody knows a day of is left out. Three queries.
    """
    found: dict[str, list[Coming]] = {}
    leads, zone = expected.lead_days(variant_ids), shop().time_zone()
    default = timedelta(days=values()["default_lead_days"])
    for line in expected.owed(variant_ids):
        days = leads.get((line.order.supplier_id, line.variant_id), line.order.supplier.lead_days)
        lead = default if days is None else timedelta(days=days)
        if day := _arrival(line, lead, zone):
            units = line.ordered - line.received
            found.setdefault(line.variant_id, []).append(Coming(line.warehouse_id, units, day))
    for moved in expected.travelling(variant_ids):
        if moved.transfer.expected_on:
            units = moved.shipped - moved.received - moved.lost
            coming = Coming(moved.target_id, units, moved.transfer.expected_on)
            found.setdefault(moved.variant_id, []).append(coming)
    return found


def _arrival(line: PurchaseOrderLine, lead: timedelta, zone: str) -> date | None:
    """The shop day on which the line should arrive: as somebody said, else by the lead time."""
    order = line.order
    if day := line.expected_on or order.expected_on:
        return day
    asked = max(filter(None, (order.sent_at or order.approved_at, line.since)), default=None)
    return clock.day_of(asked, zone) + lead if asked else None


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None
