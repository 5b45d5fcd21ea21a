"""Look through the whole stock once: what is dead, what runs out, what it is all worth.

A constant number of queries a page, and as much memory as a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappush, heappushpop

from ...kernel.clock import day_of
from ...kernel.errors import Invalid
from ...platform import shop
from ...platform.port import Stock, Variant
from ..domain.expected import Coming
from ..domain.facts import Limits
from ..domain.figures import letter
from ..domain.lead_time import learn
from ..domain.reports.holdings import Cell, Holding, letter_of, nearest
from ..domain.reports.scope import Scope
from ..domain.share import near
from ..store import alerts, catalogue, costs, demand, kits, lead_times, reports, transfers
from .assess import Run, selling_prices
from .expected_back import arriving
from .open_run import open_run
from .positions import Pair

PAGE = 1_000
"""Variants looked at at a time."""


@dataclass
class Found:
    """How many rows there are, what they add up to, and the worst `most` of them."""

    most: int
    count: int = 0
    units: float = 0.0
    value: int = 0
    _heap: list[tuple[float, int, Holding]] = field(default_factory=list)

    def add(self, row: Holding, weight: float, units: float) -> None:
        """Add a row; those of most `weight` are kept, the first of equals."""
        self.count += 1
        self.units += units
        self.value += row.value or 0
        entry = (weight, -self.count, row)
        if len(self._heap) < self.most:
            heappush(self._heap, entry)
        elif self.most:
            heappushpop(self._heap, entry)

    @property
    def rows(self) -> list[Holding]:
        """The kept rows, the worst first."""
        return [row for *_, row in sorted(self._heap, reverse=True)]


@dataclass
class StockReport:
    """What a look found. Amounts are in `currency`; `dead` is None where too few days are known."""

    currency: str
    dead: Found | None
    running_out: Found
    cells: list[Cell]


def stock_report(scope: Scope, listed: int = 100) -> StockReport:
    """One look at everything, the `listed` worst rows of each list. Raises NotFound (``warehouseId``)."""
    run = open_run(scope.warehouse_id or None)
    since = run.today - timedelta(days=scope.dead_days)
    dead = Found(listed) if _known_days(run.today) >= scope.dead_days else None
    running_out = Found(listed)
    cells: dict[tuple[str, str, str], Cell] = {}
    for row in holdings(run):
        key = (row.abc, row.xyz, row.warehouse)
        cells.setdefault(key, Cell(*key)).add(row)
        if dead and row.dead(since):
            dead.add(row, row.value or 0, row.on_hand)
        if row.runs_out:
            running_out.add(row, row.missed + row.waiting, row.missed)
    return StockReport(run.currency, dead, running_out, [cells[key] for key in sorted(cells)])


def dead_stock(scope: Scope) -> tuple[str, Iterator[Holding]]:
    """The currency, and every dead holding as it is found.

    Raises NotFound (``warehouseId``), Invalid (``deadDays``) where too few days of sales are known.
    """
    run = open_run(scope.warehouse_id or None)
    if _known_days(run.today) < scope.dead_days:
        raise too_few(scope.dead_days)
    since = run.today - timedelta(days=scope.dead_days)
    return run.currency, (row for row in holdings(run) if row.dead(since))


def too_few(days: int) -> Invalid:
    """Why nothing can be called dead."""
    return Invalid(f"Fewer than {days} days of sales are known.", field="deadDays")


def running_out(scope: Scope) -> tuple[str, Iterator[Holding]]:
    """The currency, and every holding that runs out. Raises NotFound (``warehouseId``)."""
    run = open_run(scope.warehouse_id or None)
    return run.currency, (row for row in holdings(run) if row.runs_out)


def holdings(run: Run) -> Iterator[Holding]:
    """Every stock of what is sold from shelves, kits left out."""
    after: str | None = None
    while variants := shop().stocked_variants(after=after, limit=PAGE):
        yield from _page(variants, run)
        after = variants[-1].id


def _known_days(today: date) -> int:
    reach = demand.reach()
    return (today - reach.since).days if reach else 0


@dataclass(frozen=True)
class _Sales:
    """The last sale by need; units sold in the last `days` by variant and warehouse."""

    last: Mapping[Pair, date]
    recent: Mapping[str, Mapping[str, float]]
    days: int

    def pace(self, pair: Pair) -> float:
        return max(self.recent.get(pair[0], {}).get(pair[1], 0.0), 0.0) / self.days


def _page(variants: Sequence[Variant], run: Run) -> Iterator[Holding]:
    made = kits.kits_among([variant.id for variant in variants])
    named = {variant.id: variant for variant in variants if variant.id not in made}
    stocks = [stock for stock in shop().stocks(named) if stock.warehouse_id in run.warehouses]
    known = _Known.read(list(named), stocks, run)
    for stock in stocks:
        if run.warehouse_id in (None, stock.warehouse_id):
            yield known.holding(named[stock.variant_id], stock, run)


@dataclass(frozen=True)
class _Known:
    """What a page of variants needs, read in a constant number of queries."""

    sales: _Sales
    paces: Mapping[Pair, float]
    coming: Mapping[str, list[Coming]]
    outgoing: Mapping[Pair, int]
    leads: Mapping[str, float]
    limits: Mapping[Pair, Limits]
    arrived: Mapping[Pair, datetime]
    costs: Mapping[str, float]
    letters: Mapping[str, tuple[str, str]]
    waiting: Mapping[str, int]
    zone: str

    @classmethod
    def read(cls, ids: Collection[str], stocks: Sequence[Stock], run: Run) -> _Known:
        terms = catalogue.offers(ids, run.policy.default_lead_days)
        taken = lead_times.taken({offer.supplier_id for each in terms.values() for offer in each}, ids)
        prices = {
            key: [worth for offer in each if (worth := run.worth(offer.price, offer.currency)) is not None]
            for key, each in terms.items()
        }
        paid = {key: run.worth(*cost) for key, cost in costs.average_costs(ids).items()}
        bought = {key: min(each) for key, each in prices.items() if each}
        return cls(
            sales=_sales(ids, stocks, run),
            paces=reports.paces(ids, run.today),
            coming=arriving(ids),
            outgoing=transfers.underway(ids).outgoing,
            leads={
                key: min(learn(one.lead_days, taken.get((one.supplier_id, key), ())).mean for one in each)
                for key, each in terms.items()
            },
            limits=catalogue.policies(ids),
            arrived=reports.arrived(ids),
            costs=bought | {key: cost for key, cost in paid.items() if cost is not None},
            letters=_letters(ids, run),
            waiting=alerts.waiting(ids),
            zone=shop().time_zone(),
        )

    def holding(self, variant: Variant, stock: Stock, run: Run) -> Holding:
        """The row of a stock."""
        house, pair = stock.warehouse_id, (variant.id, stock.warehouse_id)
        limits = self.limits.get(pair) or self.limits.get((variant.id, "")) or Limits()
        at = self.arrived.get(pair)
        elsewhere = nearest(self.sales.recent.get(variant.id, {}), house)
        return Holding(
            variant_id=variant.id,
            sku=variant.sku,
            name=_name(variant),
            warehouse_id=house,
            warehouse=run.warehouses[house].name,
            today=run.today,
            on_hand=stock.on_hand,
            free=stock.free - self.outgoing.get(pair, 0),
            per_day=self.paces.get(pair) or self.sales.pace(pair),
            lead_days=self.leads.get(variant.id, float(run.policy.default_lead_days)),
            coming=[row for row in self.coming.get(variant.id, ()) if row.warehouse_id == house],
            last_sale=self.sales.last.get(pair),
            arrived=day_of(at, self.zone) if at else None,
            reorders=limits.reorder,
            minimum=limits.minimum,
            unit_cost=self.costs.get(variant.id),
            abc=self.letters[variant.id][0],
            xyz=self.letters[variant.id][1],
            waiting=self.waiting.get(variant.id, 0),
            sells_in=run.warehouses[elsewhere].name if elsewhere else "",
        )


def _name(variant: Variant) -> str:
    """The product's and the variant's, unless the latter is only its SKU."""
    own = "" if variant.name == variant.sku else variant.name
    return " – ".join(filter(None, (variant.product_name, own)))


def _sales(ids: Collection[str], stocks: Sequence[Stock], run: Run) -> _Sales:
    """A country's sales, shared by the warehouses near it as a run shares them."""
    stocked: dict[str, list[str]] = {}
    for stock in stocks:
        stocked.setdefault(stock.variant_id, []).append(stock.warehouse_id)
    serves = {house.id: house.countries for house in run.warehouses.values()}
    last: dict[Pair, date] = {}
    recent: dict[str, dict[str, float]] = {}
    for row in reports.lately(ids, run.today):
        houses = near(row.country, stocked.get(row.variant_id, ()), serves)
        for house in houses:
            pair, sold = (row.variant_id, house), recent.setdefault(row.variant_id, {})
            sold[house] = sold.get(house, 0.0) + row.recent / len(houses)
            if row.last:
                last[pair] = max(last.get(pair, row.last), row.last)
    return _Sales(last, recent, min(max(_known_days(run.today), 1), reports.RECENT_DAYS))


def _letters(ids: Collection[str], run: Run) -> dict[str, tuple[str, str]]:
    """ABC by a year's turnover and the limits of the last run, "" before one; XYZ by the weeks."""
    weekly, selling = reports.weekly(ids, run.today), selling_prices(ids, run)
    found = {}
    for key in ids:
        units, squares = weekly.get(key, (0.0, 0.0))
        abc = letter(units * selling.get(key, 0.0), run.classes) if run.classes else ""
        found[key] = (abc, letter_of(units, squares, reports.WEEKS))
    return found
