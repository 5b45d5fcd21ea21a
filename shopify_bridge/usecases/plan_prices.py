"""What price lists of other markets need: Saleor's prices in the channels that the policy joins to them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from functools import cached_property
from hashlib import sha256

from ..domain.diff import FieldChange, label
from ..domain.market import PriceChange, decide, pair_of
from ..domain.match import match_variants
from ..domain.model import Product, Variant
from ..domain.owners import later
from ..domain.plan import Action
from ..models import AgreedPrice
from ..shopify import prices
from ..shopify.errors import BulkFailed, BulkRefused
from .check_extras import PriceList, Problem, facts, refusal, sound
from .price_spool import PriceSpool
from .sides import Sides

# Fixed prices from which one bulk query is cheaper than pages of 250.
MANY = 2500
BATCH = prices.PAGE


class Prices:
    """Compares market prices product by product; reads whole lists, or those products only (`whole=False`).

    Nothing is read before the first product, and nothing at all unless the policy joins channels to lists.
    """

    def __init__(self, sides: Sides, *, whole: bool = True):
        self._sides, self._policy, self._whole = sides, sound(sides), whole
        there = facts(sides).price_lists
        self._lists: dict[str, PriceList] = {gid: there[gid] for gid in self._policy.price_lists.values()}
        self._refused: dict[str, Problem] = {}
        self._known: set[str] = set()

    @cached_property
    def _spool(self) -> PriceSpool:
        spool = PriceSpool()
        weakref.finalize(self, spool.close)
        if self._whole:
            spool.keep("seen", self._read())
            spool.keep("agreed", self._agreed())
        return spool

    def _read(self) -> Iterator[prices.Row]:
        currencies = {gid: found.currency for gid, found in self._lists.items()}
        client = self._sides.client
        if sum(found.prices for found in self._lists.values()) > MANY and self._policy.bulk == "auto":
            try:
                yield from prices.in_bulk(client, currencies)
                return
            except (BulkRefused, BulkFailed):
                # Pages tell the same; what the bulk query told already is told again.
                pass
        for gid, currency in currencies.items():
            yield from prices.in_pages(client, gid, currency)

    def _agreed(self, variants: list[str] | None = None) -> Iterator[prices.Row]:
        rows = AgreedPrice.objects.filter(store=self._sides.store, price_list__in=list(self._lists))
        if variants is not None:
            rows = rows.filter(variant__in=variants)
        for row in rows.values_list("price_list", "variant", "price", "compare_at").iterator(2000):
            yield row[0], row[1], (row[2], row[3])

    def add(self, wanted: Product, seen: Product | None) -> None:
        """Compare one product's prices; `seen` is None when the plan makes it."""
        if not self._lists or (seen is None and wanted.status != "ACTIVE"):
            return
        if not self._whole:
            self._look_up(wanted, seen)
        pairs = match_variants(wanted, seen) if seen else {}
        newer = not (seen and later(seen.updated, wanted.updated))
        for channel, gid in self._policy.price_lists.items():
            for variant in wanted.variants:
                self._add(channel, gid, variant, pairs.get(variant.key), newer)

    def _look_up(self, wanted: Product, seen: Product | None) -> None:
        self._spool.keep("agreed", self._agreed([variant.key for variant in wanted.variants]))
        if seen is None:
            return
        for gid, there in self._lists.items():
            self._spool.keep("seen", prices.of_product(self._sides.client, gid, there.currency, seen.gid))

    def _add(self, channel: str, gid: str, variant: Variant, found: Variant | None, newer: bool) -> None:
        price = variant.prices.get(channel)
        if price:
            self._known.add(gid)
            if price.currency != self._lists[gid].currency:
                self._refuse(channel, gid, price.currency)
                return
        before = self._spool.find("seen", gid, found.gid) if found else None
        after = pair_of(price)
        if before == after:
            return
        # What was written to a twin that is gone does not count for the one that is made.
        agreed = self._spool.find("agreed", gid, variant.key) if found else None
        if decide(self._policy.owner("price"), after, before, agreed, newer):
            change = PriceChange(variant.key, found.gid if found else "", label(variant), before, after)
            self._spool.plan(gid, change)

    def _refuse(self, channel: str, gid: str, currency: str) -> None:
        there = self._lists[gid]
        reason = f"channel {channel} sells in {currency}, price list {there.name} is in {there.currency}"
        self._refused.setdefault(gid, Problem("price_lists", channel, reason))

    def actions(self) -> Iterator[Action]:
        """One action for up to 250 prices of a list."""
        channels = {gid: channel for channel, gid in self._policy.price_lists.items()}
        for gid, there in self._lists.items():
            if gid in self._refused:
                yield refusal(self._refused[gid])
                continue
            for batch in self._spool.batches(gid, BATCH):
                if self._whole and gid not in self._known:
                    reason = f"Saleor shows no prices at all in channel {channels[gid]}; none is taken away"
                    yield refusal(Problem("price_lists", channels[gid], reason))
                    break
                yield _action(gid, there, batch)


def _action(gid: str, there: PriceList, batch: list[PriceChange]) -> Action:
    key = sha256("".join([gid, *(change.variant for change in batch)]).encode()).hexdigest()[:40]
    shown: tuple[FieldChange, ...] = tuple(change.shown(there.currency) for change in batch)
    payload = {
        "list": gid,
        "currency": there.currency,
        "prices": [change.as_json() for change in batch],
    }
    label_ = f"{len(batch)} prices in {there.name}" if len(batch) > 1 else f"a price in {there.name}"
    return Action("price", key, label_, "market prices differ", gid, shown, payload=payload)
