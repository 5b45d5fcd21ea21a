"""In which order the plans of a wave can be committed, so that nothing is ever promised twice meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Place = tuple[str, str]  # warehouse, variant
# Orders from which a small group is looked for: any group is right, a small one locks less at once.
LOOK_AT = 50


@dataclass(frozen=True)
class Swap:
    """What an order holds now and what it is to hold, by warehouse and variant."""

    key: str
    held: Mapping[Place, int]
    wanted: Mapping[Place, int]


def groups(swaps: Sequence[Swap], free: Mapping[Place, int]) -> list[list[str]]:
    """Orders that are committed one after the other, and groups of them that only can be at once.

    `free` is what nobody holds. An order waits for those who hold what it wants; who wait for each other
    make a group. Among those who need not wait, the first of `swaps` comes first.
    """
    room, pending = Counter(free), list(swaps)
    found: list[list[str]] = []
    while pending:
        ready = _pass(pending, room)
        if ready:
            found += [[swap.key] for swap in ready]
            done = {swap.key for swap in ready}
        else:
            knot = _knot(pending, room)
            for swap in knot:
                _swap(swap, room)
            found.append([swap.key for swap in knot])
            done = {swap.key for swap in knot}
        pending = [swap for swap in pending if swap.key not in done]
    return found


def _pass(pending: Sequence[Swap], room: Counter[Place]) -> list[Swap]:
    ready = []
    for swap in pending:
        if not _short(swap, room):
            _swap(swap, room)
            ready.append(swap)
    return ready


def _short(swap: Swap, room: Counter[Place]) -> list[Place]:
    """Where it wants more than it holds and is free."""
    return [place for place, units in swap.wanted.items() if units > room[place] + swap.held.get(place, 0)]


def _swap(swap: Swap, room: Counter[Place]) -> None:
    room.update(swap.held)
    room.subtract(swap.wanted)


def _knot(pending: Sequence[Swap], room: Counter[Place]) -> list[Swap]:
    """The smallest group, reached from the first order, that waits for nobody outside of it."""
    gives: dict[Place, list[Swap]] = {}
    for swap in pending:
        for place, units in swap.held.items():
            if units > swap.wanted.get(place, 0):
                gives.setdefault(place, []).append(swap)
    waits = {
        swap.key: [
            other for place in _short(swap, room) for other in gives.get(place, ()) if other is not swap
        ]
        for swap in pending
    }
    best: list[Swap] = []
    for swap in pending[:LOOK_AT]:
        reached = {swap.key}
        stack = [swap.key]
        while stack:
            for other in waits[stack.pop()]:
                if other.key not in reached:
                    reached.add(other.key)
                    stack.append(other.key)
        if not best or len(reached) < len(best):
            best = [one for one in pending if one.key in reached]
        if len(best) <= 2:
            break
    return best
