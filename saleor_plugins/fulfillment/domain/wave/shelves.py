"""Units by warehouse and variant, parcels by warehouse and day: what orders hold, and what plans take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from ..facts import Request, Source
from ..sourcing.candidates import Candidate
from ..sourcing.decide import Prepared, prepare
from ..sourcing.eligibility import refusal
from ..sourcing.modelling import Model
from .wave import Flow

Place = tuple[str, str]  # warehouse, variant


@dataclass(frozen=True)
class Asked:
    """An order of a wave. `request` counts the order's own units as free, and nobody else's.

    `held` are the units that the order holds, by (line, warehouse), also those of lines that are left alone.
    """

    key: str
    request: Request
    held: Mapping[tuple[str, str], int]


def taken(model: Model, flow: Flow) -> Counter[Place]:
    """What a plan takes, by warehouse and variant."""
    found: Counter[Place] = Counter()
    for row, units in zip(model.rows, flow, strict=True):
        for w, n in enumerate(units):
            for variant, each in row.takes.items() if n else ():
                found[model.candidates[w].source.id, variant] += n * each
    return found


def shipped_on(model: Model, flow: Flow) -> Counter[tuple[str, date]]:
    """The parcels of a plan by warehouse and day, where days are limited."""
    found: Counter[tuple[str, date]] = Counter()
    for w, one in enumerate(model.candidates):
        if one.source.profile.daily_parcels is not None and one.ship_on and any(row[w] for row in flow):
            found[one.source.id, one.ship_on] += 1
    return found


def held_units(asked: Asked) -> Counter[Place]:
    """All that an order holds, by warehouse and variant."""
    variants = {line.id: line.variant_id or "" for line in asked.request.lines}
    found: Counter[Place] = Counter()
    for (line_id, warehouse), units in asked.held.items():
        found[warehouse, variants.get(line_id, "")] += units
    return found


def own_units(asked: Asked) -> Counter[Place]:
    """What an order brings along: what it holds where it could be shipped from, were there enough stock."""
    prepared = prepare(replace(asked.request, sources=()))
    lines = {line.id: line for line in prepared.lines}
    plenty = {line.variant_id or "": 10**9 for line in prepared.lines}
    may: dict[str, Candidate | None] = {}
    sources = {one.id: one for one in asked.request.sources}
    found: Counter[Place] = Counter()
    for (line_id, warehouse), units in asked.held.items():
        line, source = lines.get(line_id), sources.get(warehouse)
        if line is None or source is None:
            continue
        if warehouse not in may:
            may[warehouse] = _open(source, asked.request, prepared, plenty)
        one = may[warehouse]
        if one and not one.excludes(line):
            found[warehouse, line.variant_id or ""] += units
    return found


def _open(
    source: Source, request: Request, prepared: Prepared, plenty: Mapping[str, int]
) -> Candidate | None:
    one = Candidate(replace(source, free=plenty, most={}), request, prepared.lines)
    return None if refusal(one) else one
