"""What is really free for a channel's shoppers."""

from __future__ import annotations

from collections.abc import Collection

from ...platform import shop
from ..domain.alerts import MOST
from ..store.alerts import Place


def free_units(places: Collection[Place]) -> dict[Place, int]:
    """Units that shoppers could buy now, for each place; 0 for what is hidden or not sold there.

    On hand less what is promised to orders and held by checkouts, over the warehouses that serve the place.
    What a warehouse has promised above its stock is taken off the others: those orders come first. A variant
    whose stock is not tracked is always free.
    """
    ids = sorted({variant for variant, _, _ in places})
    stocks: dict[str, dict[str, int]] = {}
    for stock in shop().stocks(ids):
        stocks.setdefault(stock.variant_id, {})[stock.warehouse_id] = stock.free
    tracked = {row.id for row in shop().variants(ids) if row.tracks_stock}
    sold = {channel: shop().buyable(ids, channel) for channel in {place[1] for place in places}}
    serving = {where: shop().serving(*where) for where in {place[1:] for place in places}}
    found = {}
    for place in places:
        variant, channel, country = place
        houses = serving[channel, country]
        free = sum(units for house, units in stocks.get(variant, {}).items() if house in houses)
        seen = variant in sold[channel]
        found[place] = (max(0, free) if variant in tracked else MOST) if seen else 0
    return found
