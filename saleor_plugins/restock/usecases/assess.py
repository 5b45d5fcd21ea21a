"""What a page of variants needs: load in a constant number of queries, then decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ...platform import shop
from ...platform.port import Price, Variant, Warehouse
from ..domain import promoted
from ..domain.advise import Terrain, decide, look
from ..domain.demand import Matrix
from ..domain.facts import Limits, Need, Offer, Policy, Seen
from ..domain.figures import letter
from ..domain.histories import Histories
from ..domain.lead_time import learn
from ..domain.lifts import Lifts, seasonal
from ..domain.promoted import AHEAD
from ..domain.rule import Advice
from ..domain.supplier import Terms
from ..domain.transfers_plan import Lane
from ..store import alerts, catalogue, costs, lead_times
from ..store.rates import Rates
from .positions import Pair, Positions, positions
from .read_history import DAYS, read_history
from .read_promotions import read_promotions

_MANY = 100_000_000  # so many minor units are converted at once, that a rate loses no digits


@dataclass(frozen=True)
class Run:
    """What stays the same over a run's pages. `today` is the shop's; it is not over, so not read.

    Money is reckoned in `currency`. `paces` are what categories sell, `classes` the turnover of ABC,
    `uplift` is what promotions do, `told` whether the merchant names any, `seasons` are weeks by category.
    With `keeps_forecasts` what is expected is kept to be compared.
    """

    today: date
    policy: Policy
    warehouses: Mapping[str, Warehouse]
    currency: str
    rates: Rates
    lanes: Sequence[Lane] = ()
    paces: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    uplift: float = 1.0
    told: bool = False
    seasons: Mapping[str, Sequence[float]] = field(default_factory=dict)
    keeps_forecasts: bool = False
    warehouse_id: str | None = None

    def factor(self, currency: str) -> float | None:
        """Minor units of the run's currency for one minor unit of `currency`; None without a rate."""
        many = self.rates.convert(_MANY, currency, self.currency)
        return None if many is None else many / _MANY

    def worth(self, amount: int, currency: str) -> float | None:
        """An amount in the run's currency; None without a rate."""
        factor = self.factor(currency)
        return None if factor is None else amount * factor


@dataclass(frozen=True)
class Page:
    """The variants of a page, what they will sell, what to do, and everything already open for them."""

    variants: Mapping[str, Variant]
    seen: tuple[Seen, ...]
    advices: tuple[Advice, ...]
    positions: Positions


def assess(variants: Sequence[Variant], run: Run) -> Page:
    """The needs of `variants`. Locks their open orders and transfers for the transaction."""
    ids = [variant.id for variant in variants]
    where = positions(ids, run.warehouse_id)
    limits = catalogue.policies(ids)
    pairs = sorted({pair for pair in [*where.stocked, *limits] if pair[1] in run.warehouses})
    past = read_history(ids, run.warehouses, pairs, run.today)
    facts = Facts.read(variants, past, pairs, run)
    needs = [need_of(pair, where, limits, facts, float(past.share[at])) for at, pair in enumerate(pairs)]
    asked = None if run.warehouse_id is None else {run.warehouse_id}
    taken = {
        (row.variant_id, row.source_id, row.target_id) for row in where.moves if row.draft and row.by_hand
    }
    terrain = Terrain(run.policy, run.currency, run.lanes, asked, taken)
    promotions = read_promotions(variants, pairs, past.first, DAYS + AHEAD)
    lifts = Lifts(
        _seasons(variants, pairs, facts, run, past), promoted.lifts(past, promotions, run.uplift), run.told
    )
    seen = look(needs, past, terrain, lifts) if needs else []
    advices = decide(seen, past, terrain, lifts) if needs else []
    return Page({variant.id: variant for variant in variants}, tuple(seen), tuple(advices), where)


