"""Whether swapping stock could ship more units, asked before a search for such plans is begun."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .wave import Flow, Wave

Line = tuple[int, int]  # order, row


def more_could_ship(wave: Wave, plans: Sequence[Flow]) -> bool:
    """False only when no plans ship more: nobody lacks anything, or nobody can make room for who does.

    Follows the chains of those who would have to move: who lacks a unit, who holds what it could use, where
    these could go instead; until somewhere there is something left.
    """
    left = wave.left(plans)
    holders: dict[int, set[Line]] = {}
    for i, flow in enumerate(plans):
        for r, row in enumerate(flow):
            for w, units in enumerate(row):
                for k in _needs(wave, (i, r), w) if units else ():
                    holders.setdefault(k, set()).add((i, r))
    lines = list(_lacking(wave, plans))
    seen = set(lines)
    while lines:
        line = lines.pop()
        for w, has in enumerate(wave.members[line[0]].problem.supply[line[1]]):
            if not has:
                continue
            ships = any(row[w] for row in plans[line[0]])
            blocked = [k for k, n in _needs(wave, line, w, ships).items() if left[k] < n]
            if not blocked:
                return True
            new = {other for k in blocked for other in holders.get(k, ())} - seen
            seen |= new
            lines += sorted(new)
    return False


def _needs(wave: Wave, line: Line, w: int, ships: bool = False) -> dict[int, int]:
    """What one more unit of a line takes at a warehouse that `ships` a parcel of the order, or not."""
    member = wave.members[line[0]]
    needs, day = dict(member.uses[line[1]][w]), member.opens[w]
    return needs if day is None or ships else {**needs, day: 1}


def _lacking(wave: Wave, plans: Sequence[Flow]) -> Iterator[Line]:
    for i, (member, flow) in enumerate(zip(wave.members, plans, strict=True)):
        for r, (row, need) in enumerate(zip(flow, member.problem.demand, strict=True)):
            if sum(row) < need:
                yield i, r
