"""What a new decision changes, why it was made, and when changing has to stop."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

# So many moves by itself within the window; the next one waits for a person.
LIMIT = 5
WINDOW = timedelta(hours=24)

FIRST = "FIRST"
STOCK_CHANGED = "STOCK_CHANGED"
ADDRESS_CHANGED = "ADDRESS_CHANGED"
LINES_CHANGED = "LINES_CHANGED"
REJECTED = "REJECTED"
SHORT_PICK = "SHORT_PICK"
LIFTED = "LIFTED"
RELEASED = "RELEASED"
ASKED = "ASKED"
WAVE = "WAVE"

WORDS = {
    FIRST: "It is new.",
    STOCK_CHANGED: "The stock that it was promised has changed.",
    ADDRESS_CHANGED: "Where it goes or how it is shipped has changed.",
    LINES_CHANGED: "What was ordered has changed.",
    REJECTED: "A warehouse does not ship it.",
    SHORT_PICK: "A warehouse found fewer units.",
    LIFTED: "A warehouse may ship it again.",
    RELEASED: "It was released.",
    ASKED: "Somebody asked for it.",
    WAVE: "All open orders were decided together.",
}

Slots = Mapping[tuple[str, str], int]  # units by (line, warehouse)


@dataclass(frozen=True)
class Move:
    """Units of a line that left a warehouse for another. "" is none: they waited, or wait now."""

    line_id: str
    quantity: int
    source: str
    target: str


def moves(before: Slots, after: Slots, waiting: Mapping[str, int]) -> tuple[Move, ...]:
    """What moved between two plans; `waiting` are the lines' units that the new one does not source.

    Units that are gone without waiting were shipped or taken off the order: they did not move.
    """
    found: list[Move] = []
    for line_id in sorted({line for line, _ in (*before, *after)}):
        old = {w: units for (line, w), units in before.items() if line == line_id}
        new = {w: units for (line, w), units in after.items() if line == line_id}
        lost = _rest(old, new)
        gained = _rest(new, old)
        for target in list(gained):
            for source in list(lost):
                units = min(lost[source], gained[target])
                if units:
                    found.append(Move(line_id, units, source, target))
                    lost[source] -= units
                    gained[target] -= units
            if gained[target]:
                found.append(Move(line_id, gained[target], "", target))
        left = waiting.get(line_id, 0)
        for source, units in lost.items():
            stuck = min(units, left)
            if stuck:
                found.append(Move(line_id, stuck, source, ""))
                left -= stuck
    return tuple(found)


def _rest(these: Mapping[str, int], those: Mapping[str, int]) -> dict[str, int]:
    rest = {w: units - those.get(w, 0) for w, units in sorted(these.items())}
    return {w: units for w, units in rest.items() if units > 0}


def left_a_warehouse(found: Iterable[Move]) -> int:
    """Units that a warehouse had been asked for and is no longer."""
    return sum(move.quantity for move in found if move.source)


def fingerprint(place: Iterable[str], service: str, lines: Iterable[tuple[str, str | None, int]]) -> str:
    """A hash of where an order goes and how, and one of what is in it (line, variant, units), in one text.

    It does not change while parcels leave.
    """
    units: Counter[str] = Counter()
    for line_id, variant_id, quantity in lines:
        units[f"{line_id} {variant_id or ''}"] += quantity
    there = _hash("\n".join([*place, service]))
    return f"{there}:{_hash(repr(sorted(units.items())))}"


def what_changed(before: str, now: str) -> str:
    """ADDRESS_CHANGED, LINES_CHANGED, or "" when two fingerprints are the same or the first is unknown."""
    if not before or before == now:
        return ""
    same_place = before.partition(":")[0] == now.partition(":")[0]
    return LINES_CHANGED if same_place else ADDRESS_CHANGED


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
