"""A better bound for a wave: prices for the inequalities of `cuts`, beside those of what is scarce.

What an inequality costs a plan is no price per unit, so no order can be solved at such prices. Its plans
can be listed, though: all that cost less than some amount at the prices of the resources alone.
Inequalities only make plans dearer, so the cheapest of the listed ones, or that amount, is a lower limit for
all plans. All in integers again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..solver.exact import solve
from .bound import Priced, Prices, resources
from .cuts import Cut, broken
from .plans import listed
from .wave import Flow, Wave

# Plans listed for each order, how often prices are set, and how often inequalities are looked for before.
LISTED = 60
ROUNDS = 4
LOOKS = 12
WHOLE = 0.999

Weighed = list[tuple[Cut, int]]


def tighten(wave: Wave, priced: Priced, over: Callable[[], bool], told: Callable[[], None]) -> None:
    """Raise the bound of `priced`, with prices and plans that go with it."""
    program = _Program(wave)
    for i, seen in enumerate(priced.seen):
        found, _ = listed(wave.members[i], priced.prices, LISTED)
        program.add(i, [*(flow for _, flow in found), *sorted(seen)])
        if i % 50 == 0:
            told()
            if over():
                return
    for _ in range(ROUNDS):
        prices, weighed = program.solve()
        priced.clear = program.clear()
        low, plans = cut_bound(wave, prices, weighed)
        better = low > priced.bound
        if better:
            priced.bound, priced.prices, priced.weighed = low, prices, weighed
        told()
        new = sum(program.add(i, some) for i, some in enumerate(plans))
        if over() or not new:
            break


def cut_bound(wave: Wave, prices: Prices, weighed: Weighed) -> tuple[int, list[list[Flow]]]:
    """A proven lower limit of the wave's cost at these prices, and each order's best plans at them."""
    low = -sum(price * limit for price, limit in zip(prices, wave.limits, strict=True))
    low -= sum(weight * cut.most for cut, weight in weighed)
    best = []
    for i in range(len(wave.members)):
        value, plans = _order(wave, i, prices, weighed)
        low += value
        best.append(plans)
    return low, best


def _order(wave: Wave, i: int, prices: Prices, weighed: Weighed) -> tuple[int, list[Flow]]:
    member, mine = wave.members[i], frozenset(resources(wave, i))
    touching = [(cut, weight) for cut, weight in weighed if i in cut.orders or cut.resources & mine]
    if not touching:
        solution = solve(member.at(prices))
        whole = solution.shipped >= max(member.wanted, member.least)
        return (solution.bound if whole else 0), [member.stripped(solution)]
    found, reach = listed(member, prices, LISTED)
    ranked = sorted((value + penalty(i, member.taken(flow), touching), flow) for value, flow in found)
    return min(reach, ranked[0][0]) if ranked else reach, [flow for _, flow in ranked[:3]]


def penalty(i: int, taken: Any, weighed: Sequence[tuple[Cut, int]]) -> int:
    """What the inequalities add to a plan of order `i`."""
    return sum(weight * cut.counts(i, taken) for cut, weight in weighed)


class _Program:
    """The linear program over listed plans, within the limits and the inequalities found so far."""

    def __init__(self, wave: Wave):
        import highspy

        self.wave, self.most = wave, highspy.kHighsInf
        self.highs: Any = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1), ("random_seed", 0)):
            self.highs.setOptionValue(name, value)
        nothing = np.array([], dtype=np.int32), np.array([], dtype=np.float64)
        for _ in wave.members:
            self.highs.addRow(1.0, 1.0, 0, *nothing)
        for limit in wave.limits:
            self.highs.addRow(-self.most, float(limit), 0, *nothing)
        self.columns: list[tuple[int, Flow]] = []
        self.known: set[tuple[int, Flow]] = set()
        self.cuts: dict[Cut, None] = {}
        self.takers: dict[int, list[tuple[int, int]]] = {}
        self.plans_of: dict[int, list[int]] = {}

    def add(self, i: int, flows: Sequence[Flow]) -> int:
        """Let order `i` pick these plans too; how many were new."""
        new, member = 0, self.wave.members[i]
        for flow in flows:
            if (i, flow) in self.known or not member.fits(flow):
                continue
            self.known.add((i, flow))
            self.columns.append((i, flow))
            taken, count = member.taken(flow), len(self.wave.members)
            self.plans_of.setdefault(i, []).append(len(self.columns) - 1)
            for k, n in taken.items():
                self.takers.setdefault(k, []).append((len(self.columns) - 1, n))
            rows = {i: 1, **{count + k: n for k, n in taken.items()}}
            for at, cut in enumerate(self.cuts):
                if adds := cut.counts(i, taken):
                    rows[count + len(self.wave.limits) + at] = adds
            index = np.array(list(rows), dtype=np.int32)
            value = np.array(list(rows.values()), dtype=np.float64)
            cost = member.cost(flow) / self.wave.unit
            self.highs.addCol(cost, 0.0, self.most, len(index), index, value)
            new += 1
        return new

    def solve(self) -> tuple[Prices, Weighed]:
        """Prices of the resources and of the inequalities, more of which are added while they are broken."""
        for _ in range(LOOKS):
            self.highs.run()
            if not self._cut():
                break
        dual = [max(round(-value * self.wave.unit), 0) for value in self.highs.getSolution().row_dual]
        first = len(self.wave.members)
        last = first + len(self.wave.limits)
        weights = zip(self.cuts, dual[last:], strict=True)
        return tuple(dual[first:last]), [(cut, weight) for cut, weight in weights if weight]

    def _cut(self) -> int:
        taken = [(i, self.wave.members[i].taken(flow)) for i, flow in self.columns]
        found = broken(self.wave, taken, self.highs.getSolution().col_value)
        new = [cut for cut in found if cut not in self.cuts]
        for cut in new:
            self.cuts[cut] = None
            adds = self._adds(cut)
            index = np.array(list(adds), dtype=np.int32)
            value = np.array(list(adds.values()), dtype=np.float64)
            self.highs.addRow(-self.most, float(cut.most), len(index), index, value)
        if new:
            self.highs.run()
        return len(new)

    def _adds(self, cut: Cut) -> dict[int, int]:
        """What each plan adds to an inequality, by column."""
        sums: Counter[int] = Counter()
        for k in cut.resources:
            for column, n in self.takers.get(k, ()):
                sums[column] += n
        for i in cut.orders:
            sums.update(self.plans_of.get(i, ()))
        return {column: n // 2 for column, n in sorted(sums.items()) if n > 1}

    def clear(self) -> dict[int, Flow]:
        """The plans that are picked whole."""
        picked = self.highs.getSolution().col_value
        pairs = zip(self.columns, picked, strict=True)
        return {i: flow for (i, flow), value in pairs if value > WHOLE}
