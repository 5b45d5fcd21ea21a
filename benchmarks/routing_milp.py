"""A router's problem as a mixed-integer program for HiGHS: an independent answer to compare ours with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from saleor_plugins.fulfillment.domain.solver.problem import Mode, Problem


@dataclass(frozen=True)
class Answer:
    """The least cost, and the CPU seconds that HiGHS took for it (building the model not counted).

    When its time was up: the cost of its best plan, and with `low` what it proved that none costs less than.
    """

    cost: float
    low: float
    seconds: float


class _Rows:
    """Constraints in the form that HiGHS takes them: lower <= sum of value * column <= upper."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.starts: list[int] = []
        self.index: list[int] = []
        self.value: list[float] = []

    def add(self, lower: float, upper: float, terms: Sequence[tuple[int, float]]) -> None:
        self.lower.append(lower)
        self.upper.append(upper)
        self.starts.append(len(self.index))
        self.index += [column for column, _ in terms]
        self.value += [value for _, value in terms]


def least_cost(problem: Problem, *, unit: float = 1.0, seconds: float = 60.0) -> Answer:
    """The least cost in `unit`s of shipping all that stock allows, to HiGHS' own tolerances.

    For problems without pools and parcel limit, in which a parcel may hold all that its warehouse has.
    Raises ValueError for others.
    """
    if problem.pools or problem.most_open is not None:
        raise ValueError("pools and parcel limits are not modelled")
    rows, cost, upper = _Rows(), [], []
    supply = [[min(n, need) for n in row] for row, need in zip(problem.supply, problem.demand, strict=True)]
    shipped: list[list[tuple[int, float]]] = [[] for _ in problem.demand]
    for w, modes in enumerate(problem.modes):
        units = [row[w] for row in supply]
        if any(units):
            _warehouse(modes, units, problem.grams, unit, rows, cost, upper, shipped)
    for need, row, terms in zip(problem.demand, supply, shipped, strict=True):
        rows.add(min(need, sum(row)), min(need, sum(row)), terms)
    return _solve(rows, cost, upper, seconds) if cost else Answer(0.0, 0.0, 0.0)


def _warehouse(
    modes: Sequence[Mode],
    units: Sequence[int],
    grams: Sequence[int],
    unit: float,
    rows: _Rows,
    cost: list[float],
    upper: list[float],
    shipped: list[list[tuple[int, float]]],
) -> None:
    """One column for each mode, one for each row in it; at most one mode."""
    chosen = []
    for mode in modes:
        open_ = len(cost)
        chosen.append((open_, 1.0))
        cost.append(mode.fixed / unit)
        upper.append(1.0)
        weight = []
        for r, most in enumerate(units):
            if most:
                column = len(cost)
                cost.append(mode.unit[r] / unit)
                upper.append(float(most))
                rows.add(-highspy.kHighsInf, 0, [(column, 1.0), (open_, -float(most))])
                weight.append((column, float(grams[r])))
                shipped[r].append((column, 1.0))
        if mode.capacity is not None:
            rows.add(-highspy.kHighsInf, 0, [*weight, (open_, -float(mode.capacity))])
    if len(chosen) > 1:
        rows.add(0, 1, chosen)


def _solve(rows: _Rows, cost: Sequence[float], upper: Sequence[float], limit: float) -> Answer:
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(rows.lower)
    model.col_cost_, model.col_upper_ = np.array(cost), np.array(upper)
    model.col_lower_ = np.zeros(len(cost))
    model.row_lower_, model.row_upper_ = np.array(rows.lower), np.array(rows.upper)
    model.integrality_ = [highspy.HighsVarType.kInteger] * len(cost)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.array([*rows.starts, len(rows.index)], dtype=np.int32)
    model.a_matrix_.index_ = np.array(rows.index, dtype=np.int32)
    model.a_matrix_.value_ = np.array(rows.value)
    highs = highspy.Highs()
    options = {"output_flag": False, "threads": 1, "mip_rel_gap": 0.0, "mip_abs_gap": 1e-6}
    for option, value in {**options, "time_limit": limit}.items():
        highs.setOptionValue(option, value)
    highs.passModel(model)
    started = time.process_time()
    highs.run()
    seconds = time.process_time() - started
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kOptimal:
        return Answer(info.objective_function_value, info.objective_function_value, seconds)
    if status == highspy.HighsModelStatus.kTimeLimit:
        return Answer(info.objective_function_value, info.mip_dual_bound, seconds)
    raise RuntimeError(f"HiGHS: {status}")
