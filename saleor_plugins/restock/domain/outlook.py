"""The outlook of every need of a page, for each of its offers: one array row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from saleor_plugins.kernel.money import exponent

from . import risk
from .breaks import price_of
from .classes import xyz
from .clean import clean
from .demand import Vector
from .facts import Need, Offer, Outlook, Policy
from .histories import Histories
from .lead_time import LeadTime, learn
from .levels import BLOCK, LEAST, Levels, Supply, levels
from .lifts import Lifts, Year
from .rates import rates

YEAR = 365.0
Index = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Row:
    """A need (the `at`-th) bought by an offer, None where nobody sells it. Money as in `Need`."""

    at: int
    need: Need
    offer: Offer | None
    lead: LeadTime
    price: float | None
    lost: float | None
    service: float | None

    @property
    def holding(self) -> float:
        """What a unit is worth while it lies: at least one minor unit, so that free goods end too."""
        for known in (self.price, self.need.cost, self.need.selling):
            if known is not None:
                return max(known, 1.0)
        return 1.0


def rows(needs: Sequence[Need], policy: Policy) -> list[Row]:
    """A row for each offer of each need, one without an offer where there is none."""
    found = []
    for at, need in enumerate(needs):
        for offer in need.offers or (None,):
            found.append(_row(at, need, offer, policy))
    return found


def _row(at: int, need: Need, offer: Offer | None, policy: Policy) -> Row:
    price = _price(offer)
    worth = need.cost if price is None else price
    lost = need.selling - worth if need.selling is not None and worth is not None else None
    service = need.limits.service_level
    if service is None and not (policy.by_cost and lost is not None and lost > 0):
        service = policy.service_level
    lead = offer.lead if offer else learn(None, (), policy.default_lead_days)
    return Row(at, need, offer, lead, price, lost, service)


def _price(offer: Offer | None) -> float | None:
    """What a unit costs in an order as small as the supplier takes one, in the run's currency."""
    if offer is None or offer.rate is None:
        return None
    return price_of(offer.terms.prices, max(offer.terms.moq, offer.terms.pack)) * offer.rate


def outlooks(
    wanted: Sequence[Row], past: Histories, policy: Policy, currency: str, lifts: Lifts
) -> list[Outlook]:
    """The outlook of each row; `past` and `lifts` have a row for each need, in the order of `Row.at`."""
    supply, source = supply_of(wanted, policy, currency), _source(wanted)
    answer: list[Outlook | None] = [None] * len(wanted)
    for service in sorted({row.service for row in wanted}, key=lambda level: level or 0.0):
        chosen = np.array([at for at, row in enumerate(wanted) if row.service == service], dtype=np.intp)
        for begin in range(0, len(chosen), BLOCK):
            block = chosen[begin : begin + BLOCK]
            year = _year(wanted, block, past, supply, lifts)
            found = _levels(wanted, block, past, supply, service, lifts, year)
            letters = xyz(past.units[source[block]])
            for at, row in enumerate(block):
                yearly = _yearly(wanted[row], found, at, policy, float(supply.order[row]))
                known = _outlook(wanted[row], found, at, past, str(letters[at]), yearly, policy)
                answer[row] = known if year is None else _lifted(known, year, at)
    return [found for found in answer if found is not None]


def supply_of(wanted: Sequence[Row], policy: Policy, currency: str) -> Supply:
    """What each row's orders, stock and shortages cost, and the period they protect."""
    order = float(policy.order_cost) * 10 ** exponent(currency)
    return Supply(
        np.full(len(wanted), order),
        np.array([row.holding * policy.holding_rate / YEAR for row in wanted]),
        np.array([max(row.lost or 0.0, 1.0) for row in wanted]),
        np.array([row.lead.mean + policy.review_days for row in wanted]),
        np.array([row.lead.variance for row in wanted]),
    )


def waiting(
    wanted: Sequence[Row],
    past: Histories,
    supply: Supply,
    stock: Sequence[float],
    lifts: Lifts,
) -> Vector:
    """What ordering a week later loses for each row, minor units; `stock` are inventory positions."""
    if not wanted:
        return np.zeros(0)
    source = _source(wanted)
    cleaned = clean(past.units[source], in_stock=past.in_stock[source])
    year = _year(wanted, np.arange(len(wanted)), past, supply, lifts)
    plain = cleaned.units if year is None else cleaned.units / np.maximum(year.divisor, LEAST)
    sold = rates(plain, cleaned.known, _priors(wanted), lifts.pace)
    sold = sold if year is None else sold.times(year.factor)
    lost = np.array([max(row.lost or 0.0, 0.0) for row in wanted])
    return risk.waiting(np.array(stock, dtype=float), sold, supply.days, supply.days_variance, lost)