@dataclass(frozen=True)
class Facts:
    """What is known of variants, whatever the warehouse; `category_of` their products."""

    offers: Mapping[str, tuple[Offer, ...]]
    selling: Mapping[str, float]
    costs: Mapping[str, float]
    paces: Mapping[str, float]
    letters: Mapping[str, str]
    waiting: Mapping[str, int]
    category_of: Mapping[str, str]

    @classmethod
    def read(cls, variants: Sequence[Variant], past: Histories, pairs: Sequence[Pair], run: Run) -> Facts:
        ids = [variant.id for variant in variants]
        selling, sold = selling_prices(ids, run), _sold(past, pairs)
        of = categories(variants) if run.paces or run.seasons else {}
        return cls(
            _offers(ids, run),
            selling,
            _costs(ids, run),
            _paces(variants, sold, of, run),
            _letters(selling, sold, run),
            alerts.waiting(ids),
            of,
        )


def need_of(pair: Pair, where: Positions, limits: Mapping[Pair, Limits], facts: Facts, share: float) -> Need:
    """A need with everything that decides about it; `share` is its part of its variant's demand."""
    variant = pair[0]
    pace = facts.paces.get(variant)
    return Need(
        *pair,
        position=where.of(pair),
        limits=limits.get(pair) or limits.get((variant, "")) or Limits(),
        offers=facts.offers.get(variant, ()),
        selling=facts.selling.get(variant),
        cost=facts.costs.get(variant),
        prior=None if pace is None else pace * share,
        abc=facts.letters.get(variant, ""),
        waiting=facts.waiting.get(variant, 0),
    )


def _offers(ids: Collection[str], run: Run) -> dict[str, tuple[Offer, ...]]:
    default = run.policy.default_lead_days
    terms = catalogue.offers(ids, default)
    suppliers = {offer.supplier_id for offers in terms.values() for offer in offers}
    taken = lead_times.taken(suppliers, ids)

    def offer(variant: str, found: Terms) -> Offer:
        lead = learn(found.lead_days, taken.get((found.supplier_id, variant), ()), default)
        return Offer(found, lead, run.factor(found.currency))

    return {variant: tuple(offer(variant, found) for found in offers) for variant, offers in terms.items()}


def selling_prices(ids: Collection[str], run: Run) -> dict[str, float]:
    """The lowest price that any channel lists, in the run's currency; without one where none has a rate."""
    found = {}
    for variant, prices in shop().prices(ids).items():
        known = [worth for price in prices.values() if (worth := _worth(price, run)) is not None]
        if known:
            found[variant] = min(known)
    return found


def _worth(price: Price, run: Run) -> float | None:
    return run.worth(price.amount, price.currency)


def _costs(ids: Collection[str], run: Run) -> dict[str, float]:
    worth = {key: run.worth(*cost) for key, cost in costs.average_costs(ids).items()}
    return {key: cost for key, cost in worth.items() if cost is not None}


def _paces(
    variants: Sequence[Variant], sold: Mapping[str, float], of: Mapping[str, str], run: Run
) -> dict[str, float]:
    """What products of the same category sell; not of what never sold, lest the unsold is bought again."""
    if not run.paces:
        return {}
    shops = run.paces.get("", 0.0)
    selling = [variant for variant in variants if sold.get(variant.id, 0.0) > 0]
    return {variant.id: run.paces.get(of.get(variant.product_id, ""), shops) for variant in selling}


def categories(variants: Sequence[Variant]) -> dict[str, str]:
    """The category of each product of the variants, where it has one."""
    products = shop().products_of({variant.product_id for variant in variants})
    return {product.id: product.category_id for product in products if product.category_id}


def _seasons(
    variants: Sequence[Variant], pairs: Sequence[Pair], facts: Facts, run: Run, past: Histories
) -> Matrix | None:
    if not run.seasons:
        return None
    products = {variant.id: variant.product_id for variant in variants}
    names = [facts.category_of.get(products[variant], "") for variant, _ in pairs]
    return seasonal(run.seasons, names, past.first, past.units.shape[1] + AHEAD)


def _sold(past: Histories, pairs: Sequence[Pair]) -> dict[str, float]:
    """Net units of each variant over its warehouses."""
    units: dict[str, float] = {}
    for (variant, _), count in zip(pairs, past.units.sum(axis=1), strict=True):
        units[variant] = units.get(variant, 0.0) + float(count)
    return units


def _letters(selling: Mapping[str, float], sold: Mapping[str, float], run: Run) -> dict[str, str]:
    if not run.classes:
        return {}
    return {key: letter(units * selling.get(key, 0.0), run.classes) for key, units in sold.items()}
