"""The daily demand of a page of needs, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from ...platform.port import Warehouse
from ..domain.histories import RIPE_DAYS, Histories, Pair, assemble
from ..domain.kits import uses
from ..store import demand, history, kits

DAYS = 364
"""Days of history a forecast reads: a whole number of weeks, so that weekdays weigh alike."""


def read_history(
    variant_ids: Collection[str],
    warehouses: Mapping[str, Warehouse],
    pairs: Sequence[Pair],
    today: date,
    days: int = DAYS,
) -> Histories:
    """What sold on each of the `days` before `today` (a shop day, not over, so not read).

    `pairs` are (variant, warehouse), all warehouses of a variant among them: they share its demand.
    `warehouses` are the shop's by id. Four queries, whatever the size of the page.
    """
    first, last = today - timedelta(days=days), today - timedelta(days=1)
    parts = kits.around(variant_ids)
    sources = uses(variant_ids, parts)
    found = assemble(
        history.sold(sources, first, last, today - timedelta(days=RIPE_DAYS)),
        sources,
        pairs,
        {house.id: house.countries for house in warehouses.values()},
        history.outs(variant_ids, first, last),
        first,
        days,
        frozenset(part.kit_id for part in parts).intersection(variant_ids),
    )
    _forget_unread(found, today)
    return found


def _forget_unread(found: Histories, today: date) -> None:
    """Days that no reading has reached yet are not days without sales."""
    known = demand.reach()
    if known is None:
        return
    columns = found.units.shape[1]
    before = min(max((known.since - found.first).days, 0), columns)
    # The last day read was not over then, unless it is today.
    after = columns if known.through >= today else max((known.through - found.first).days, 0)
    found.in_stock[:, :before] = False
    found.in_stock[:, after:] = False
