"""From an order and its candidates to integers for the solver, and what its answer means in money.

A cost of the problem is made of digits, from the most to the least important: what the objective has
least of (parcels, or distance), then the cost with its penalties in thousandths of a minor unit, then the
tie-breakers: fewest parcels, then priority, then the warehouse's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .candidates import Candidate, penalty
from .facts import Line, Request
from .policy import Objective
from .prices import MILLI, Price, prices
from .problem import Mode, Problem, Solution
from .rows import Row, pools, rows
from .solver import solve


@dataclass(frozen=True)
class Model:
    """A request in numbers. Rows are `rows`, columns `candidates` in order of preference.

    `prices[w][m]` is what mode `m` of the problem means in money, `penalties[w]` is added to each parcel
    (minor units). A cost divided by `scale` has no tie-breakers, one divided by `big` only what the objective
    has least of (0: there is nothing above the cost). `latest` is the day by which all parcels must arrive
    when the objective is days: later ones have no supply.
    """

    rows: tuple[Row, ...]
    candidates: tuple[Candidate, ...]
    prices: tuple[tuple[Price, ...], ...]
    penalties: tuple[int, ...]
    scale: int
    big: int
    problem: Problem
    latest: date | None = None

    def minor(self, scaled: int) -> int:
        """A cost of the problem with its penalties in minor units: no tie-breakers, no objective above it."""
        within = scaled % self.big if self.big else scaled
        return (within // self.scale + MILLI // 2) // MILLI

    def bound(self, solution: Solution) -> int:
        """What plans as good in the objective cost at least, with penalties."""
        if self.big and solution.bound // self.big < solution.cost // self.big:
            return 0
        return self.minor(solution.bound)

    def penalty(self, solution: Solution) -> int:
        """The penalties of a plan's parcels."""
        return sum(self.penalties[w] for w in solution.open)

    def grams(self, solution: Solution, w: int) -> int:
        """What a plan's parcel weighs."""
        return sum(flow[w] * row.grams for flow, row in zip(solution.flow, self.rows, strict=True))


def build(request: Request, lines: Sequence[Line], candidates: Sequence[Candidate]) -> Model:
    """The model of `lines` over the `candidates`, all of which may ship."""
    found = rows(lines)
    ordered = tuple(sorted(candidates, key=lambda one: (one.source.profile.priority, one.source.id)))
    supply = [[row.supply(one) for one in ordered] for row in found]
    farthest = max((one.km for one in ordered if one.km is not None), default=0.0)
    tariffs = tuple(
        _prices(one, [row.grams * units[w] for row, units in zip(found, supply, strict=True)])
        for w, one in enumerate(ordered)
    )
    extra = tuple(penalty(one, farthest) for one in ordered)
    first = [_first(request.policy.objective, one, farthest) for one in ordered]
    scale, big, modes = _modes(found, tariffs, extra, first, supply)
    problem = Problem(
        demand=[row.demand for row in found],
        supply=supply,
        modes=modes,
        grams=[row.grams for row in found],
        worth=[row.units for row in found],
        pools=pools(found, ordered),
        most_open=request.policy.parcel_limit,
    )
    model = Model(found, ordered, tariffs, extra, scale, big, problem)
    return _soonest(model) if request.policy.objective is Objective.DAYS else model


def _prices(one: Candidate, grams: Sequence[int]) -> tuple[Price, ...]:
    assert one.tariff is not None, "eligibility asks for a rate"
    return prices(one.tariff, one.source.profile, sum(grams))


def _first(objective: Objective, one: Candidate, farthest: float) -> int:
    """What a parcel adds to the objective that comes before the cost; distances in tenths of a kilometre."""
    if objective is Objective.PARCELS:
        return 1
    if objective is Objective.DISTANCE:
        return round(10 * (farthest if one.km is None else one.km))
    return 0


def _modes(
    found: Sequence[Row],
    tariffs: Sequence[Sequence[Price]],
    extra: Sequence[int],
    first: Sequence[int],
    supply: Sequence[Sequence[int]],
) -> tuple[int, int, list[list[Mode]]]:
    """The scale of the cost above the tie-breakers, that of the objective above the cost, and the modes."""
    count = len(tariffs)
    scale = count**3 + count**2 + 1  # above the sum of all tie-breakers
    modes = []
    for rank, (some, added) in enumerate(zip(tariffs, extra, strict=True)):
        units: dict[tuple[int, int], tuple[int, ...]] = {}
        for price in some:
            if (price.gram, price.unit) not in units:
                units[price.gram, price.unit] = tuple(
                    price.of_row(row.grams, row.units) * scale for row in found
                )
        tie = count**2 + rank
        modes.append(
            [
                Mode((price.once + added * MILLI) * scale + tie, units[price.gram, price.unit], price.up_to)
                for price in some
            ]
        )
    if not any(first):
        return scale, 0, modes
    big = 1 + sum(_dearest(mine, [row[w] for row in supply]) for w, mine in enumerate(modes))
    big += -big % scale
    return (
        scale,
        big,
        [[replace(mode, fixed=mode.fixed + first[w] * big) for mode in mine] for w, mine in enumerate(modes)],
    )


def _dearest(modes: Sequence[Mode], supply: Sequence[int]) -> int:
    return max(
        mode.fixed + sum(price * n for price, n in zip(mode.unit, supply, strict=True)) for mode in modes
    )


def _soonest(model: Model) -> Model:
    """The model without the warehouses that arrive after the first day by which as much can be there."""
    days = sorted({one.arrives_on for one in model.candidates if one.arrives_on})
    if len(days) < 2:
        return model
    most = solve(model.problem).shipped
    low, high = 0, len(days) - 1
    while low < high:
        middle = (low + high) // 2
        if solve(_by(model, days[middle])).shipped >= most:
            high = middle
        else:
            low = middle + 1
    return replace(model, problem=_by(model, days[low]), latest=days[low])


def _by(model: Model, day: date) -> Problem:
    late = [one.arrives_on is None or one.arrives_on > day for one in model.candidates]
    supply = [[0 if late[w] else n for w, n in enumerate(row)] for row in model.problem.supply]
    return replace(model.problem, supply=supply)
