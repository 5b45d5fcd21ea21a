"""The best plan over a few warehouses: which band each parcel pays, then which units go into it.

For every choice of bands the rows filled cheapest first are a lower bound; choices are tried from the
lowest bound on. A choice whose bands are too small for that filling is searched row by row, heaviest first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .case import NO_LIMIT, Case, Column, Unit
from .tree import Parcels

Offer = tuple[int, int, int]  # price, place of the warehouse, units
Taken = tuple[tuple[int, int, int], ...]  # row, place of the warehouse, units
NOBODY = -1


@dataclass(eq=False, slots=True)
class Choice:
    """A band for each warehouse, None for no parcel, with what they cost at least."""

    low: int
    fixed: int
    bands: tuple[tuple[int, Unit] | None, ...]  # capacity, price per unit


class Packing:
    """The search; `best` and `parcels` are the best plan found below the `best` it started from."""

    def __init__(self, case: Case, columns: Sequence[Column], best: int):
        self.case, self.columns, self.best = case, columns, best
        self.parcels: Parcels | None = None
        self.steps, self.limit = 0, 0
        self.work = self.most_work = 0  # as in `tree`
        self.rows = sorted((r for r, n in enumerate(case.demand) if n), key=lambda r: (-case.grams[r], r))
        self.total = [sum([column.supply[r] for column in columns]) for r in range(len(case.demand))]

    def run(self, limit: int, most_work: int) -> bool:
        """False when `limit` steps or `most_work` were not enough to be sure."""
        self.limit, self.most_work = limit, most_work
        if not self.case.big and any(self.total[r] < self.case.demand[r] for r in self.rows):
            return True
        choices = self._choices()
        for choice in sorted(choices or [], key=lambda choice: (choice.low, choice.fixed)):
            if choice.low >= self.best:
                break
            _Choice(self, choice).search()
            if self.over:
                return False
        return choices is not None

    @property
    def over(self) -> bool:
        """Whether the search has to stop."""
        return self.steps > self.limit or self.work > self.most_work

    def _choices(self) -> list[Choice] | None:
        """Those that may be better than the best plan; None when they are too many."""
        options = [self._options(column) for column in self.columns]
        place_of = {column.place: at for at, column in enumerate(self.columns)}
        twins = [place_of.get(self.case.twins[column.place]) for column in self.columns]
        cheapest = self._linear([[unit for _, _, unit in some if unit] for some in options])
        rest = [0]
        for some in reversed(options):
            rest.append(rest[-1] + some[0][0])
        rest.reverse()
        found: list[Choice] = []
        most = self.case.limit
        stack: list[tuple[int, int, tuple[tuple[int, Unit] | None, ...], tuple[int, ...]]] = [(0, 0, (), ())]
        while stack:
            fixed, count, bands, numbers = stack.pop()
            place = len(bands)
            self.steps += 1
            if self.over:
                return None
            if place == len(options):
                low = fixed + self._linear([[band[1]] if band else [] for band in bands])
                if low < self.best:
                    found.append(Choice(low, fixed, bands))
                continue
            twin = twins[place]
            # Of two that are the same, the first has the larger parcel.
            allowed = len(options[place]) if twin is None else numbers[twin] + 1
            for number, (price, capacity, unit) in enumerate(options[place][:allowed]):
                if fixed + price + rest[place + 1] + cheapest >= self.best:
                    break
                chosen = (*numbers, number)
                if unit is None:
                    stack.append((fixed, count, (*bands, None), chosen))
                elif most is None or count < most:
                    stack.append((fixed + price, count + 1, (*bands, (capacity, unit)), chosen))
        return found

    def _options(self, column: Column) -> list[tuple[int, int, Unit | None]]:
        """No parcel, or one in a band that holds what nobody else has; the cheapest first."""
        must = grams = 0
        if not self.case.big:
            for r in self.rows:
                units = self.case.demand[r] - self.total[r] + column.supply[r]
                if units > 0:
                    must += units
                    grams += units * self.case.grams[r]
        options: list[tuple[int, int, Unit | None]] = [
            (fixed, capacity, unit)
            for unit, bands in column.tariffs
            for capacity, fixed in bands
            if capacity >= grams
        ]
        options.sort(key=lambda option: (option[0], -option[1]))
        return options if must else [(0, 0, None), *options]

    def _linear(self, units: Sequence[Sequence[Unit]]) -> int:
        """What the units cost at least, besides their parcels; a huge number if they do not fit."""
        cost = 0
        self.work += 4 * len(self.rows) * len(self.columns)
        for r in self.rows:
            need = self.case.demand[r]
            offers = [
                (min([unit[r] for unit in some]), column.supply[r])
                for some, column in zip(units, self.columns, strict=True)
                if some and column.supply[r]
            ]
            if self.case.big:
                offers.append((self.case.big * self.case.worth[r], need))
            for price, n in sorted(offers):
                taken = min(n, need)
                cost += price * taken
                need -= taken
            if need:
                return self.best
        return cost


class _Choice:
    """The cheapest filling of chosen bands: branch and bound over the rows."""

    def __init__(self, packing: Packing, choice: Choice):
        self.packing, self.choice = packing, choice
        case = packing.case
        # What may run out: the bands' grams, then each warehouse's shared stock.
        packing.work += 8 * len(packing.rows) * len(packing.columns)
        self.room: list[int] = []
        self.uses: list[list[list[tuple[int, int]]]] = []  # row, warehouse: resource and amount per unit
        self.offers = [self._offers(r) for r in packing.rows]
        self.uses = [[[] for _ in packing.columns] for _ in case.demand]
        for place, (column, band) in enumerate(zip(packing.columns, choice.bands, strict=True)):
            if band:
                self._limits(place, column, band[0])
        self.rest = [0]
        for r, offers in zip(reversed(packing.rows), reversed(self.offers), strict=True):
            self.rest.append(self.rest[-1] + _cheapest(case.demand[r], offers))
        self.rest.reverse()
        self.seen: dict[tuple[int, tuple[int, ...]], int] = {}

    def _offers(self, r: int) -> list[Offer]:
        pairs = zip(self.packing.columns, self.choice.bands, strict=True)
        found = [(b[1][r], n, c.supply[r]) for n, (c, b) in enumerate(pairs) if b and c.supply[r]]
        case = self.packing.case
        if case.big:
            found.append((case.big * case.worth[r], NOBODY, case.demand[r]))
        return sorted(found)

    def _limits(self, place: int, column: Column, capacity: int) -> None:
        case = self.packing.case
        if capacity < NO_LIMIT:
            for r in column.rows:
                if case.grams[r]:
                    self.uses[r][place].append((len(self.room), case.grams[r]))
            self.room.append(capacity)
        for takes, stock in case.pools:
            for r, units in takes.items():
                self.uses[r][place].append((len(self.room), units))
            self.room.append(stock[column.index])

    def search(self) -> None:
        """Take the cheapest filling if it is better than the best plan."""
        self._row(0, self.choice.fixed, tuple(self.room), ())

    def _row(self, at: int, cost: int, room: tuple[int, ...], taken: Taken) -> None:
        packing = self.packing
        packing.steps += 1
        packing.work += 2 * len(self.rest) * len(packing.columns)
        if cost + self.rest[at] >= packing.best or packing.over:
            return
        if (more := self._greedy(at, room)) is not None:
            packing.best = cost + self.rest[at]
            packing.parcels = self._parcels((*taken, *more))
            return
        if self.seen.get((at, room), cost + 1) <= cost:
            return
        self.seen[at, room] = cost
        self._split(at, 0, packing.case.demand[packing.rows[at]], cost, room, taken)

    def _split(
        self, at: int, n: int, need: int, cost: int, room: tuple[int, ...],
        taken: Taken,
    ) -> None:  # fmt: skip
        """Deal a row's units out to the offers from the `n`-th on, in every way that fits."""
        if not need:
            self._row(at + 1, cost, room, taken)
            return
        if n == len(self.offers[at]) or self.packing.over:
            return
        r = self.packing.rows[at]
        price, place, units = self.offers[at][n]
        uses = self.uses[r][place] if place != NOBODY else ()
        most = min([units, need, *(room[k] // amount for k, amount in uses)])
        least = max(need - sum([offer[2] for offer in self.offers[at][n + 1 :]]), 0)
        for count in range(most, least - 1, -1):
            if cost + price * count + self.rest[at + 1] >= self.packing.best:
                continue
            left = list(room)
            for k, amount in uses:
                left[k] -= amount * count
            more = (*taken, (r, place, count)) if count else taken
            self._split(at, n + 1, need - count, cost + price * count, tuple(left), more)
            if self.packing.best <= self.choice.low:
                return

    def _greedy(self, at: int, room: tuple[int, ...]) -> Taken | None:
        """The rows from `at` on filled cheapest first; None when something runs out."""
        left, taken = list(room), []
        for r, offers in zip(self.packing.rows[at:], self.offers[at:], strict=True):
            need = self.packing.case.demand[r]
            for _, place, units in offers:
                count = min(units, need)
                if place != NOBODY:
                    for k, amount in self.uses[r][place]:
                        left[k] -= amount * count
                        if left[k] < 0:
                            return None
                taken.append((r, place, count))
                need -= count
                if not need:
                    break
        return tuple(taken)

    def _parcels(self, taken: Taken) -> Parcels:
        packing = self.packing
        found: Parcels = {}
        for r, place, count in taken:
            if count and place != NOBODY:
                empty = [0] * len(packing.case.demand)
                found.setdefault(packing.columns[place].index, empty)[r] += count
        return found


def _cheapest(need: int, offers: Sequence[Offer]) -> int:
    cost = 0
    for price, _, units in offers:
        taken = min(units, need)
        cost += price * taken
        need -= taken
    return cost
