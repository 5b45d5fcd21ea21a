"""What the budgets of today leave for a run's drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...platform import shop
from ..domain.days import bounds
from ..store import budgets
from ..store.rates import Rates
from .assess import Run


@dataclass
class Purse:
    """A budget and what is left of it, in minor units of its currency."""

    name: str
    currency: str
    left: int

    def holds(self, amount: int, currency: str, rates: Rates) -> int | None:
        """An amount in the budget's currency; None without a rate."""
        return rates.convert(amount, currency, self.currency)


def open_to_buy(run: Run, mine: Any) -> list[Purse]:
    """A purse for each budget that holds today.

    Spent is what was approved in the budget's days, and what drafts ask for without the lines that the
    query `mine` finds, which the run is about to write anew.
    What has no rate into the budget's currency cannot be counted.
    """
    zone = shop().time_zone()
    found = budgets.on(run.today)
    asked = budgets.drafted(mine) if found else {}
    purses = []
    for budget in found:
        spent = budgets.approved(*bounds(budget.since, budget.until, zone))
        amounts = [(amount, currency) for table in (spent, asked) for currency, amount in table.items()]
        known = (run.rates.convert(amount, currency, budget.currency) or 0 for amount, currency in amounts)
        purses.append(Purse(budget.name, budget.currency, budget.amount - sum(known)))
    return purses
