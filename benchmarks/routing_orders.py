"""Single orders: how fast the router finds the optimum, against HiGHS, and what the optimum saves.

    python benchmarks/routing_orders.py [orders] [seed]

Orders are solved by the router and by HiGHS in one run and the least costs are compared; HiGHS, which takes
seconds for the largest, gets one in ten of those, and ten seconds for each. CPU time of one thread; each of
the router's times is the median of three runs of the same order. Then the same kind of orders, of one to
five lines, are given to the policies that shops use today, which ship the same units. Prints the tables
that docs/routing.md quotes. `routing_instances` says how orders are made.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import combinations

from routing_instances import order
from routing_milp import least_cost

from saleor_plugins.fulfillment.domain.facts import Request
from saleor_plugins.fulfillment.domain.rates.prices import MILLI
from saleor_plugins.fulfillment.domain.solver.exact import solve
from saleor_plugins.fulfillment.domain.solver.problem import Mode, Problem, priced
from saleor_plugins.fulfillment.domain.sourcing.decide import decide, prepare
from saleor_plugins.fulfillment.domain.sourcing.modelling import Model

KINDS = (
    ("linear, 5 lines x 20 warehouses", 5, 20, False),
    ("linear, 10 x 50", 10, 50, False),
    ("stepped, 5 x 20", 5, 20, True),
    ("stepped, 10 x 50", 10, 50, True),
)
RUNS = 3
HIGHS_SECONDS = 10.0

Flow = list[list[int]]


def model_of(request: Request) -> Model:
    """The order's problem."""
    model = prepare(request).model
    assert model is not None, "every order has lines and an address"
    return model


def plain(model: Model) -> Problem:
    """The problem without tie-breakers: costs in thousandths of a cent."""
    scale = model.scale
    modes = [
        [Mode(m.fixed // scale, tuple(price // scale for price in m.unit), m.capacity) for m in some]
        for some in model.problem.modes
    ]
    return replace(model.problem, modes=modes)


def timed(job: Callable[[], object]) -> float:
    """The median CPU milliseconds of a few runs."""
    taken = []
    for _ in range(RUNS):
        started = time.process_time()
        job()
        taken.append((time.process_time() - started) * 1000)
    return statistics.median(taken)


def speed(name: str, lines: int, warehouses: int, stepped: bool, orders: int, seed: int) -> str:
    """A row of the table."""
    rng = random.Random(seed)  # noqa: S311
    ours, whole, theirs = [], [], []
    differences = stopped = 0
    for number in range(orders):
        request = order(rng, lines=lines, warehouses=warehouses, stepped=stepped)
        model = model_of(request)
        solution = solve(model.problem)
        stopped += not solution.optimal
        if number % (10 if stepped and warehouses == 50 else 1) == 0:
            answer = least_cost(plain(model), unit=MILLI, seconds=HIGHS_SECONDS)
            cost = solution.cost // model.scale / MILLI
            differences += not answer.low * (1 - 1e-6) <= cost <= answer.cost * (1 + 1e-6)
            theirs.append(answer.seconds * 1000)
        ours.append(timed(lambda problem=model.problem: solve(problem)))  # type: ignore[misc]
        whole.append(timed(lambda asked=request: decide(asked, compare=False)))  # type: ignore[misc]
    ratio = f"{statistics.median(theirs) / statistics.median(ours):.0f} / {p95(theirs) / p95(ours):.0f}"
    return f"| {name} | {show(ours)} | {show(whole)} | {show(theirs)} | {ratio} | {differences} | {stopped} |"


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(times)[int(len(times) * 0.95)]


def show(times: Sequence[float]) -> str:
    """Median and 95th percentile."""
    return f"{statistics.median(times):.2f} / {p95(times):.2f}"


def greedy(model: Model, ranking: Callable[[int], Sequence[int]]) -> Flow:
    """Row by row, from the warehouses in the order of `ranking(row)`."""
    problem = model.problem
    flow = [[0] * len(problem.modes) for _ in problem.demand]
    for r, need in enumerate(problem.demand):
        for w in ranking(r):
            flow[r][w] = min(need, problem.supply[r][w])
            need -= flow[r][w]
    return flow


def by_id(model: Model) -> list[int]:
    """The merchant's sorting order, which knows nothing of this customer."""
    width = range(len(model.candidates))
    shuffled = random.Random(0).sample(range(50), 50)  # noqa: S311
    return sorted(width, key=lambda w: shuffled[int(model.candidates[w].source.id[1:])])


def by_distance(model: Model) -> list[int]:
    """The closest first."""
    return sorted(range(len(model.candidates)), key=lambda w: model.candidates[w].km or 0.0)


def fewest_then_closest(model: Model) -> Flow:
    """As few parcels as possible, then the least distance in total; the closest of them ships first."""
    problem, near = model.problem, by_distance(model)
    for count in range(1, len(near) + 1):
        fitting = [
            chosen
            for chosen in combinations(near, count)
            if all(
                sum(row[w] for w in chosen) >= min(need, sum(row))
                for row, need in zip(problem.supply, problem.demand, strict=True)
            )
        ]
        if fitting:
            best = min(fitting, key=lambda chosen: sum(model.candidates[w].km or 0.0 for w in chosen))
            return greedy(model, lambda _, best=best: best)  # type: ignore[misc]
    return greedy(model, lambda _: [])


POLICIES: dict[str, Callable[[Model], Flow]] = {
    "fewest parcels, then closest": fewest_then_closest,
    "closest first (Magento's distance priority)": lambda model: greedy(model, lambda _: by_distance(model)),
    "Saleor, sorting order": lambda model: greedy(model, lambda _: by_id(model)),
    "Saleor, most stock": lambda model: greedy(
        model, lambda r: sorted(range(len(model.candidates)), key=lambda w: -model.problem.supply[r][w])
    ),
}


def savings(orders: int, seed: int) -> None:
    """Print what each policy costs over the exact plan."""
    rng = random.Random(seed)  # noqa: S311
    names = ("exact", *POLICIES)
    cost, parcels = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for _ in range(orders):
        request = order(rng, lines=rng.choice((1, 1, 2, 2, 3, 4, 5)), warehouses=20, stepped=True)
        model = model_of(request)
        exact = solve(model.problem)
        plans = {name: priced(model.problem, policy(model)) for name, policy in POLICIES.items()}
        for name, plan in {"exact": exact, **plans}.items():
            assert plan.shipped == exact.shipped, "unequal units"
            cost[name] += plan.cost // model.scale
            parcels[name] += len(plan.open)
    print("\n| policy | cost over exact | parcels per order |\n| --- | --- | --- |")
    for name in names:
        over = "" if name == "exact" else f"{cost[name] / cost['exact'] - 1:+.1%}"
        print(f"| {name} | {over} | {parcels[name] / orders:.2f} |")


def main(orders: int = 200, seed: int = 1) -> None:
    """Print both tables."""
    print(f"{orders} orders of each kind, seed {seed}, CPU ms median / p95\n")
    print("| orders | solve | decide | HiGHS | HiGHS / solve | differences | limit reached |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for kind in KINDS:
        print(speed(*kind, orders, seed), flush=True)
    savings(5 * orders, seed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
