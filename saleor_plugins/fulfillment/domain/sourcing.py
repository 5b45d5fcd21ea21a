"""Decide which warehouses ship an order: as many units as possible, at the lowest cost."""

from __future__ import annotations

from collections.abc import Sequence

from .alternatives import not_needed, runner_up
from .decision import Decision, Item, Parcel, Rejected, SolverInfo, Unsourced
from .eligibility import refusal
from .facts import Line, Request, Source
from .lines import left_alone
from .modelling import build, parcels
from .solver import NODE_LIMIT, solve


def decide(request: Request, *, node_limit: int = NODE_LIMIT, compare: bool = True) -> Decision:
    """The cheapest plan for `request`, and why. Equal for any order of its lines and warehouses.

    `compare` also looks for the runner-up, which costs about as much time again per parcel. Raises
    nothing: what cannot be sourced is in `unsourced`, what is not routed in `left_alone`.
    """
    asked = sorted(request.lines, key=lambda line: line.id)
    alone = tuple(found for line in asked if (found := left_alone(line, request)))
    kept = {found.line_id for found in alone}
    lines = [line for line in asked if line.id not in kept]
    if not lines or not request.country:
        return _empty(request, lines, alone)
    eligible, rejected = _sort_out(request, lines)
    model = build(request, lines, eligible)
    solution = solve(model.problem, node_limit=node_limit)
    assert solution is not None, "the model's demand is within its supply"
    plan = parcels(model, solution)
    return Decision(
        currency=request.rates.currency,
        rate_table=request.rates.name,
        country=request.country,
        parcels=plan,
        unsourced=_unsourced(lines, plan, bool(eligible)),
        left_alone=alone,
        rejected=(*not_needed(model, solution), *rejected),
        runner_up=runner_up(model, solution) if compare else None,
        solver=SolverInfo(solution.optimal, model.minor(solution.bound), solution.nodes),
        notes=_notes(lines),
    )


def _empty(request: Request, lines: Sequence[Line], alone: tuple) -> Decision:
    """Nothing to decide: no line needs routing, or nobody knows where to."""
    reason = "The order has no shipping address with a country."
    return Decision(
        currency=request.rates.currency,
        rate_table=request.rates.name,
        country=request.country,
        parcels=(),
        unsourced=tuple(Unsourced(line.id, line.name, line.quantity, "NO_ADDRESS", reason) for line in lines),
        left_alone=alone,
        rejected=(),
        runner_up=None,
        solver=SolverInfo(True, 0, 0),
    )


def _sort_out(request: Request, lines: Sequence[Line]) -> tuple[list[Source], list[Rejected]]:
    variants = {line.variant_id for line in lines if line.variant_id}
    eligible, rejected = [], []
    for source in sorted(request.sources, key=lambda source: source.id):
        if found := refusal(source, request, variants):
            rejected.append(Rejected(source.id, source.name, found.code, found.reason))
        else:
            eligible.append(source)
    return eligible, rejected


def _unsourced(lines: Sequence[Line], plan: Sequence[Parcel], any_eligible: bool) -> tuple[Unsourced, ...]:
    items: list[Item] = [item for parcel in plan for item in parcel.items]
    found = []
    for line in lines:
        got = sum(item.quantity for item in items if item.line_id == line.id)
        if got < line.quantity:
            code, reason = "NO_WAREHOUSE", "No warehouse may ship it."
            if any_eligible:
                code = "OUT_OF_STOCK"
                reason = f"Only {got} of {line.quantity} are free in the warehouses that may ship it."
            found.append(Unsourced(line.id, line.name, line.quantity - got, code, reason))
    return tuple(found)


def _notes(lines: Sequence[Line]) -> tuple[str, ...]:
    light = [line.name for line in lines if line.grams is None]
    return (f"No weight is known for {', '.join(light)}: counted as 0 kg.",) if light else ()
