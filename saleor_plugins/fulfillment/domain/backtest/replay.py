"""Replay past orders under several sets of rules side by side, each with the same stock at the start.

Every order is decided as it would be when it was placed, by the router's own `decide`; what it takes is
gone for those after it. Orders are looked at once and forgotten, so memory does not grow with their
number. The in-memory shop is not used: it looks through all its allocations for every order, while a replay
only needs what is left on the shelves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Any

from ..facts import Line, Place, Profile, Request, Source
from ..policy import Policy
from ..rates.table import RateTable
from ..sourcing.decide import decide
from ..sourcing.decision import Decision
from .differences import Differences
from .saleors_way import Ranking, in_sorting_order
from .stock import Shelves, Units
from .tally import Tally

TODAY, PROPOSED, SALEOR = "today", "proposed", "saleor"
# Orders between two reports of progress.
PIECE = 100


@dataclass(frozen=True)
class Past:
    """An order as it was placed. Lines have the quantities that were ordered."""

    id: str
    number: str
    placed: datetime
    lines: tuple[Line, ...]
    destination: Place | None
    channel: str = ""
    service: str = ""
    click_and_collect: bool = False


@dataclass(frozen=True)
class Scenario:
    """What a column decides by. Policies are by channel ("" for any other), profiles by warehouse.

    With a `ranking` Saleor decides, by its sorting order, and the rules only say what that costs.
    """

    name: str
    rates: RateTable
    policies: Mapping[str, Policy] = field(default_factory=dict)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    ranking: Ranking | None = None

    def policy(self, channel: str) -> Policy:
        """The policy of `channel`."""
        return self.policies.get(channel) or self.policies.get("") or Policy(channel)


class Column:
    """One set of rules, its stock and what its orders added up to."""

    def __init__(self, scenario: Scenario, places: Sequence[Source]):
        self.scenario = scenario
        self.tally = Tally()
        self.shelves = Shelves(place.id for place in places)
        self.planned: dict[str, dict[date, int]] = {place.id: defaultdict(int) for place in places}
        # Built once: what is free and what is planned are live.
        self.sources = tuple(
            replace(
                place,
                free=self.shelves.left[place.id],
                planned=self.planned[place.id],
                profile=scenario.profiles.get(place.id, place.profile),
            )
            for place in places
        )

    def serve(self, order: Past) -> Decision:
        """Decide the order, take its units off the shelves and count it."""
        request = self.request(order)
        if self.scenario.ranking is None:
            decision = decide(request, compare=False)
            self._take(order, decision)
            self.tally.add(decision, order.placed.date())
            return decision
        request = in_sorting_order(request, self.scenario.ranking)
        decision = decide(request, compare=False)
        taken = 0
        for source in request.sources:
            for variant, units in source.free.items():
                self.shelves.take(source.id, variant, units)
                taken += units
        self._plan(decision)
        self.tally.add(decision, order.placed.date(), taken)
        return decision

    def request(self, order: Past) -> Request:
        """The order with the stock of the moment."""
        return Request(
            lines=order.lines,
            sources=self.sources,
            destination=order.destination,
            rates=self.scenario.rates,
            channel=order.channel,
            click_and_collect=order.click_and_collect,
            policy=self.scenario.policy(order.channel),
            service=order.service,
            now=order.placed,
            placed=order.placed,
        )

    def as_json(self) -> dict[str, Any]:
        """What it is called, what priced it, and its numbers."""
        return {"name": self.scenario.name, "card": self.scenario.rates.name, **self.tally.as_json()}

    def _take(self, order: Past, decision: Decision) -> None:
        variants = {line.id: line.variant_id or "" for line in order.lines}
        for parcel in decision.parcels:
            for item in parcel.items:
                self.shelves.take(parcel.warehouse_id, variants[item.line_id], item.quantity)
        self._plan(decision)

    def _plan(self, decision: Decision) -> None:
        """Parcels count against their day's capacity."""
        for parcel in decision.parcels:
            if parcel.ship_on is not None:
                self.planned[parcel.warehouse_id][parcel.ship_on] += 1


def replay(
    orders: Iterable[Past],
    columns: Sequence[Column],
    supply: Callable[[set[str]], Units],
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Serve every order in every column; answers the comparison as JSON.

    `columns` begin with today's and the proposed rules. `supply` answers what there was of variants at the
    start and is asked once for each. `progress` is told how many orders are done, and may raise to stop.
    """
    differences = Differences()
    known: set[str] = set()
    done = 0
    for piece in _pieces(orders):
        wanted = {line.variant_id for order in piece for line in order.lines if line.variant_id} - known
        if wanted:
            known |= wanted
            units = supply(wanted)
            for column in columns:
                column.shelves.put(units)
        for order in piece:
            today, proposed, *_ = [column.serve(order) for column in columns]
            differences.add(order.id, order.number, today, proposed)
        done += len(piece)
        progress(done)
    told = [column.as_json() for column in columns]
    currency = columns[0].scenario.rates.currency
    return {"orders": done, "currency": currency, "columns": told, **differences.as_json()}


def _pieces(orders: Iterable[Past]) -> Iterator[list[Past]]:
    rest = iter(orders)
    while piece := list(islice(rest, PIECE)):
        yield piece
