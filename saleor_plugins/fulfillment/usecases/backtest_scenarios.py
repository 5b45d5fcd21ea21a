"""The columns of a what-if run, from the shop, our tables and what was asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...kernel import clock
from ...kernel.errors import NotFound
from ...platform import shop
from ...platform.port import Order, Warehouse
from .. import store
from ..domain.backtest.replay import PROPOSED, SALEOR, TODAY, Column, Past, Scenario
from ..domain.backtest.stock import Start, Units, beginning
from ..domain.facts import Profile, Source
from ..domain.policy import Objective, Policy, Shortage
from ..domain.rates.table import RateTable, default_table
from .backtest_settings import Settings
from .load import as_line, destination

# Used for the built-in rates of a shop that has neither a card nor an order.
NO_CURRENCY = "USD"


@dataclass(frozen=True)
class World:
    """What counts today: the warehouses with their profiles, the rates, the policies by channel."""

    places: tuple[Source, ...]
    rates: RateTable
    built_in: bool
    policies: Mapping[str, Policy]

    @property
    def profiles(self) -> dict[str, Profile]:
        """By warehouse."""
        return {place.id: place.profile for place in self.places}


def world(since: datetime, until: datetime) -> World:
    """What counts today. Built-in rates are in the currency of the first order placed in [since, until)."""
    zone = shop().time_zone()
    revisions = store.revisions(clock.day_of(clock.now(), zone))
    warehouses = shop().warehouses()
    rates = store.rate_table(*revisions.card) if revisions.card else None
    return World(
        tuple(_place(row, revisions.profiles, zone) for row in warehouses),
        rates or _built_in(since, until, warehouses),
        rates is None,
        {row.channel: store.as_rules(row).policy for row in store.policies()},
    )


def _built_in(since: datetime, until: datetime, warehouses: Iterable[Warehouse]) -> RateTable:
    first = next(iter(shop().orders(since, until)), None)
    currency = first.currency if first else NO_CURRENCY
    return default_table(currency, {row.address.country for row in warehouses})


def _place(row: Warehouse, revision: int | None, zone: str) -> Source:
    known = store.effective(revision, row, zone)
    return Source(row.id, row.name, known.place, row.countries, row.channels, profile=known.profile)


def columns(now: World, settings: Settings) -> list[Column]:
    """Today's rules, the proposed ones, and what Saleor does by itself, at today's prices.

    Raises NotFound (``card``) when the proposed card is gone.
    """
    rates = now.rates
    if settings.card:
        found = store.table(settings.card)
        if found is None:
            raise NotFound("The rate card is gone.", field="card")
        rates = found
    today = Scenario(TODAY, now.rates, _in_currency(now.policies, now.rates.currency), now.profiles)
    proposed = Scenario(
        PROPOSED, rates, _changed(now.policies, settings.policy, rates.currency), _profiles(now, settings)
    )
    saleor = replace(today, name=SALEOR, ranking=shop().sorting_orders())
    return [Column(scenario, now.places) for scenario in (today, proposed, saleor)]


def _in_currency(policies: Mapping[str, Policy], currency: str) -> dict[str, Policy]:
    return {channel: policy.in_currency(currency) for channel, policy in policies.items()}


def _changed(policies: Mapping[str, Policy], changes: Mapping[str, Any], currency: str) -> dict[str, Policy]:
    """Every channel's policy with the same `changes`."""
    kinds: dict[str, Callable[[Any], Any]] = {"objective": Objective, "shortage": Shortage}
    known = {key: kinds.get(key, _same)(value) for key, value in changes.items()}
    every = _in_currency({"": Policy(), **policies}, currency)
    return {channel: replace(row, currency=currency, **known) for channel, row in every.items()}


def _same(value: Any) -> Any:
    return value


def _profiles(now: World, settings: Settings) -> dict[str, Profile]:
    found = now.profiles
    for key, changes in settings.profiles.items():
        if key in found:
            money = {name for name in changes if name.startswith("handling_")}
            currency = now.rates.currency if money else found[key].currency
            found[key] = replace(found[key], **{"currency": currency, **changes})
    return found


def past_orders(since: datetime, until: datetime, channel: str) -> Iterator[Past]:
    """The orders placed in [since, until), oldest first, streamed."""
    for order in shop().orders(since, until):
        if channel in ("", order.channel):
            yield as_placed(order)


def as_placed(order: Order) -> Past:
    """The order with the quantities that were bought, whatever was shipped since."""
    return Past(
        id=order.id,
        number=order.number,
        placed=order.created,
        lines=tuple(replace(as_line(row), quantity=row.quantity) for row in order.lines),
        destination=destination(order.shipping_address),
        channel=order.channel,
        service=order.shipping_method,
        click_and_collect=order.collection_point_id is not None,
    )


def supply(start: Start, since: datetime, until: datetime, channel: str) -> Callable[[set[str]], Units]:
    """Answers what there was of variants at the start, by the assumption that `start` names."""
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    if start is Start.REPLAYED:
        for row in shop().taken(since, until, channel):
            taken[row.variant_id][row.warehouse_id] += row.quantity

    def answer(variants: set[str]) -> Units:
        free: dict[str, dict[str, int]] = defaultdict(dict)
        for stock in shop().stocks(variants):
            free[stock.warehouse_id][stock.variant_id] = stock.free
        back: dict[str, dict[str, int]] = defaultdict(dict)
        for variant in variants:
            for place, units in taken.pop(variant, Counter()).items():
                back[place][variant] = units
                free.setdefault(place, {}).setdefault(variant, 0)
        return beginning(start, free, back)

    return answer
