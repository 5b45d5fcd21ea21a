"""From an order and its eligible warehouses to integers for the solver, and back.

Costs are kept in thousandths of a minor unit, so that a rate per kilogram times grams is exact, and
rounded once, half up, at the end. Below them, in the same integer, sit the tie-breakers: fewest
parcels, then priority, then the warehouse's id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...kernel.money import apportion
from .decision import CostParts, Item, Parcel
from .facts import Line, Request, Source
from .problem import Problem, Solution, reachable
from .rates import Rate

MILLI = 1000


@dataclass(frozen=True)
class Model:
    """A request in numbers. Rows are `variants`, columns `sources` in order of preference."""

    variants: tuple[str, ...]
    lines: tuple[Line, ...]
    sources: tuple[Source, ...]
    rates: tuple[Rate, ...]
    grams: tuple[int, ...]
    scale: int
    problem: Problem

    def minor(self, scaled: int) -> int:
        """A cost of the problem in minor units, without its tie-breakers."""
        return (scaled // self.scale + MILLI // 2) // MILLI


def build(request: Request, lines: Sequence[Line], eligible: Sequence[Source]) -> Model:
    """The model of `lines` over `eligible`. Lines of one variant share its stock."""
    lines = tuple(sorted(lines, key=lambda line: line.id))
    variants = tuple(sorted({line.variant_id or "" for line in lines}))
    sources = tuple(sorted(eligible, key=lambda source: (source.profile.priority, source.id)))
    rates = tuple(_rate(request, source) for source in sources)
    grams = tuple(_grams(lines, variant) for variant in variants)
    supply = [[source.units(variant) for source in sources] for variant in variants]
    wanted = [sum(line.quantity for line in lines if line.variant_id == variant) for variant in variants]
    count = len(sources)
    scale = count**3 + count**2 + 1  # above the sum of all tie-breakers
    fixed = [
        (rate.base + source.profile.handling_parcel) * MILLI * scale + count**2 + rank
        for rank, (rate, source) in enumerate(zip(rates, sources, strict=True))
    ]
    unit = [
        [
            ((rate.per_unit + source.profile.handling_unit) * MILLI + rate.per_kg * weight) * scale
            for rate, source in zip(rates, sources, strict=True)
        ]
        for weight in grams
    ]
    problem = Problem(reachable(wanted, supply), fixed, unit, supply)
    return Model(variants, lines, sources, rates, grams, scale, problem)


def _rate(request: Request, source: Source) -> Rate:
    found = request.rates.find(source.id, source.country, request.country)
    assert found is not None, "eligibility asks for a rate"
    return found


def _grams(lines: Sequence[Line], variant: str) -> int:
    """An unknown weight counts as nothing; lines of one variant weigh what the heaviest says."""
    return max((line.grams or 0) for line in lines if line.variant_id == variant)


def parcels(model: Model, solution: Solution) -> tuple[Parcel, ...]:
    """The plan in warehouses, lines and minor units; rounded parts sum to the rounded total."""
    split = _split(model, solution)
    parts = [_parts(model, solution, w) for w in solution.open]
    costs = apportion(model.minor(solution.cost), [sum(part) for part in parts]) if parts else []
    return tuple(
        Parcel(model.sources[w].id, model.sources[w].name, split[w], CostParts(*apportion(cost, part)))
        for w, part, cost in zip(solution.open, parts, costs, strict=True)
    )


def _parts(model: Model, solution: Solution, w: int) -> list[int]:
    """Base, weight, units and handling of a parcel, in thousandths of a minor unit."""
    rate, profile = model.rates[w], model.sources[w].profile
    units = sum(row[w] for row in solution.flow)
    grams = sum(row[w] * weight for row, weight in zip(solution.flow, model.grams, strict=True))
    handling = profile.handling_parcel + profile.handling_unit * units
    return [rate.base * MILLI, rate.per_kg * grams, rate.per_unit * units * MILLI, handling * MILLI]


def _split(model: Model, solution: Solution) -> dict[int, tuple[Item, ...]]:
    """Each warehouse's units, dealt out to the lines of the variant in the order of their ids."""
    items: dict[int, list[Item]] = {w: [] for w in solution.open}
    for variant, flow in zip(model.variants, solution.flow, strict=True):
        left = {w: flow[w] for w in solution.open if flow[w]}
        for line in (line for line in model.lines if line.variant_id == variant):
            need = line.quantity
            for w in list(left):
                taken = min(need, left[w])
                if taken:
                    items[w].append(Item(line.id, taken))
                    need -= taken
                    left[w] -= taken
    return {w: tuple(sorted(found, key=lambda item: item.line_id)) for w, found in items.items()}
