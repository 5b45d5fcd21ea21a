"""From a solved wave to each order's decision, explained beside the plans of all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ....kernel.money import from_minor
from ..sourcing.decide import decide
from ..sourcing.decision import Decision
from .build import Build, Entry
from .shelves import Place, shipped_on, taken
from .wave import Flow


@dataclass(frozen=True)
class Decided:
    """What a wave decided about an order."""

    entry: Entry
    decision: Decision

    @property
    def takes(self) -> Counter[Place]:
        """The units it promises, by warehouse and variant."""
        return _takes(self.entry, self.decision)


def decisions(build: Build, plans: Sequence[Flow]) -> Iterator[Decided]:
    """The decisions, the oldest order's first; orders that stay as they are have none.

    Each order is decided once more with what all others leave it: never dearer than its part of the wave, and
    the explanation's alternatives are those it really has.
    """
    flows = dict(zip((entry.asked.key for entry in build.members), plans, strict=True))
    units, days = Counter(build.pool), Counter(build.planned)
    for entry in build.entries:
        if entry.stays:
            units.subtract(build.own[entry.asked.key])
        elif flow := _flow(entry, flows):
            units.subtract(taken(entry.model, flow))
            days.update(shipped_on(entry.model, flow))
    count = len(build.members)
    for entry in build.entries:
        flow = None if entry.stays else _flow(entry, flows)
        if flow is None:
            continue
        units.update(taken(entry.model, flow))
        days.subtract(shipped_on(entry.model, flow))
        decision = decide(build.request(entry.asked, units, days))
        told = _told(entry, decision, count)
        decided = Decided(entry, replace(decision, notes=(*decision.notes, told)) if told else decision)
        units.subtract(decided.takes)
        days.update(_days(entry, decision))
        yield decided


def _flow(entry: Entry, flows: dict[str, Flow]) -> Flow | None:
    return flows.get(entry.asked.key, entry.single.flow if entry.single else None)


def _takes(entry: Entry, decision: Decision) -> Counter[Place]:
    variants = {line.id: line.variant_id or "" for line in entry.asked.request.lines}
    found: Counter[Place] = Counter()
    for parcel in decision.parcels:
        for item in parcel.items:
            found[parcel.warehouse_id, variants[item.line_id]] += item.quantity
    return found


def _days(entry: Entry, decision: Decision) -> Counter[tuple[str, date]]:
    limited = {one.id for one in entry.asked.request.sources if one.profile.daily_parcels is not None}
    return Counter(
        (parcel.warehouse_id, parcel.ship_on)
        for parcel in decision.parcels
        if parcel.ship_on and parcel.warehouse_id in limited
    )


def _told(entry: Entry, decision: Decision, count: int) -> str:
    """How the wave's plan differs from what the order would have got alone; "" when it was alone anyway."""
    if not entry.together:
        return f"Decided alone within a wave: {entry.why}." if entry.why else ""
    together = f"Decided in a wave of {count} orders"
    single = entry.single
    if single is None or taken(entry.model, single.flow) == _takes(entry, decision):
        return f"{together}; alone it would have been the same."
    if not single.open:
        return f"{together}; alone nothing of it could have been shipped."
    names = " + ".join(entry.model.candidates[w].source.name for w in single.open)
    cost = from_minor(entry.model.minor(single.cost), decision.currency)
    return f"{together}; alone it would have been {names} for {cost} {decision.currency}."
