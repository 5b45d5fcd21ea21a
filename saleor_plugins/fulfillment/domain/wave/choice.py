"""Pick one plan for each order, so that all fit together and cost least."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from .wave import Flow, Wave

GAP = 0.0005


def choose(
    wave: Wave,
    plans: Mapping[int, Collection[Flow]],
    room: Sequence[int],
    *,
    now: Mapping[int, Flow] | None = None,
    seconds: float,
) -> dict[int, Flow] | None:
    """The best choice found among `plans` of some orders, which may use the `room`; None when none fits.

    Never dearer than `now`, a choice that fits. `seconds` are CPU time.
    """
    orders, columns = sorted(plans), []
    for i in orders:
        for flow in sorted(plans[i]):
            taken = wave.members[i].taken(flow)
            if all(room[k] >= units for k, units in taken.items()):
                columns.append((i, flow, taken))
    if not columns or seconds <= 0:
        return None
    highs = _model(wave, orders, columns, room)
    if now is not None:
        _start(highs, [float(flow == now[i]) for i, flow, _ in columns])
    picked = _run(highs, seconds)
    if picked is None:
        return None
    found = {i: flow for (i, flow, _), value in zip(columns, picked, strict=True) if value > 0.5}
    return found if _fits(wave, found, orders, room) else None


def _fits(wave: Wave, found: Mapping[int, Flow], orders: Sequence[int], room: Sequence[int]) -> bool:
    """Whether what the solver says holds in integers."""
    rest = list(room)
    for i, flow in found.items():
        for resource, units in wave.members[i].taken(flow).items():
            rest[resource] -= units
    return sorted(found) == list(orders) and min(rest, default=0) >= 0


def _model(wave: Wave, orders: Sequence[int], columns: Sequence[tuple], room: Sequence[int]) -> Any:
    import highspy

    row_of = {i: at for at, i in enumerate(orders)}
    used = sorted({k for _, _, taken in columns for k in taken})
    row_of_resource = {k: len(orders) + at for at, k in enumerate(used)}
    start: list[int] = []
    index: list[int] = []
    value: list[int] = []
    for i, _, taken in columns:
        start.append(len(index))
        index += [row_of[i], *(row_of_resource[k] for k in taken)]
        value += [1, *taken.values()]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(columns), len(orders) + len(used)
    lp.col_cost_ = np.array([wave.members[i].cost(flow) / wave.unit for i, flow, _ in columns])
    lp.col_lower_, lp.col_upper_ = np.zeros(len(columns)), np.ones(len(columns))
    lp.row_lower_ = np.array([1.0] * len(orders) + [-highspy.kHighsInf] * len(used))
    lp.row_upper_ = np.array([1.0] * len(orders) + [float(room[k]) for k in used])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.array([*start, len(index)])
    lp.a_matrix_.index_ = np.array(index)
    lp.a_matrix_.value_ = np.array(value, dtype=np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(columns)
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.passModel(lp)
    return highs


def _start(highs: Any, values: list[float]) -> None:
    import highspy

    solution = highspy.HighsSolution()
    solution.col_value = values
    highs.setSolution(solution)


def _run(highs: Any, seconds: float) -> list[float] | None:
    """The values of the best solution found; None without one."""
    import highspy

    # The solver's own limit is by the wall clock, which says little on a busy machine.
    options = {"threads": 1, "random_seed": 0, "mip_rel_gap": GAP, "time_limit": 5 * seconds + 5}
    for name, value in options.items():
        highs.setOptionValue(name, value)
    end = time.thread_time() + seconds

    def check(event: Any) -> None:
        if time.thread_time() > end:
            event.interrupt()

    highs.cbMipInterrupt += check
    highs.run()
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    return list(highs.getSolution().col_value)
