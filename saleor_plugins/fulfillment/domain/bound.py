"""The lower bound of the search: a parcel's fixed cost, spread over the units it could carry.

For shares a_lw with sum_l a_lw * supply_lw <= F_w, a plan that ships x_lw pays at least
sum_l a_lw * x_lw of F_w, because x_lw <= supply_lw. So filling every line cheapest first at
v_lw + a_lw is a bound for any shares. The best shares are the dual of the strong linear
relaxation (Erlenkotter 1978, for plants without capacity); a few subgradient steps come close.
"""

from __future__ import annotations

from collections.abc import Sequence

from .problem import Problem

CLOSED, UNDECIDED, OPEN = 0, 1, 2
_ONE = 1024
_STEPS = tuple(int(_ONE * 0.4 * 0.85**k) for k in range(24))

Shares = list[list[int]]
Offer = tuple[int, int, int, int]  # price, warehouse, the state it counts in, units


def even_shares(problem: Problem) -> Shares:
    """F_w / Q_w for every unit alike, Q_w being all that the warehouse could ship."""
    capacity = [sum(column) for column in zip(*problem.supply, strict=True)]
    row = [fixed // max(units, 1) for fixed, units in zip(problem.fixed, capacity, strict=True)]
    return [list(row) for _ in problem.demand]


def offers(problem: Problem, shares: Shares, usable: Sequence[int]) -> list[list[Offer]]:
    """Per line, who offers units at what price: once as opened, once with a share of F_w."""
    rows = []
    for prices, units, share in zip(problem.unit, problem.supply, shares, strict=True):
        row = []
        for w in usable:
            if units[w]:
                row.append((prices[w], w, OPEN, units[w]))
                row.append((prices[w] + share[w], w, UNDECIDED, units[w]))
        row.sort()
        rows.append(row)
    return rows


def tighten(problem: Problem, usable: Sequence[int], rounds: int) -> tuple[Shares, list[list[Offer]]]:
    """Better shares for the root: move cost from units that stay unused to units that are used.

    Answers the best shares of `rounds` steps with their offers; never worse than the even ones.
    """
    shares = even_shares(problem)
    rows = offers(problem, shares, usable)
    money = [
        [a * units for a, units in zip(*pair, strict=True)]
        for pair in zip(shares, problem.supply, strict=True)
    ]
    low, flow = _root(problem, rows)
    best = (low, shares, rows)
    for step in _STEPS[:rounds]:
        for w in usable:
            _move(problem, money, flow, w, step)
        shares = [
            [m // max(units, 1) for m, units in zip(*pair, strict=True)]
            for pair in zip(money, problem.supply, strict=True)
        ]
        rows = offers(problem, shares, usable)
        low, flow = _root(problem, rows)
        if low > best[0]:
            best = (low, shares, rows)
    return best[1], best[2]


def _root(problem: Problem, rows: Sequence[Sequence[Offer]]) -> tuple[int, list[dict[int, int]]]:
    """The bound with every warehouse undecided, and the units it uses per line."""
    low, flow = 0, []
    for need, row in zip(problem.demand, rows, strict=True):
        used: dict[int, int] = {}
        for price, w, state, units in row:
            if state == UNDECIDED:
                used[w] = taken = min(units, need)
                low += price * taken
                need -= taken
                if not need:
                    break
        flow.append(used)
    return low, flow


def _move(problem: Problem, money: Shares, flow: Sequence[dict[int, int]], w: int, step: int) -> None:
    """One projected subgradient step for warehouse `w`; the money spread stays within F_w."""
    mine = [row for row, units in enumerate(problem.supply) if units[w]]
    ratios = [flow[row].get(w, 0) * _ONE // problem.supply[row][w] for row in mine]
    if len(mine) < 2 or not any(ratios):
        return
    mean = sum(ratios) // len(ratios)
    size = step * problem.fixed[w]
    wanted = [
        max(0, money[row][w] + size * (ratio - mean) // (_ONE * _ONE))
        for row, ratio in zip(mine, ratios, strict=True)
    ]
    total = sum(wanted)
    if total:
        for row, part in zip(mine, wanted, strict=True):
            money[row][w] = part * problem.fixed[w] // total
