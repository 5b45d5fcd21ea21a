"""What a wave costs at least, and the prices of scarce stock that prove it.

Take the limits away and let whoever uses a resource pay a price for it: the orders come apart, and each is
solved exactly. What they then pay, less the prices times the limits, is a lower limit of the cost of any
plan, whatever the prices (Lagrange; Geoffrion 1974). Prices and costs are integers and so is the sum: the
bound is a proof, not a float. Which prices are good is asked of a linear program that picks plans (Dantzig
and Wolfe 1960); its floats can make a bound weak, but not wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..solver.exact import solve
from .cuts import Cut
from .wave import Flow, Wave

# How much of the best prices known goes into the next ones: plain prices swing wildly (Wentges 1997).
KEEP = 0.7
ROUNDS = 80
CLOSE = 0.0002
WHOLE = 0.999

Prices = tuple[int, ...]
Plans = list[Flow]


def relax(wave: Wave, prices: Prices, known: dict[int, tuple] | None = None) -> tuple[int, Plans]:
    """A proven lower limit of the wave's cost at these prices, and each order's best plan at them.

    `known` keeps each order's last answer: an order whose prices did not change is not solved again.
    """
    low, plans = -sum(price * limit for price, limit in zip(prices, wave.limits, strict=True)), []
    known = {} if known is None else known
    for i, member in enumerate(wave.members):
        mine = tuple(prices[k] for k in resources(wave, i))
        found = known.get(i)
        if found is None or found[0] != mine:
            solution = solve(member.at(prices))
            # A search that stopped at its limit may have shipped less; its bound is then about other plans.
            whole = solution.shipped >= max(member.wanted, member.least)
            found = known[i] = (mine, solution.bound if whole else 0, member.stripped(solution))
        low += found[1]
        plans.append(found[2])
    return low, plans


def resources(wave: Wave, i: int) -> list[int]:
    """What order `i` may use."""
    member = wave.members[i]
    found = {k for uses in member.uses for taken in uses for k in taken}
    return sorted(found | {k for k in member.opens if k is not None})


@dataclass
class Priced:
    """The best bound found, its prices, and the plans that were seen on the way, by order.

    `clear` are the orders for which the linear program picked one plan: most of a large wave's. `weighed`
    are inequalities with their prices (`tighten`).
    """

    bound: int
    prices: Prices
    seen: list[set[Flow]] = field(default_factory=list)
    clear: dict[int, Flow] = field(default_factory=dict)
    weighed: list[tuple[Cut, int]] = field(default_factory=list)


def price(wave: Wave, start: Plans, over: Callable[[], bool], told: Callable[[], None]) -> Priced:
    """Prices whose bound is close to the best possible. `start` are plans that the wave allows.

    Stops when `over` says so. `told` hears of every round.
    """
    known: dict[int, tuple] = {}
    zero = (0,) * len(wave.limits)
    best = Priced(relax(wave, zero, known)[0], zero, [{flow} for flow in start])
    master, keep = _Master(wave, start), KEEP
    for _ in range(ROUNDS):
        found = master.prices()
        if found is None or found[0] - best.bound <= CLOSE * found[0] or over():
            break
        plain = found[1]
        tried = tuple(int(keep * old + (1 - keep) * new) for old, new in zip(best.prices, plain, strict=True))
        low, plans = relax(wave, tried, known)
        if low > best.bound:
            best.bound, best.prices = low, tried
        new = [i for i, flow in enumerate(plans) if flow not in best.seen[i]]
        for i in new:
            if wave.members[i].fits(plans[i]):
                best.seen[i].add(plans[i])
                master.add(i, plans[i])
        if not new and not keep:
            break
        keep = KEEP if new else 0.0
        told()
    best.clear = master.clear()
    return best


class _Master:
    """The linear program: one plan for each order, mixed if need be, within the limits."""

    def __init__(self, wave: Wave, start: Plans):
        import highspy

        self.wave = wave
        self.highs: Any = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self.highs.setOptionValue(name, value)
        nothing = np.array([], dtype=np.int32), np.array([], dtype=np.float64)
        for _ in wave.members:
            self.highs.addRow(1.0, 1.0, 0, *nothing)
        for limit in wave.limits:
            self.highs.addRow(-highspy.kHighsInf, float(limit), 0, *nothing)
        self.most = highspy.kHighsInf
        self.columns: list[tuple[int, Flow]] = []
        for i, flow in enumerate(start):
            self.add(i, flow)

    def add(self, i: int, flow: Flow) -> None:
        """Let order `i` pick `flow`."""
        rows, count = self.wave.members[i].taken(flow), len(self.wave.members)
        index = np.array([i, *(count + k for k in rows)], dtype=np.int32)
        value = np.array([1, *rows.values()], dtype=np.float64)
        cost = self.wave.members[i].cost(flow) / self.wave.unit
        self.highs.addCol(cost, 0.0, self.most, len(index), index, value)
        self.columns.append((i, flow))

    def clear(self) -> dict[int, Flow]:
        """The plans that are picked whole."""
        self.highs.run()
        solution = self.highs.getSolution()
        picked = solution.col_value if solution.value_valid else [0.0] * len(self.columns)
        pairs = zip(self.columns, picked, strict=True)
        return {i: flow for (i, flow), value in pairs if value > WHOLE}

    def prices(self) -> tuple[int, list[int]] | None:
        """What the mix costs, and what it would pay for one more of each resource; None without an answer."""
        self.highs.run()
        solution = self.highs.getSolution()
        if not solution.dual_valid:
            return None
        dual = solution.row_dual[len(self.wave.members) :]
        cost = self.highs.getInfo().objective_function_value
        unit = self.wave.unit
        return round(cost * unit), [max(round(-value * unit), 0) for value in dual]
