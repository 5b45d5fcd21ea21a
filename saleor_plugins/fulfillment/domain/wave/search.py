"""The plans of a wave while they are made better, and what they leave of each resource."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator

from .bound import Plans, Priced, resources
from .choice import choose
from .plans import listed
from .tighten import penalty
from .wave import Flow, Wave

# Plans looked at for each order; more with each pass.
MOST = (30, 80, 160, 320)


class Search:
    """Plans that the wave allows at any time; no step makes them dearer."""

    def __init__(self, wave: Wave, start: Plans, priced: Priced, rng: random.Random):
        self.wave, self.priced, self.rng = wave, priced, rng
        self.plans = list(start)
        self.left = wave.left(start)
        self.cost = wave.cost(start)

    @property
    def gap(self) -> float:
        """How far the cost is from the bound."""
        return (self.cost - self.priced.bound) / self.cost if self.cost else 0.0

    def by_prices(self) -> None:
        """Try the plans that come of serving the oldest first, everyone paying the prices."""
        wave, left, plans = self.wave, list(self.wave.limits), []
        for member in wave.members:
            flow = member.alone(left, self.priced.prices)
            if flow is None:
                return
            for resource, units in member.taken(flow).items():
                left[resource] -= units
            plans.append(flow)
        for seen, flow in zip(self.priced.seen, plans, strict=True):
            seen.add(flow)
        self._take(dict(enumerate(plans)))

    def by_clear(self, seconds: float) -> None:
        """Try what the linear program is clear about, and the best choice beside it for all others."""
        room = list(self.wave.limits)
        for i, flow in self.priced.clear.items():
            for resource, units in self.wave.members[i].taken(flow).items():
                room[resource] -= units
        if min(room, default=0) < 0:
            return
        rest = [i for i in range(len(self.plans)) if i not in self.priced.clear]
        ends = time.thread_time() + seconds
        plans = self._plans(rest, 0)
        found = choose(self.wave, plans, room, seconds=ends - time.thread_time()) if rest else {}
        if found is not None:
            self._take({**self.priced.clear, **found})

    def blocks(self, size: int) -> list[list[int]]:
        """The orders in blocks of about `size`, others each time."""
        orders = list(range(len(self.plans)))
        count = -(-len(orders) // size)
        if count > 1:
            self.rng.shuffle(orders)
        return [sorted(orders[n::count]) for n in range(count)]

    def choose(self, block: list[int], effort: int, seconds: float) -> None:
        """Choose again for some orders, the others staying as they are."""
        room = list(self.left)
        now = {i: self.plans[i] for i in block}
        for i, flow in now.items():
            for resource, units in self.wave.members[i].taken(flow).items():
                room[resource] += units
        ends = time.thread_time() + seconds
        plans = self._plans(block, effort)
        found = choose(self.wave, plans, room, now=now, seconds=ends - time.thread_time())
        if found is not None:
            self._take(found)

    def _plans(self, orders: list[int], effort: int) -> dict[int, set[Flow]]:
        """What may be chosen for each order."""
        most, prices, found = MOST[min(effort, len(MOST) - 1)], self.priced.prices, {}
        for i in orders:
            member = self.wave.members[i]
            some, _ = listed(member, prices, 2 * most)
            mine = frozenset(resources(self.wave, i))
            cuts = [one for one in self.priced.weighed if i in one[0].orders or one[0].resources & mine]
            some = sorted((cost + penalty(i, member.taken(flow), cuts), flow) for cost, flow in some)
            found[i] = {flow for _, flow in some[:most]} | self.priced.seen[i] | {self.plans[i]}
        return found

    def polish(self, over: Callable[[], bool]) -> None:
        """Every order alone with what all others leave, until none can do better."""
        while any(list(self._each(over))):
            pass

    def _each(self, over: Callable[[], bool]) -> Iterator[bool]:
        for i, member in enumerate(self.wave.members):
            if over():
                return
            now = self.plans[i]
            left = dict(member.taken(now))
            room = [units + left.get(k, 0) for k, units in enumerate(self.left)] if left else self.left
            flow = member.alone(room)
            better = flow is not None and member.cost(flow) < member.cost(now)
            if flow is not None and better:
                self._move(i, flow)
            yield better

    def _take(self, plans: dict[int, Flow]) -> None:
        """Change some plans, if that makes them cheaper."""
        members = self.wave.members
        if sum(members[i].cost(flow) - members[i].cost(self.plans[i]) for i, flow in plans.items()) < 0:
            for i, flow in plans.items():
                self._move(i, flow)

    def _move(self, i: int, flow: Flow) -> None:
        member, old = self.wave.members[i], self.plans[i]
        for resource, units in member.taken(old).items():
            self.left[resource] += units
        for resource, units in member.taken(flow).items():
            self.left[resource] -= units
        self.cost += member.cost(flow) - member.cost(old)
        self.plans[i] = flow
