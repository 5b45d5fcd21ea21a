"""A wave: many orders that share stock and parcels of a day, as integers only.

Each order is a problem of its own; what they share are resources: the units of a variant in a warehouse, the
parcels of a warehouse on a day. A plan of an order is its flow, units by row and warehouse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ..solver.exact import solve
from ..solver.problem import Mode, Pool, Problem, Solution, cheapest_mode, priced

Flow = tuple[tuple[int, ...], ...]
Taken = Mapping[int, int]  # units by resource
Left = Sequence[int] | Mapping[int, int]


@dataclass(frozen=True)
class Member:
    """An order of a wave.

    A unit of row `r` from warehouse `w` takes the units `uses[r][w]` of resources, a parcel from `w` one
    of the resource `opens[w]`, unless it is None. The order ships at least `least`, in the problem's worth;
    every unit of worth that it does not ship costs `missing`.
    """

    problem: Problem
    uses: Sequence[Sequence[Taken]]
    opens: Sequence[int | None]
    least: int
    missing: int = 0

    @cached_property
    def wanted(self) -> int:
        """The worth of all that was ordered."""
        return sum(n * worth for n, worth in zip(self.problem.demand, self.problem.worth, strict=True))

    @cached_property
    def asked(self) -> Problem:
        """The problem in which shipping the most means shipping at least `least`.

        What may be left out goes to one more warehouse, that nobody has to open. With a limit of parcels
        this is a relaxation: one parcel too many may be open.
        """
        problem, spare = self.problem, self.wanted - self.least
        if spare <= 0:
            return problem
        width, rows = len(problem.modes), range(len(problem.demand))
        free = Mode(0, tuple(self.missing * worth for worth in problem.worth))
        # Nothing in it weighs or is short of stock elsewhere: only together it is at most `spare`.
        beyond = (self.wanted,) * width
        pool = Pool({r: problem.worth[r] for r in rows}, (*beyond, spare))
        pools = tuple(Pool(old.takes, (*old.stock, self._all(old))) for old in problem.pools)
        return replace(
            problem,
            supply=[(*row, need) for row, need in zip(problem.supply, problem.demand, strict=True)],
            modes=[*problem.modes, (free,)],
            pools=(*pools, pool),
            most_open=None if problem.most_open is None else problem.most_open + 1,
        )

    def _all(self, pool: Pool) -> int:
        return sum(self.problem.demand[r] * n for r, n in pool.takes.items())

    @cached_property
    def _taken(self) -> dict[Flow, Taken]:
        return {}

    @cached_property
    def _cost(self) -> dict[Flow, int]:
        return {}

    def taken(self, flow: Flow) -> Taken:
        """What a plan takes of each resource. Remembered, as is its cost: both are asked for often."""
        known = self._taken.get(flow)
        if known is None:
            known = self._taken[flow] = self._takes(flow)
        return known

    def _takes(self, flow: Flow) -> Taken:
        found: Counter[int] = Counter()
        for uses, row in zip(self.uses, flow, strict=True):
            for w, units in enumerate(row):
                if units:
                    for resource, each in uses[w].items():
                        found[resource] += units * each
        for w, day in enumerate(self.opens):
            if day is not None and any(row[w] for row in flow):
                found[day] += 1
        return found

    def shipped(self, flow: Flow) -> int:
        """What a plan ships, in worth."""
        return sum(sum(row) * worth for row, worth in zip(flow, self.problem.worth, strict=True))

    def cost(self, flow: Flow) -> int:
        """What a plan costs, each parcel in its cheapest mode."""
        known = self._cost.get(flow)
        if known is None:
            short = self.wanted - self.shipped(flow)
            known = self._cost[flow] = priced(self.problem, flow).cost + self.missing * short
        return known

    def fits(self, flow: Flow) -> bool:
        """Whether a plan keeps the order's own rules; the resources are another question."""
        problem = self.problem
        opened = [w for w in range(len(problem.modes)) if any(row[w] for row in flow)]
        return (
            self.shipped(flow) >= self.least
            and (problem.most_open is None or len(opened) <= problem.most_open)
            and all(sum(row) <= need for row, need in zip(flow, problem.demand, strict=True))
            and all(0 <= n <= has for row, supply in zip(flow, problem.supply, strict=True)
                    for n, has in zip(row, supply, strict=True))
            and all(sum(flow[r][w] * n for r, n in pool.takes.items()) <= pool.stock[w]
                    for pool in problem.pools for w in opened)
            and all(self._carried(flow, w) for w in opened)
        )  # fmt: skip

    def _carried(self, flow: Flow, w: int) -> bool:
        units = [row[w] for row in flow]
        grams = sum(n * weight for n, weight in zip(units, self.problem.grams, strict=True))
        return cheapest_mode(self.problem.modes[w], units, grams) is not None

    def stripped(self, solution: Solution) -> Flow:
        """The plan in a solution of `asked`."""
        width = len(self.problem.modes)
        return tuple(tuple(row[:width]) for row in solution.flow)

    def at(self, prices: Sequence[int]) -> Problem:
        """`asked`, with the prices of the resources added to its costs."""
        problem, modes = self.asked, []
        for w in range(len(self.problem.modes)):
            unit = [sum(prices[k] * n for k, n in uses[w].items()) for uses in self.uses]
            opened = self.opens[w]
            once = prices[opened] if opened is not None else 0
            if not once and not any(unit):
                modes.append(problem.modes[w])
                continue
            modes.append(
                [
                    Mode(
                        mode.fixed + once,
                        [a + b for a, b in zip(mode.unit, unit, strict=True)],
                        mode.capacity,
                    )
                    for mode in problem.modes[w]
                ]
            )
        return replace(problem, modes=[*modes, *problem.modes[len(modes) :]])

    def within(self, problem: Problem, left: Left) -> Problem:
        """`problem`, with no more supply than is left of the resources."""
        width = len(self.problem.modes)
        closed = [k is not None and left[k] <= 0 for k in self.opens]
        supply: list[list[int]] = []
        users: dict[tuple[int, int], dict[int, int]] = {}
        for r, (row, uses) in enumerate(zip(problem.supply, self.uses, strict=True)):
            cut = [
                0 if closed[w] else min([row[w], *(max(left[k], 0) // n for k, n in uses[w].items())])
                for w in range(width)
            ]
            supply.append([*cut, *row[width:]])
            for w in range(width):
                for k, n in uses[w].items() if cut[w] else ():
                    users.setdefault((k, w), {})[r] = n
        shared = {key: takes for key, takes in users.items() if len(takes) > 1}
        pools = list(problem.pools)
        for (k, w), takes in sorted(shared.items()):
            if sum(supply[r][w] * n for r, n in takes.items()) > left[k]:
                stock = [sum(problem.demand[r] * n for r, n in takes.items())] * len(problem.modes)
                stock[w] = left[k]
                pools.append(Pool(takes, stock))
        return replace(problem, supply=supply, pools=tuple(pools))

    def best(self, left: Left) -> Flow:
        """The plan that ships the most of what is left, then costs least."""
        return solve(self.within(self.problem, left)).flow

    def alone(self, left: Left, prices: Sequence[int] | None = None) -> Flow | None:
        """The best plan within what is left, at `prices`; None when it cannot ship `least`."""
        problem = self.asked if prices is None else self.at(prices)
        flow = self.stripped(solve(self.within(problem, left)))
        return flow if self.fits(flow) else None


@dataclass(frozen=True)
class Wave:
    """Orders in the order of their age, and `limits`: the units there are of each resource.

    `unit` of the problems' amounts are one minor unit of money.
    """

    members: Sequence[Member]
    limits: Sequence[int]
    unit: int = 1

    def cost(self, plans: Sequence[Flow]) -> int:
        """What the plans cost together."""
        return sum(member.cost(flow) for member, flow in zip(self.members, plans, strict=True))

    def left(self, plans: Sequence[Flow]) -> list[int]:
        """What the plans leave of each resource."""
        left = list(self.limits)
        for member, flow in zip(self.members, plans, strict=True):
            for resource, units in member.taken(flow).items():
                left[resource] -= units
        return left

    def allows(self, plans: Sequence[Flow]) -> bool:
        """Whether the plans keep all rules and take no more than there is."""
        return all(member.fits(flow) for member, flow in zip(self.members, plans, strict=True)) and all(
            units >= 0 for units in self.left(plans)
        )
