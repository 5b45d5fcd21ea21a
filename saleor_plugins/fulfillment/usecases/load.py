"""Everything a decision about an order is made from, read from the shop and our tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType

from ...kernel import clock
from ...platform import shop
from ...platform.port import Address, Allocation, Order, OrderLine, Stock, Warehouse
from .. import store
from ..domain.facts import Line, Place, Request, Source
from ..domain.policy import Rules
from ..domain.rates.table import RateTable, default_table
from ..domain.sourcing.lines import left_alone
from ..store import Effective, Refused, Standing

# A day may begin this much earlier where a warehouse stands than where the shop does.
ZONES = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """A request, the order's allocations by (line, warehouse), and the lines not to be routed.

    `rules` are the merchant's for the order's channel; `stocks` are the rows of its variants as they
    were read, under lock when the caller asked for it.
    """

    request: Request
    held: dict[tuple[str, str], int]
    alone: frozenset[str]
    rules: Rules
    stocks: tuple[Stock, ...] = ()
    allocations: tuple[Allocation, ...] = ()


def load(order: Order, *, lock: bool = False) -> Facts:
    """The facts about `order`, in a constant number of queries. `lock` takes the stock rows, then the days.

    The days of a warehouse with a limit are its profile's row.
    """
    return load_many([order], lock=lock)[0]


def load_many(orders: Sequence[Order], *, lock: bool = False) -> list[Facts]:
    """The facts about several orders, in as many queries as for one.

    Each order counts its own allocations as free and the others' as taken. Parcels planned for any of
    `orders` are not counted against the warehouses' days.
    """
    variants = {line.variant_id for order in orders for line in order.lines if line.variant_id}
    stocks = shop().stocks(variants, lock=lock) if variants else []
    held = _allocations(orders)
    world = _world(orders, lock)
    by_variant: dict[str, list[Stock]] = defaultdict(list)
    for stock in stocks:
        by_variant[stock.variant_id].append(stock)
    return [_facts(order, world, by_variant, held.get(order.id, ())) for order in orders]


@dataclass(frozen=True)
class _World:
    """What the orders have in common."""

    now: datetime
    standing: Standing
    warehouses: Sequence[Warehouse]
    known: Mapping[str, Effective]
    planned: Mapping[str, Mapping[date, int]]


def _world(orders: Sequence[Order], lock: bool) -> _World:
    now, zone = clock.now(), shop().time_zone()
    today = clock.day_of(now, zone)
    ids = [order.id for order in orders]
    standing = store.standing(today, ids)
    warehouses = shop().warehouses()
    known = {row.id: store.effective(standing.revisions.profiles, row, zone) for row in warehouses}
    limited = [key for key, found in known.items() if found.profile.daily_parcels is not None]
    if lock and limited:
        store.lock_capacity(limited)
    return _World(now, standing, warehouses, known, store.planned(limited, today - ZONES, ids))


_NO_DAYS: Mapping[date, int] = MappingProxyType({})
_NOT_REFUSED = Refused()


def _facts(
    order: Order,
    world: _World,
    by_variant: Mapping[str, Sequence[Stock]],
    allocations: Sequence[Allocation],
) -> Facts:
    lines = tuple(as_line(row) for row in order.lines)
    stocked = {line.id: line.variant_id for line in lines if line.variant_id and line.tracks_stock}
    variants = set(stocked.values())
    # What other lines hold was not promised by us and is nobody's plan: it stays as it is.
    allocations = tuple(row for row in allocations if row.line_id in stocked)
    stocks = tuple(stock for variant in sorted(variants) for stock in by_variant.get(variant, ()))
    rules = store.rules_in(world.standing.revisions.policies, order.channel)
    rates = _rates(order.currency, world)
    request = Request(
        lines=lines,
        sources=_sources(order, world, stocks, _own(order, allocations)),
        destination=destination(order.shipping_address),
        rates=rates,
        channel=order.channel,
        click_and_collect=order.collection_point_id is not None,
        policy=rules.policy.in_currency(rates.currency),
        service=order.shipping_method.strip(),
        now=world.now,
        placed=order.created,
    )
    held: Counter[tuple[str, str]] = Counter()
    for row in allocations:
        held[row.line_id, row.warehouse_id] += row.quantity
    alone = frozenset(line.id for line in lines if left_alone(line, request))
    return Facts(request, dict(held), alone, rules, stocks, allocations)


def as_line(row: OrderLine) -> Line:
    """A line of the shop's as the router knows it.

    The metadata `shipping_class` holds its classes, separated by commas; `bundle` names what it leaves with.
    """
    words = str(row.metadata.get("shipping_class") or "").split(",")
    return Line(
        id=row.id,
        name=row.name,
        variant_id=row.variant_id,
        quantity=row.to_ship,
        grams=row.weight_grams,
        requires_shipping=row.requires_shipping,
        tracks_stock=row.tracks_stock,
        is_gift_card=row.is_gift_card,
        is_preorder=row.is_preorder,
        product_type_id=row.product_type_id or "",
        classes=frozenset(word.strip().casefold() for word in words if word.strip()),
        bundle=str(row.metadata.get("bundle") or "").strip(),
    )


def destination(address: Address | None) -> Place | None:
    """Where a parcel goes; None without an address."""
    return store.place_of(address, store.located(address).position) if address else None


def _rates(currency: str, world: _World) -> RateTable:
    if world.standing.revisions.card:
        return store.rate_table(*world.standing.revisions.card)
    return _built_in(currency, frozenset(row.address.country for row in world.warehouses))


@lru_cache(maxsize=32)
def _built_in(currency: str, countries: frozenset[str]) -> RateTable:
    return default_table(currency, set(countries))


def _allocations(orders: Sequence[Order]) -> Mapping[str, Sequence[Allocation]]:
    if len(orders) == 1:
        return {orders[0].id: shop().allocations(orders[0].id)}
    return shop().allocations_of([order.id for order in orders])


def _own(order: Order, allocations: Iterable[Allocation]) -> Counter[tuple[str, str]]:
    """The order's own units by (warehouse, variant): for the order itself they are free."""
    variant = {line.id: line.variant_id or "" for line in order.lines}
    own: Counter[tuple[str, str]] = Counter()
    for row in allocations:
        own[row.warehouse_id, variant.get(row.line_id, "")] += row.quantity
    return own


def _sources(
    order: Order, world: _World, stocks: Collection[Stock], own: Mapping[tuple[str, str], int]
) -> tuple[Source, ...]:
    free: dict[str, dict[str, int]] = {key: {} for key in world.known}
    for stock in stocks:
        if stock.warehouse_id in free:
            place = (stock.warehouse_id, stock.variant_id)
            free[stock.warehouse_id][stock.variant_id] = stock.free + own.get(place, 0)
    found = []
    for row in world.warehouses:
        known = world.known[row.id]
        refused = world.standing.turned_down.get((order.id, row.id), _NOT_REFUSED)
        source = Source(
            id=row.id,
            name=row.name,
            place=known.place,
            countries=row.countries,
            channels=row.channels,
            free=free[row.id],
            profile=known.profile,
            planned=world.planned.get(row.id, _NO_DAYS),
            most=refused.most,
            rejected=refused.all,
        )
        found.append(source)
    return tuple(found)