def _source(wanted: Sequence[Row]) -> Index:
    return np.array([row.at for row in wanted], dtype=np.intp)


def _priors(wanted: Sequence[Row]) -> Vector | None:
    if not any(row.need.prior for row in wanted):
        return None
    return np.array([row.need.prior or 0.0 for row in wanted])


def _levels(
    wanted: Sequence[Row],
    block: Index,
    past: Histories,
    supply: Supply,
    service: float | None,
    lifts: Lifts,
    year: Year | None,
) -> Levels:
    source = _source([wanted[at] for at in block])
    in_stock = past.in_stock[source]
    vectors = (supply.order, supply.holding, supply.lost, supply.days, supply.days_variance)
    return levels(
        past.units[source],
        Supply(*(vector[block] for vector in vectors)),
        service=service,
        in_stock=None if in_stock.all() else in_stock,
        prior=_priors([wanted[at] for at in block]),
        divisor=year.divisor if year else None,
        factor=year.factor if year else None,
        usual=year.usual if year else None,
        pace=lifts.pace,
    )


def _year(wanted: Sequence[Row], block: Index, past: Histories, supply: Supply, lifts: Lifts) -> Year | None:
    """Levels hold until tomorrow; a supplier who may be late must be asked sooner."""
    hold = np.array([1 + wanted[at].lead.deviation for at in block])
    source = _source([wanted[at] for at in block])
    return lifts.of(source, past.units.shape[1], supply.days[block], hold)


def _lifted(found: Outlook, year: Year, at: int) -> Outlook:
    return replace(
        found,
        promoted=int(year.promoted[at]),
        factor=round(float(year.promotion[at]), 4),
        season=round(float(year.season[at]), 4),
    )


def _outlook(
    row: Row, found: Levels, at: int, past: Histories, letter: str, yearly: float, policy: Policy
) -> Outlook:
    point, target = int(found.point[at]), int(found.target[at])
    return Outlook(
        lead=row.lead,
        period=row.lead.mean + policy.review_days,
        per_day=float(found.per_day[at]),
        expected=float(found.expected[at]),
        deviation=float(found.deviation[at]),
        point=point,
        target=target,
        level=float(found.level[at]),
        by_cost=row.service is None,
        holding=row.holding * policy.holding_rate,
        lost=row.lost,
        yearly=yearly,
        history=int(found.days[at]),
        sold=int(found.sold[at]),
        left_out=int((~past.in_stock[row.at] & (past.units[row.at] <= 0)).sum()),
        spike=float(found.spike[at]),
        spike_day=_spike_day(past, row.at) if found.spike[at] > 0 else None,
        capped=float(found.capped[at]),
        unreadable=int(found.unreadable[at]),
        share=float(past.share[row.at]),
        returned_part=float(past.returned_part[row.at]),
        of_kits=float(past.of_kits[row.at]),
        borrowed=row.need.prior or 0.0,
        xyz=letter,
    )


def _spike_day(past: Histories, row: int) -> date:
    return past.first + timedelta(days=int(np.nan_to_num(past.units[row]).argmax()))


def _yearly(row: Row, found: Levels, at: int, policy: Policy, order: float) -> float:
    """Goods, order lines, stock and shortages of a year, so that offers can be compared."""
    if row.offer is None or row.offer.rate is None:
        return 0.0
    pace, lot = float(found.per_day[at]) * YEAR, float(found.target[at] - found.point[at])
    terms = row.offer.terms
    lot = max(lot, terms.moq, terms.pack, 1.0)
    price = price_of(terms.prices, int(lot)) * row.offer.rate
    if pace <= 0:
        return price * max(terms.moq, terms.pack)
    held = max(float(found.point[at]) - float(found.expected[at]), 0.0) + lot / 2
    short = float(found.short[at]) * max(row.lost or 0.0, 0.0)
    return pace * price + pace / lot * (order + short) + held * row.holding * policy.holding_rate
