"""What Saleor would do by itself: line by line from the first warehouse in the sorting order that has it.

Or from the one that has most, where the channel is set up so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..facts import Kind, Line, Request, Source
from ..policy import Policy
from ..sourcing.lines import left_alone

# Warehouses in sorting order by channel, "" for any other; None: the one with most first.
Ranking = Mapping[str, Sequence[str] | None]


def in_sorting_order(request: Request, ranking: Ranking) -> Request:
    """`request` with nothing to choose: each warehouse has exactly what Saleor would take from it.

    Deciding it puts prices and days on Saleor's plan. What Saleor does not know (safety stock, refusals,
    bundles, limits) is taken out of it; prices, handling, calendars and capacity stay.
    """
    taken = _take(request, ranking)
    sources = tuple(
        _holding(source, taken[source.id]) for source in request.sources if any(taken[source.id].values())
    )
    lines = tuple(replace(line, classes=frozenset(), bundle="") for line in request.lines)
    policy = Policy(request.policy.channel, promise_days=request.policy.promise_days)
    return replace(request, lines=lines, sources=sources, policy=policy)


def _take(request: Request, ranking: Ranking) -> dict[str, dict[str, int]]:
    order = ranking.get(request.channel, ranking.get("", ()))
    places = [source for source in request.sources if _serves(source, request)]
    taken: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for line in request.lines:
        if left_alone(line, request) is None:
            _take_line(line, _sorted(places, order, line.variant_id or ""), taken)
    return taken


def _sorted(places: Sequence[Source], order: Sequence[str] | None, variant: str) -> list[Source]:
    if order is None:
        return sorted(places, key=lambda source: (-source.free.get(variant, 0), source.id))
    rank = {key: at for at, key in enumerate(order)}
    return sorted(places, key=lambda source: (rank.get(source.id, len(rank)), source.id))


def _take_line(line: Line, places: Sequence[Source], taken: dict[str, dict[str, int]]) -> None:
    need, variant = line.quantity, line.variant_id or ""
    for source in places:
        units = min(need, source.free.get(variant, 0) - taken[source.id][variant])
        if units > 0:
            taken[source.id][variant] += units
            need -= units


def _serves(source: Source, request: Request) -> bool:
    in_channel = source.channels is None or not request.channel or request.channel in source.channels
    return in_channel and request.country in source.countries


def _holding(source: Source, units: Mapping[str, int]) -> Source:
    nothing: frozenset[str] = frozenset()
    profile = replace(
        source.profile,
        kind=Kind.WAREHOUSE,
        ships_orders=True,
        safety_stock=0,
        excluded_classes=nothing,
        excluded_types=nothing,
    )
    return replace(source, free={key: count for key, count in units.items() if count}, profile=profile)
