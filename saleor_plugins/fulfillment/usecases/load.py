"""Everything a decision about an order is made from, read from the shop and our tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ...platform import shop
from ...platform.port import Allocation, Order, Stock, Warehouse
from .. import store
from ..domain.facts import Line, Profile, Request, Source
from ..domain.lines import left_alone
from ..domain.rates import default_table


@dataclass(frozen=True)
class Facts:
    """A request, the order's allocations by (line, warehouse), and the lines not to be routed."""

    request: Request
    held: dict[tuple[str, str], int]
    alone: frozenset[str]


def load(order: Order, *, lock: bool = False) -> Facts:
    """The facts about `order`, in a constant number of queries. `lock` takes the stock rows."""
    lines = tuple(
        Line(
            line.id,
            line.name,
            line.variant_id,
            line.to_ship,
            line.weight_grams,
            line.requires_shipping,
            line.tracks_stock,
            line.is_gift_card,
        )
        for line in order.lines
    )
    variants = {line.variant_id for line in lines if line.variant_id and line.tracks_stock}
    stocks = shop().stocks(variants, lock=lock) if variants else []
    allocations = shop().allocations(order.id)
    warehouses = shop().warehouses()
    request = Request(
        lines,
        _sources(warehouses, stocks, _own(order, allocations)),
        order.shipping_address.country if order.shipping_address else "",
        store.active_rates() or default_table(order.currency, {row.address.country for row in warehouses}),
        order.channel,
        order.collection_point_id is not None,
    )
    held: Counter[tuple[str, str]] = Counter()
    for row in allocations:
        held[row.line_id, row.warehouse_id] += row.quantity
    alone = frozenset(line.id for line in lines if left_alone(line, request))
    return Facts(request, dict(held), alone)


def _own(order: Order, allocations: Sequence[Allocation]) -> Counter[tuple[str, str]]:
    """The order's own units by (warehouse, variant): for the order itself they are free."""
    variant = {line.id: line.variant_id or "" for line in order.lines}
    own: Counter[tuple[str, str]] = Counter()
    for row in allocations:
        own[row.warehouse_id, variant.get(row.line_id, "")] += row.quantity
    return own


def _sources(
    warehouses: Sequence[Warehouse], stocks: Sequence[Stock], own: Counter[tuple[str, str]]
) -> tuple[Source, ...]:
    free: dict[str, dict[str, int]] = {row.id: {} for row in warehouses}
    for stock in stocks:
        if stock.warehouse_id in free:
            place = (stock.warehouse_id, stock.variant_id)
            free[stock.warehouse_id][stock.variant_id] = stock.free + own[place]
    known = store.profiles()
    return tuple(
        Source(
            row.id,
            row.name,
            row.address.country,
            row.countries,
            row.channels,
            free[row.id],
            known.get(row.id, Profile()),
        )
        for row in warehouses
    )
