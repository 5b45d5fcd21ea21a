"""From an order and its candidates to integers for the solver, and what its answer means in money.

A cost of the problem is made of digits, from the most to the least important: kilometres, if the objective
is the distance, then the cost with its penalties in thousandths of a minor unit, then the tie-breakers:
fewest parcels, then priority, then the warehouse's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..facts import Line, Request
from ..policy import Objective
from ..rates.prices import MILLI, Price, prices
from ..solver.exact import NODE_LIMIT
from ..solver.problem import Mode, Problem, Solution
from .candidates import Candidate, penalty
from .objectives import narrowed
from .rows import Row, pools, rows


@dataclass(frozen=True)
class Model:
    """A request in numbers. Rows are `rows`, columns `candidates` in order of preference.

    `prices[w][m]` is what mode `m` of the problem means in money, `penalties[w]` is added to each parcel
    (minor units). A cost divided by `scale` has no tie-breakers, one divided by `big` is kilometres only
    (0: there are none in it). `whole` is the problem before the objective left out plans that cannot be
    the best: by a parcel limit (fewest parcels), or without those that arrive after `latest` (days);
    `proven` is False when a search for that stopped at its limit.
    """

    rows: tuple[Row, ...]
    candidates: tuple[Candidate, ...]
    prices: tuple[tuple[Price, ...], ...]
    penalties: tuple[int, ...]
    scale: int
    big: int
    whole: Problem
    problem: Problem
    latest: date | None = None
    proven: bool = True

    def minor(self, scaled: int) -> int:
        """A cost of the problem with its penalties in minor units: no tie-breakers, no kilometres."""
        within = scaled % self.big if self.big else scaled
        return (within // self.scale + MILLI // 2) // MILLI

    def bound(self, solution: Solution) -> int:
        """What plans as good in the objective cost at least, with penalties; 0 if that is not known."""
        if not self.proven:
            return 0
        if self.big and solution.bound // self.big < solution.cost // self.big:
            return 0
        return self.minor(solution.bound)

    def penalty(self, solution: Solution) -> int:
        """The penalties of a plan's parcels."""
        return sum(self.penalties[w] for w in solution.open)

    def grams(self, solution: Solution, w: int) -> int:
        """What a plan's parcel weighs."""
        return sum(flow[w] * row.grams for flow, row in zip(solution.flow, self.rows, strict=True))

    def without(self, w: int, node_limit: int) -> Problem:
        """The problem if warehouse `w` had nothing."""
        supply = [[0 if at == w else n for at, n in enumerate(row)] for row in self.whole.supply]
        days = [one.arrives_on for one in self.candidates]
        return narrowed(replace(self.whole, supply=supply), self.objective, days, node_limit).problem

    @property
    def objective(self) -> Objective:
        """What the best plan has least of."""
        return self.candidates[0].request.policy.objective if self.candidates else Objective.COST


def build(
    request: Request, lines: Sequence[Line], candidates: Sequence[Candidate], node_limit: int = NODE_LIMIT
) -> Model:
    """The model of `lines` over the `candidates`, all of which may ship."""
    found = rows(lines)
    ordered = tuple(sorted(candidates, key=lambda one: (one.source.profile.priority, one.source.id)))
    supply = [[row.supply(one) for one in ordered] for row in found]
    farthest = max((one.km for one in ordered if one.km is not None), default=0.0)
    grams = [row.grams for row in found]
    tariffs = tuple(
        _prices(one, sum([n[w] * weight for n, weight in zip(supply, grams, strict=True)]))
        for w, one in enumerate(ordered)
    )
    extra = tuple(penalty(one, farthest) for one in ordered)
    scale, modes = _modes(found, tariffs, extra)
    big = 0
    if request.policy.objective is Objective.DISTANCE:
        big, modes = _with_distance(modes, supply, [one.km for one in ordered], farthest, scale)
    whole = Problem(
        demand=[row.demand for row in found],
        supply=supply,
        modes=modes,
        grams=grams,
        worth=[row.units for row in found],
        pools=pools(found, ordered),
        most_open=request.policy.parcel_limit,
    )
    days = [one.arrives_on for one in ordered]
    less = narrowed(whole, request.policy.objective, days, node_limit)
    return Model(found, ordered, tariffs, extra, scale, big, whole, less.problem, less.latest, less.proven)


def _prices(one: Candidate, grams: int) -> tuple[Price, ...]:
    assert one.tariff is not None, "eligibility asks for a rate"
    return prices(one.tariff, one.source.profile, grams)


def _modes(
    found: Sequence[Row], tariffs: Sequence[Sequence[Price]], extra: Sequence[int]
) -> tuple[int, list[list[Mode]]]:
    """The scale of the cost above the tie-breakers, and each warehouse's modes."""
    count = len(tariffs)
    scale = count**3 + count**2 + 1  # above the sum of all tie-breakers
    modes = []
    for rank, (some, added) in enumerate(zip(tariffs, extra, strict=True)):
        units: dict[tuple[int, int], tuple[int, ...]] = {}
        for price in some:
            kind = (price.gram, price.unit)
            if kind not in units:
                units[kind] = tuple([price.of_row(row.grams, row.units) * scale for row in found])
        once = added * MILLI
        tie = count**2 + rank
        modes.append(
            [
                Mode((price.once + once) * scale + tie, units[price.gram, price.unit], price.up_to)
                for price in some
            ]
        )
    return scale, modes


def _with_distance(
    modes: list[list[Mode]],
    supply: Sequence[Sequence[int]],
    away: Sequence[float | None],
    farthest: float,
    scale: int,
) -> tuple[int, list[list[Mode]]]:
    """Kilometres above the costs: what one of them is worth, and the modes with it; unknown is farthest."""
    unit = [max([mode.unit[r] for mine in modes for mode in mine], default=0) for r in range(len(supply))]
    dear = sorted((max(mode.fixed for mode in mine) for mine in modes), reverse=True)
    most = sum([sum(row) for row in supply])
    big = 1 + sum(dear[:most]) + sum([price * sum(row) for price, row in zip(unit, supply, strict=True)])
    big += -big % scale
    return big, [
        [replace(mode, fixed=mode.fixed + big * round(farthest if km is None else km)) for mode in mine]
        for mine, km in zip(modes, away, strict=True)
    ]
