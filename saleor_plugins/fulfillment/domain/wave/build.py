"""From open orders to a wave: what they share, and what each of them gets when decided one by one.

What the orders of a wave hold counts as free for all of them, as far as the holder itself could be shipped
from there. A warehouse's days count as follows: each order, the oldest first, sends its parcel from there on
the first day with room beside what is planned and what the older orders send one by one; the wave keeps that
day for it, and no day gets more parcels than it has room for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..facts import Request
from ..policy import Objective, Shortage
from ..rates.prices import MILLI
from ..solver.exact import solve
from ..solver.problem import Mode, Problem, Solution, priced
from ..sourcing.decide import Prepared, prepare
from ..sourcing.modelling import Model
from .shelves import Asked, Place, held_units, own_units, shipped_on, taken
from .wave import Flow, Member, Wave

ADDITIVE = (Objective.COST, Objective.WEIGHTED)


@dataclass(frozen=True)
class Entry:
    """An order as the wave sees it: what it would get alone, and whether it is decided with the others.

    `why` says why not. `stays`: it ships nothing now and keeps what it holds.
    """

    asked: Asked
    prepared: Prepared
    single: Solution | None
    together: bool = False
    stays: bool = False
    why: str = ""

    @property
    def model(self) -> Model:
        """Its numbers."""
        assert self.prepared.model is not None, "there is something to decide"
        return self.prepared.model


class Build:
    """Orders in the order of their age, decided one by one, and the wave of those decided together.

    `own` are the units that each order brings along; `base` is what is free without the orders of the wave.
    """

    def __init__(self, orders: Sequence[Asked]):
        self.orders = orders
        currencies = Counter(asked.request.rates.currency for asked in orders)
        self.currency = min(currencies, key=lambda code: (-currencies[code], code), default="")
        self.profiles = {one.id: one.profile for asked in orders for one in asked.request.sources}
        self.own = {asked.key: own_units(asked) for asked in orders}
        self.base: dict[Place, int] = {}
        for asked in orders:
            held = held_units(asked)
            for one in asked.request.sources:
                for variant, free in one.free.items():
                    self.base[one.id, variant] = free - held[one.id, variant]
        self.pool: Counter[Place] = Counter(self.base)
        for own in self.own.values():
            self.pool.update(own)
        self.planned = Counter(
            {(one.id, day): n for asked in orders for one in asked.request.sources
             for day, n in one.planned.items()}
        )  # fmt: skip
        self._resources: dict[tuple, int] = {}
        self.entries = self._one_by_one()
        self.members = [entry for entry in self.entries if entry.together]
        self.wave = self._wave()

    def _one_by_one(self) -> list[Entry]:
        free, days, entries = Counter(self.base), Counter(self.planned), []
        for asked in self.orders:
            own = self.own[asked.key]
            free.update(own)
            entry = self._entry(asked, free, days)
            if entry.stays:
                free.subtract(own)
            elif entry.single:
                for place, units in taken(entry.model, entry.single.flow).items():
                    free[place] -= units
                days.update(shipped_on(entry.model, entry.single.flow))
            entries.append(entry)
        return entries

    def _entry(self, asked: Asked, free: Counter[Place], days: Counter[tuple[str, date]]) -> Entry:
        policy = asked.request.policy
        if why := self._why_alone(asked.request):
            return self._alone(asked, prepare(self.request(asked, free, days)), why)
        prepared = prepare(self.request(asked, self.pool, days))
        model = prepared.model
        if model is None:
            return Entry(asked, prepared, None, stays=True)
        member = self._member(model, 1)
        keys = {self._resource(key): key for key in self._keys(model)}
        here = {
            k: 1 if isinstance(key[1], date) else free[key] - self.kept(key[0]) for k, key in keys.items()
        }
        single = priced(model.problem, member.best(here))
        if policy.shortage is Shortage.WAIT and _short(model, single):
            return Entry(asked, prepared, single, stays=True, why="it waits until all of it can be shipped")
        return Entry(asked, prepared, single, together=True)

    def _why_alone(self, request: Request) -> str:
        if request.policy.objective not in ADDITIVE:
            return f"its policy's objective is {request.policy.objective.value}"
        if request.rates.currency != self.currency:
            return f"its rates are in {request.rates.currency}"
        return ""

    def _alone(self, asked: Asked, prepared: Prepared, why: str) -> Entry:
        if prepared.model is None:
            return Entry(asked, prepared, None, stays=True)
        single = solve(prepared.model.problem)
        waits = asked.request.policy.shortage is Shortage.WAIT and _short(prepared.model, single)
        return Entry(asked, prepared, single, stays=waits, why=why)

    def request(
        self, asked: Asked, free: Mapping[Place, int], days: Mapping[tuple[str, date], int]
    ) -> Request:
        """The order's request with other stock and other days."""
        planned: dict[str, dict[date, int]] = {}
        for (warehouse, day), n in days.items():
            planned.setdefault(warehouse, {})[day] = n
        sources = tuple(
            replace(
                one,
                free={variant: free.get((one.id, variant), 0) for variant in one.free},
                planned=planned.get(one.id, {}),
            )
            for one in asked.request.sources
        )
        return replace(asked.request, sources=sources)

    def kept(self, warehouse: str) -> int:
        """What a warehouse keeps of every variant."""
        return self.profiles[warehouse].safety_stock

    def _resource(self, key: tuple) -> int:
        return self._resources.setdefault(key, len(self._resources))

    def _keys(self, model: Model) -> Iterator[tuple]:
        for one in model.candidates:
            for row in model.rows:
                yield from ((one.source.id, variant) for variant in row.takes)
            if one.source.profile.daily_parcels is not None:
                yield one.source.id, one.ship_on

    def _member(self, model: Model, unit: int) -> Member:
        """An order whose cost is counted in `unit` of a thousandth of a minor unit."""
        ids = [one.source.id for one in model.candidates]
        uses = [
            [{self._resource((key, variant)): n for variant, n in row.takes.items()} for key in ids]
            for row in model.rows
        ]
        limited = [one.source.profile.daily_parcels is not None for one in model.candidates]
        opens = [
            self._resource((one.source.id, one.ship_on)) if some else None
            for one, some in zip(model.candidates, limited, strict=True)
        ]
        return Member(_scaled(model, unit), uses, opens, 0)

    def _wave(self) -> Wave:
        scale = 1 + sum(entry.model.scale for entry in self.members)
        members = [self._member(entry.model, scale) for entry in self.members]
        left, days = Counter(self.pool), Counter(self.planned)
        for entry in self.entries:
            if entry.stays:
                left.subtract(self.own[entry.asked.key])
            elif not entry.together and entry.single:
                left.subtract(taken(entry.model, entry.single.flow))
                days.update(shipped_on(entry.model, entry.single.flow))
        limits = []
        for key in self._resources:
            if isinstance(key[1], date):
                limits.append((self.profiles[key[0]].daily_parcels or 0) - days[key])
            else:
                limits.append(left[key] - self.kept(key[0]))
        return Wave(members, [max(limit, 0) for limit in limits], scale * MILLI)

    def singles(self) -> list[Flow]:
        """The plans one by one of those that are decided together."""
        return [entry.single.flow for entry in self.members if entry.single]


def _scaled(model: Model, unit: int) -> Problem:
    """The model's problem with the cost before its tie-breakers counted in `unit`."""

    def of(amount: int) -> int:
        return amount // model.scale * unit + amount % model.scale

    if unit == 1:
        return model.problem
    modes = [
        [Mode(of(mode.fixed), tuple(of(price) for price in mode.unit), mode.capacity) for mode in some]
        for some in model.problem.modes
    ]
    return replace(model.problem, modes=modes)


def _short(model: Model, solution: Solution) -> bool:
    wanted = zip(model.problem.demand, model.problem.worth, strict=True)
    return solution.shipped < sum(n * worth for n, worth in wanted)
