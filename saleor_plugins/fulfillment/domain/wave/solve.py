"""Decide a wave: orders one by one, then better plans for all of them, with a proof of how good they are.

1. One by one, the oldest first: what every order gets at least, and the plan that must be beaten.
2. Prices of what is scarce, and with them a lower limit of the cost of any plan (`bound`).
3. The plans that are nearly the best at these prices (`plans`), and of them the best choice that fits
   together (`choice`): at once, or for a large wave in blocks, each beside the plans of all others.
4. Each order once more alone, with what all others leave.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from .bound import Plans, Priced, price, relax
from .more import more_could_ship
from .search import Search
from .tighten import tighten
from .wave import Member, Wave

SECONDS = 30.0
ENOUGH = 0.002
# Orders whose plans are chosen at once.
BLOCK = 1_000
PASSES = 6
# A pass that saves less is the last one.
STUCK = 0.00005


class Method(StrEnum):
    """How a wave was decided: as a whole, in blocks, or order by order."""

    WHOLE = "WHOLE"
    ROLLED = "ROLLED"
    SINGLE = "SINGLE"


@dataclass(frozen=True)
class Solved:
    """A plan for each order. Amounts are the problems'; `single` is what the orders cost one by one.

    `bound` is proven: orders that ship as much as here cost no less. `note` says what was not reached.
    """

    plans: Plans
    cost: int
    bound: int
    single: int
    shipped: int
    method: Method
    note: str = ""

    @property
    def gap(self) -> float:
        """How much of the cost is not proven to be needed."""
        return (self.cost - self.bound) / self.cost if self.cost else 0.0


@dataclass
class _Clock:
    """CPU seconds of this thread, and who hears how far it is."""

    seconds: float
    progress: Callable[[str, float], None]
    began: float = field(default_factory=time.thread_time)

    @property
    def left(self) -> float:
        return self.seconds - (time.thread_time() - self.began)

    def told(self, doing: str) -> None:
        self.progress(doing, min(1 - self.left / self.seconds, 1.0) if self.seconds else 1.0)


def solve_wave(
    wave: Wave,
    single: Plans,
    *,
    seconds: float = SECONDS,
    enough: float = ENOUGH,
    progress: Callable[[str, float], None] = lambda doing, share: None,
) -> Solved:
    """The best plans found within `seconds` of CPU time, or sooner when the gap is `enough`.

    `single` are the plans one by one: every order ships at least as much as there, and all together cost no
    more when they ship as much. Without the solver, or without anything better, they are the answer.
    """
    clock = _Clock(seconds, progress)
    wave = replace(wave, members=_due(wave.members, single))
    before = sum(member.shipped(flow) for member, flow in zip(wave.members, single, strict=True))
    alone = wave.cost(single)
    if not wave.members:
        return Solved([], 0, 0, 0, 0, Method.SINGLE, "There is no order to decide about.")
    if not _has_solver():
        bound, _ = relax(wave, (0,) * len(wave.limits))
        note = "Decided order by order: highspy is not installed."
        return Solved(list(single), alone, min(bound, alone), alone, before, Method.SINGLE, note)
    plans = _most(wave, single, clock)
    shipped = sum(member.shipped(flow) for member, flow in zip(wave.members, plans, strict=True))
    if shipped > before:
        wave = replace(wave, members=_due(wave.members, plans))
    plans, priced, method = _improve(wave, plans, clock, enough)
    return _answer(wave, single, plans, priced, method, (before, shipped, alone), clock)


def _has_solver() -> bool:
    try:
        import highspy  # noqa: F401
    except ImportError:
        return False
    return True


def _answer(
    wave: Wave,
    single: Plans,
    plans: Plans,
    priced: Priced,
    method: Method,
    sums: tuple[int, int, int],
    clock: _Clock,
) -> Solved:
    before, shipped, alone = sums
    cost = wave.cost(plans)
    note = f"{shipped - before} more units ship than order by order. " if shipped > before else ""
    if shipped == before and cost >= alone:
        why = "time was up" if clock.left <= 0 else "nothing better was found"
        note = f"Decided order by order: {why}."
        plans, cost, method = list(single), alone, Method.SINGLE
    elif clock.left <= 0:
        note += "Time was up before the search was finished."
    return Solved(plans, cost, min(priced.bound, cost), alone, shipped, method, note.strip())


def _due(members: Sequence[Member], plans: Plans) -> list[Member]:
    pairs = zip(members, plans, strict=True)
    return [replace(member, least=member.shipped(flow)) for member, flow in pairs]


def _most(wave: Wave, plans: Plans, clock: _Clock) -> Plans:
    """Plans that ship more in all, and to nobody less: the same search, where only missing units cost."""
    if not more_could_ship(wave, plans):
        return plans
    clock.told("units")
    free = [
        replace(
            member,
            missing=1,
            problem=replace(
                member.problem,
                modes=[
                    [replace(mode, fixed=0, unit=(0,) * len(mode.unit)) for mode in modes]
                    for modes in member.problem.modes
                ],
            ),
        )
        for member in wave.members
    ]
    half = _Clock(clock.left / 3, clock.progress)
    found, _, _ = _improve(Wave(free, wave.limits), plans, half, 0.0)
    return found


def _improve(wave: Wave, start: Plans, clock: _Clock, enough: float) -> tuple[Plans, Priced, Method]:
    """Better plans than `start`, the bound, and whether it was done as a whole."""
    reserve = clock.seconds / 3
    priced = price(wave, start, lambda: clock.left < reserve, lambda: clock.told("prices"))
    search = Search(wave, start, priced, random.Random(0))  # noqa: S311
    search.by_prices()
    if search.gap > enough and clock.left > 0:
        clock.told("plans")
        search.by_clear(clock.left / 2)
    if search.gap > enough and clock.left > 0:
        tighten(wave, priced, lambda: clock.left < reserve, lambda: clock.told("prices"))
        search.by_clear(clock.left / 2)
    whole = len(wave.members) <= BLOCK
    for effort in range(PASSES):
        if clock.left <= 0 or search.gap <= enough:
            break
        before, blocks = search.cost, search.blocks(BLOCK)
        for n, block in enumerate(blocks):
            if clock.left <= 0:
                break
            clock.told("plans")
            search.choose(block, effort, clock.left / (len(blocks) - n))
        search.polish(lambda: clock.left <= 0)
        if before - search.cost < STUCK * before:
            break
    return search.plans, priced, Method.WHOLE if whole else Method.ROLLED
