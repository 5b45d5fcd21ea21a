"""Pick one plan for each order, so that all fit together and cost least."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .wave import Flow, Wave

GAP = 0.0005


def choose(
    wave: Wave,
    plans: Mapping[int, Sequence[Flow]],
    now: Mapping[int, Flow],
    left: Sequence[int],
    *,
    seconds: float,
) -> dict[int, Flow]:
    """The best choice found among `plans` of some orders, which are at `now` and may use what is `left`.

    Never dearer than `now`. `seconds` are CPU time.
    """
    orders = sorted(now)
    room, columns = list(left), []
    for i in orders:
        for resource, units in wave.members[i].taken(now[i]).items():
            room[resource] += units
    for i in orders:
        for flow in sorted({*plans[i], now[i]}):
            taken = wave.members[i].taken(flow)
            if all(room[k] >= units for k, units in taken.items()):
                columns.append((i, flow, taken))
    highs = _model(wave, orders, columns, room)
    _start(highs, [float(flow == now[i]) for i, flow, _ in columns])
    picked = _run(highs, seconds)
    if picked is None:
        return dict(now)
    found = {i: flow for (i, flow, _), value in zip(columns, picked, strict=True) if value > 0.5}
    return found if _valid(wave, found, now, room) else dict(now)


def _valid(wave: Wave, found: Mapping[int, Flow], now: Mapping[int, Flow], room: Sequence[int]) -> bool:
    """Whether what the solver says holds in integers, and is no worse."""
    if found.keys() != now.keys():
        return False
    rest = list(room)
    for i, flow in found.items():
        for resource, units in wave.members[i].taken(flow).items():
            rest[resource] -= units
    before = sum(wave.members[i].cost(flow) for i, flow in now.items())
    after = sum(wave.members[i].cost(flow) for i, flow in found.items())
    return min(rest, default=0) >= 0 and after <= before


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
