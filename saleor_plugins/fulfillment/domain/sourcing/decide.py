"""Decide which warehouses ship an order: as many units as possible, at the best that the policy asks for.

`decide` is `prepare`, `solve`, `finish`. Who wants another plan than the single best one (a wave over many
orders) takes `prepare(request).model.problem`, makes a `Solution` of it and lets `finish` say what it means.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..facts import Line, Request
from ..policy import Objective, Shortage
from ..solver.exact import NODE_LIMIT, solve
from ..solver.problem import Solution
from .alternatives import not_needed, runner_up
from .candidates import Candidate, amounts_count, promised_on
from .decision import Decision, Parcel, Rejected, SolverInfo, Unsourced
from .eligibility import refusal
from .lines import LeftAlone, left_alone
from .modelling import Model, build
from .plan import parcels
from .shortage import missing, not_addressed, postponed


@dataclass(frozen=True)
class Prepared:
    """An order ready to be solved. `model` is None where there is nothing to solve."""

    request: Request
    lines: tuple[Line, ...]
    left_alone: tuple[LeftAlone, ...]
    rejected: tuple[Rejected, ...]
    model: Model | None


def decide(request: Request, *, node_limit: int = NODE_LIMIT, compare: bool = True) -> Decision:
    """The best plan for `request`, and why. Equal for any order of its lines and warehouses.

    `compare` also prices the warehouses that ship nothing and looks for the runner-up, which costs about as
    much time again per parcel. Raises nothing: what cannot be sourced is in `unsourced`, what is not
    routed in `left_alone`.
    """
    prepared = prepare(request, node_limit=node_limit)
    solution = solve(prepared.model.problem, node_limit=node_limit) if prepared.model else None
    return finish(prepared, solution, compare=compare)


def prepare(request: Request, *, node_limit: int = NODE_LIMIT) -> Prepared:
    """Which lines are routed, who may ship them, and the problem that this makes.

    Nothing is solved, but for the least number of parcels or days where the objective asks for it.
    """
    asked = sorted(request.lines, key=lambda line: line.id)
    alone = tuple(found for line in asked if (found := left_alone(line, request)))
    kept = {found.line_id for found in alone}
    lines = tuple(line for line in asked if line.id not in kept)
    if not lines or not request.country:
        return Prepared(request, lines, alone, (), None)
    eligible, rejected = [], []
    for source in sorted(request.sources, key=lambda source: source.id):
        one = Candidate(source, request, lines)
        if no := refusal(one):
            rejected.append(Rejected(source.id, source.name, no.code, no.reason))
        else:
            eligible.append(one)
    return Prepared(request, lines, alone, tuple(rejected), build(request, lines, eligible, node_limit))


def finish(prepared: Prepared, solution: Solution | None, *, compare: bool = True) -> Decision:
    """The decision that a plan for `prepared.model.problem` is; None when there is no model.

    Any feasible plan will do, such as one that a wave chose: its `bound` and `nodes` are told as they are.
    """
    model, request, lines = prepared.model, prepared.request, prepared.lines
    if model is None or solution is None:
        return _decision(prepared, (), not_addressed(lines), SolverInfo(True, 0, 0))
    plan = parcels(model, solution)
    short = missing(model, solution, lines)
    optimal = solution.optimal and model.proven
    info = SolverInfo(optimal, model.bound(solution), solution.nodes)
    rejected = (*not_needed(model, solution, compare=compare), *prepared.rejected)
    notes = (*_notes(request, lines, model), *_full(model, solution))
    if short and plan and request.policy.shortage is Shortage.WAIT:
        rows = postponed(lines, plan, short)
        waits = SolverInfo(optimal, 0, solution.nodes)
        return _decision(prepared, (), rows, waits, rejected=rejected, notes=notes, withheld=plan)
    other = runner_up(model, solution) if compare else None
    return _decision(prepared, plan, short, info, rejected=rejected, notes=notes, runner_up=other)


def _decision(
    prepared: Prepared,
    plan: tuple[Parcel, ...],
    unsourced: tuple[Unsourced, ...],
    info: SolverInfo,
    *,
    rejected: tuple[Rejected, ...] = (),
    notes: tuple[str, ...] = (),
    runner_up: object = None,
    withheld: tuple[Parcel, ...] = (),
) -> Decision:
    request = prepared.request
    return Decision(
        currency=request.rates.currency,
        rate_table=request.rates.name,
        country=request.country,
        parcels=plan,
        unsourced=unsourced,
        left_alone=prepared.left_alone,
        rejected=rejected,
        runner_up=runner_up,  # type: ignore[arg-type]
        solver=info,
        notes=notes,
        objective=request.policy.objective.value,
        promised_on=promised_on(request),
        withheld=withheld,
    )


def _full(model: Model, solution: Solution) -> list[str]:
    """The warehouses that ship nothing and whose parcel a full day pushes to a later one."""
    said = []
    for w, one in enumerate(model.candidates):
        if w not in solution.mode and one.ship_on != one.free_on:
            late = f", {one.late_days} days late" if one.late_days else ""
            said.append(
                f"{one.source.name} is full before {one.ship_on}: from there it would arrive on "
                f"{one.arrives_on}{late}."
            )
    return said


def _notes(request: Request, lines: Sequence[Line], model: Model) -> tuple[str, ...]:
    notes, policy = [], request.policy
    if light := [line.name for line in lines if line.grams is None]:
        notes.append(f"No weight is known for {', '.join(light)}: counted as 0 kg.")
    far = [one.source.name for one in model.candidates if one.km is None]
    if far and policy.objective in (Objective.DISTANCE, Objective.WEIGHTED):
        notes.append(
            f"The distance from {', '.join(far)} is not known: counted as the farthest of the others."
        )
    if not amounts_count(policy, request.rates.currency):
        notes.append(
            f"The policy's amounts are in {policy.currency}, the rates in {request.rates.currency}: "
            "lateness and weights are not counted."
        )
    return tuple(notes)
