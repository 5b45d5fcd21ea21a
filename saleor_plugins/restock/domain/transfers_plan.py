"""Which warehouse helps which before anything is bought."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Pair = tuple[str, str]
Way = tuple[str, str, str]
"""A variant, and the warehouses it would go from and to."""


class Why(StrEnum):
    """Why a warehouse that could help does not."""

    SLOWER = "SLOWER"
    DEARER = "DEARER"
    NO_RATE = "NO_RATE"


@dataclass(frozen=True)
class Lane:
    """Goods may go from one warehouse to another in `days`.

    A transfer costs `cost` as a whole, in minor units of the run's currency; None without a rate.
    """

    source_id: str
    target_id: str
    days: int
    cost: float | None = 0.0


@dataclass(frozen=True)
class Place:
    """A variant in a warehouse, as a transfer sees it.

    `gap` units are missing up to the target (0: enough there). `surplus` units can be given away; one of them
    would have cost `idle` more before it sold here. `urgency` ranks gaps; `buying` is the days a supplier
    takes, None where nobody sells it.
    """

    variant_id: str
    warehouse_id: str
    gap: int = 0
    surplus: int = 0
    idle: float = 0.0
    urgency: float = 0.0
    buying: float | None = None


@dataclass(frozen=True)
class Move:
    """`quantity` units that go from one warehouse to another; `saves` is what they would have cost unsold."""

    variant_id: str
    source_id: str
    target_id: str
    quantity: int
    days: int
    saves: float


@dataclass(frozen=True)
class Refused:
    """Units that another warehouse could give, and why it does not."""

    source_id: str
    quantity: int
    days: int
    why: Why
    cost: float | None = None


@dataclass
class Plan:
    """What moves to each need, and who does not help it."""

    moves: dict[Pair, list[Move]] = field(default_factory=dict)
    refused: dict[Pair, list[Refused]] = field(default_factory=dict)


def surplus(point: int, target: int, position: int, free: int) -> int:
    """Units a warehouse can give away.

    Its position stays at its own target, and what lies free there at its own reorder point: it neither
    has to order for it nor runs short while it waits for what is to come.
    """
    return max(min(position - target, free - point), 0)


def idle_cost(surplus: int, per_day: float, holding: float, price: float) -> float:
    """What a surplus unit costs until it sells where it lies, on average; never more than its `price`.

    `holding` is a unit's cost of a year.
    """
    if per_day <= 0:
        return price
    return min(holding / 365 * surplus / per_day / 2, price)


def plan(places: Sequence[Place], lanes: Sequence[Lane], taken: Collection[Way] = ()) -> Plan:
    """The transfers of a page of needs: the most urgent need first, from the nearest warehouse first.

    `taken` are ways (variant, source, target) on which a person drafted a transfer: no run adds to those.

    A lane is not used where buying is quicker, and not at all while what its transfers save is below its
    cost. One surplus is given once, and a warehouse that is short gives nothing.
    """
    dear: dict[Pair, float] = {}
    while True:
        found = _plan(places, lanes, dear, taken)
        costs = {(lane.source_id, lane.target_id): lane.cost or 0.0 for lane in lanes}
        losing = _losing(found, costs)
        if not losing:
            return found
        # The worst lane alone: what it gave up may make another one worth its cost.
        worst = min(losing, key=lambda ends: (losing[ends], ends))
        dear[worst] = costs[worst]


def _losing(found: Plan, costs: Mapping[Pair, float]) -> dict[Pair, float]:
    saved: dict[Pair, float] = {}
    for moves in found.moves.values():
        for move in moves:
            ends = (move.source_id, move.target_id)
            saved[ends] = saved.get(ends, 0.0) + move.saves
    return {ends: saves - costs[ends] for ends, saves in saved.items() if saves < costs[ends]}


def _plan(
    places: Sequence[Place], lanes: Sequence[Lane], dear: Mapping[Pair, float], taken: Collection[Way]
) -> Plan:
    left = {(place.variant_id, place.warehouse_id): place.surplus for place in places}
    idle = {(place.variant_id, place.warehouse_id): place.idle for place in places}
    into: dict[str, list[Lane]] = {}
    for lane in sorted(lanes, key=lambda lane: (lane.days, lane.cost or 0.0, lane.source_id)):
        into.setdefault(lane.target_id, []).append(lane)
    answer = Plan()
    needy = [place for place in places if place.gap > 0]
    for place in sorted(needy, key=lambda place: (-place.urgency, place.variant_id, place.warehouse_id)):
        ways = [
            lane
            for lane in into.get(place.warehouse_id, ())
            if (place.variant_id, lane.source_id, lane.target_id) not in taken
        ]
        _serve(place, ways, left, idle, dear, answer)
    return answer


def _serve(
    place: Place,
    lanes: Collection[Lane],
    left: dict[Pair, int],
    idle: Mapping[Pair, float],
    dear: Mapping[Pair, float],
    answer: Plan,
) -> None:
    key, missing = (place.variant_id, place.warehouse_id), place.gap
    for lane in lanes:
        source = (place.variant_id, lane.source_id)
        units = min(missing, left.get(source, 0))
        if units <= 0:
            continue
        if why := _against(lane, place, dear):
            refused = Refused(lane.source_id, units, lane.days, why, lane.cost)
            answer.refused.setdefault(key, []).append(refused)
            continue
        left[source] -= units
        missing -= units
        saves = units * idle[source]
        move = Move(place.variant_id, lane.source_id, lane.target_id, units, lane.days, saves)
        answer.moves.setdefault(key, []).append(move)


def _against(lane: Lane, place: Place, dear: Mapping[Pair, float]) -> Why | None:
    if place.buying is not None and lane.days > place.buying:
        return Why.SLOWER
    if lane.cost is None:
        return Why.NO_RATE
    return Why.DEARER if (lane.source_id, lane.target_id) in dear else None
