"""The units that no parcel takes, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ..facts import Line
from ..solver.problem import Solution
from .decision import Parcel, Unsourced
from .modelling import Model
from .rows import Row


def not_addressed(lines: Sequence[Line]) -> tuple[Unsourced, ...]:
    """Everything, when nobody knows where to."""
    reason = "The order has no shipping address with a country."
    return tuple(Unsourced(line.id, line.name, line.quantity, "NO_ADDRESS", reason) for line in lines)


def missing(model: Model, solution: Solution, lines: Sequence[Line]) -> tuple[Unsourced, ...]:
    """What the plan leaves behind, by line."""
    found = {}
    for row, flow, supply in zip(model.rows, solution.flow, model.problem.supply, strict=True):
        left = sum(flow) * row.units
        for line in row.lines:
            got = min(left, line.quantity)
            left -= got
            if got < line.quantity:
                code, reason = _why(model, row, sum(flow), sum(supply))
                found[line.id] = Unsourced(line.id, line.name, line.quantity - got, code, reason)
    return tuple(found[line.id] for line in lines if line.id in found)


def _why(model: Model, row: Row, got: int, could: int) -> tuple[str, str]:
    """`got` and `could` are units of the row: in the plan, and in all warehouses."""
    limit = model.problem.most_open
    if not model.candidates:
        return "NO_WAREHOUSE", "No warehouse may ship it."
    if could > got and limit is not None:
        parcels = "one parcel" if limit == 1 else f"{limit} parcels"
        return "PARCEL_LIMIT", f"More could be shipped, but only {parcels} may leave."
    if row.bundle:
        return "BUNDLE_INCOMPLETE", f'No warehouse has the whole of bundle "{row.bundle}".'
    told = f"Only {min(got, could)} of {row.demand} are free in the warehouses that may ship it."
    return "OUT_OF_STOCK", told


def postponed(
    lines: Sequence[Line], plan: Sequence[Parcel], short: Sequence[Unsourced]
) -> tuple[Unsourced, ...]:
    """Everything, when what could leave waits for what is missing: the missing rows, then the others."""
    ready: Counter[str] = Counter()
    for parcel in plan:
        for item in parcel.items:
            ready[item.line_id] += item.quantity
    reason = "It could leave now, but the order waits until all of it can."
    waiting = [
        Unsourced(line.id, line.name, ready[line.id], "WAITS_FOR_REST", reason)
        for line in lines
        if ready[line.id]
    ]
    return (*short, *waiting)
