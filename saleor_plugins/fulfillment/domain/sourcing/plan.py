"""From the solver's answer to parcels: warehouses, lines, money and days."""

from __future__ import annotations

from ....kernel.money import apportion
from ..rates.prices import MILLI
from ..solver.problem import Solution
from .decision import CostParts, Item, Parcel
from .modelling import Model


def parcels(model: Model, solution: Solution) -> tuple[Parcel, ...]:
    """The plan's parcels; rounded parts sum to the rounded total."""
    items = _items(model, solution)
    parts = {w: _parts(model, solution, w) for w in solution.open}
    costs = money(model, solution)
    return tuple(
        _parcel(model, solution, w, items[w], CostParts(*apportion(costs[w], parts[w])))
        for w in solution.open
    )


def money(model: Model, solution: Solution) -> dict[int, int]:
    """What each parcel costs in minor units; together, the total rounded once, half up."""
    sums = [sum(_parts(model, solution, w)) for w in solution.open]
    total = (sum(sums) + MILLI // 2) // MILLI
    return dict(zip(solution.open, apportion(total, sums), strict=True)) if sums else {}


def _parcel(model: Model, solution: Solution, w: int, items: tuple[Item, ...], cost: CostParts) -> Parcel:
    one = model.candidates[w]
    price = model.prices[w][solution.mode[w]]
    return Parcel(
        warehouse_id=one.source.id,
        warehouse_name=one.source.name,
        items=items,
        cost=cost,
        ship_on=one.ship_on,
        arrives_on=one.arrives_on,
        km=one.km,
        packages=price.packages(model.grams(solution, w)),
        penalty=model.penalties[w],
        late_days=one.late_days,
        free_on=one.free_on,
    )


def _parts(model: Model, solution: Solution, w: int) -> list[int]:
    """Base, weight, units and handling of a parcel, in thousandths of a minor unit."""
    price = model.prices[w][solution.mode[w]]
    units = sum(flow[w] * row.units for flow, row in zip(solution.flow, model.rows, strict=True))
    handling = price.handling + price.handling_unit * units
    return [price.fixed, price.gram * model.grams(solution, w), price.unit * units, handling]


def _items(model: Model, solution: Solution) -> dict[int, tuple[Item, ...]]:
    """Each warehouse's units, dealt out to the lines of a row in the order of their ids."""
    items: dict[int, list[Item]] = {w: [] for w in solution.open}
    for row, flow in zip(model.rows, solution.flow, strict=True):
        left = {w: flow[w] * row.units for w in solution.open if flow[w]}
        for line in row.lines:
            need = line.quantity
            for w in list(left):
                if taken := min(need, left[w]):
                    items[w].append(Item(line.id, taken))
                    need -= taken
                    left[w] -= taken
    return {w: tuple(sorted(found, key=lambda item: item.line_id)) for w, found in items.items()}
