"""All reports by name: how each is counted, told as rows and drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from saleor_plugins.kernel.errors import NotFound

from ..domain.reports.scope import Scope
from . import draw, tables
from .customers import concentration
from .goods import dispositions
from .money import costs, retained
from .pending import all_deadlines, deadlines, unreceived
from .rates import return_rates
from .times import times

LISTED = 50
MOST_CUSTOMERS = 1000


@dataclass(frozen=True)
class Report:
    """`find` counts for a page; `rows` and `pictures` tell what it found, `stream` all rows of a file."""

    header: tuple[str, ...]
    find: Callable[[Scope], Any]
    rows: Callable[[Any], tables.Rows]
    pictures: Callable[[Any], Iterable[str]] = lambda found: ()
    whole: Callable[[Scope], Any] | None = None

    def stream(self, scope: Scope) -> tables.Rows:
        """Every row of a scope, read as it is asked for."""
        return self.rows((self.whole or self.find)(scope))


def report(name: str) -> Report:
    """The report of that name. Raises NotFound (``name``)."""
    if name not in REPORTS:
        raise NotFound("No such report.", field="name")
    return REPORTS[name]


def _each(one: Callable[[Any], str]) -> Callable[[Any], Iterator[str]]:
    return lambda found: (one(row) for row in found)


def _one(one: Callable[[Any], str]) -> Callable[[Any], Iterator[str]]:
    return lambda found: iter([one(found)])


REPORTS = {
    "rates": Report(tables.RATES, return_rates, tables.rate_rows, _one(draw.draw_rates)),
    "costs": Report(tables.COSTS, costs, tables.cost_rows, _each(draw.draw_costs)),
    "times": Report(tables.TIMES, times, tables.time_rows, _one(draw.draw_times)),
    "deadlines": Report(
        tables.DEADLINES,
        deadlines,
        lambda found: tables.due_rows(getattr(found, "rows", found)),
        _one(draw.draw_deadlines),
        all_deadlines,
    ),
    "unreceived": Report(
        tables.UNRECEIVED,
        lambda scope: list(unreceived(scope, LISTED)),
        tables.unreceived_rows,
        whole=unreceived,
    ),
    "dispositions": Report(tables.DISPOSITIONS, dispositions, tables.fate_rows, _one(draw.draw_dispositions)),
    "retained": Report(tables.RETAINED, retained, tables.retained_rows, _each(draw.draw_retained)),
    "customers": Report(
        tables.CUSTOMERS,
        concentration,
        tables.customer_rows,
        _one(draw.draw_customers),
        lambda scope: concentration(scope, MOST_CUSTOMERS),
    ),
}
