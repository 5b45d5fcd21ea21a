"""Lines of requests that no rule tells apart: judging one of them judges them all.

Rules compare values with limits, days with windows, and look for what their clauses name. Where two lines,
and the requests around them, fall on the same sides of all limits the verdicts are the same, but for the
dates and names in their words. That makes a simulation of many requests about as fast as reading them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..policy import Policy
from ..rules.book import Book
from ..rules.facts import Facts, History, LineFacts
from ..rules.law import EU, Right, law_of

Limits = Mapping[str, Sequence[int]]
"""Amounts in minor units by currency, ascending."""


class Alike:
    """Tells requests and their lines apart as far as `book` does, `policy` where it is silent."""

    def __init__(self, policy: Policy, book: Book):
        self._rows = [(name, each) for name, rows in book.clauses.items() for each in rows]
        named = {name: self._named(name) for name in ("categories", "products", "product_types", "metadata")}
        self.categories, self.products = named["categories"], named["products"]
        self.types, self.keys = named["product_types"], sorted(named["metadata"])
        self.countries, self.channels = self._named("countries"), self._named("channels")
        self.groups = self._named("customer_groups")
        self.days = sorted({policy.window_days, *self._numbers("window", "days")})
        self.per_line = sorted(self._numbers("quantity", "per_line"))
        self.per_request = sorted(self._numbers("quantity", "per_request"))
        self.keep, self.most = self._amounts("keep", "below"), self._amounts("value", "most")
        self.prices = _ascending(each.when.wanted.get("minimum_price", {}) for _, each in self._rows)
        self.spans = {days: self._limits(days) for days in book.spans}
        self._places: dict[str, tuple[str, str]] = {}

    def request(self, facts: Facts) -> Any:
        """Equal for requests that are alike but for their lines."""
        return (
            facts.currency,
            self._place(facts.country),
            facts.channel if facts.channel in self.channels else "",
            facts.groups & self.groups,
            facts.withdrawal,
            facts.by_staff,
            facts.method,
            bisect_left(self.per_request, facts.units) if self.per_request else 0,
            _above(self.most, facts.currency, facts.value) if self.most else 0,
            tuple([self._past(facts.currency, days, each) for days, each in facts.history.items()]),
        )

    def line(self, facts: Facts, line: LineFacts, right: Right) -> Any:
        """Equal for lines that are alike, of requests that are."""
        return (
            line.categories & self.categories,
            line.product_id if line.product_id in self.products else "",
            line.product_type_id if line.product_type_id in self.types else "",
            tuple([line.metadata.get(key, "") for key in self.keys]),
            right.exception,
            right.open,
            None if line.since is None else bisect_left(self.days, (facts.today - line.since).days),
            bisect_left(self.per_line, line.quantity),
            _reached(self.keep, facts.currency, line.value),
            _reached(self.prices, facts.currency, line.price),
            line.reason,
            line.resolution,
        )

    def _place(self, country: str) -> tuple[str, str]:
        """The law there, and the country if a clause names it or the Union it is part of."""
        if country not in self._places:
            law = law_of(country)
            named = country in self.countries or (law == EU and EU in self.countries)
            self._places[country] = (law, country if named else "")
        return self._places[country]

    def _past(self, currency: str, days: int, past: History) -> Any:
        if days not in self.spans:
            return None
        returns, units, values = self.spans[days]
        return (
            bisect_right(returns, past.returns),
            bisect_right(units, past.units),
            _reached(values, currency, past.value),
        )

    def _limits(self, days: int) -> tuple[list[int], list[int], Limits]:
        """Of customers' returns in so many days: how many, how many units, how much."""
        mine = [each.values for name, each in self._rows if name == "serial" and each.values["days"] == days]
        returns, units = ({row[name] for row in mine if name in row} for name in ("returns", "units"))
        return sorted(returns), sorted(units), _ascending(row.get("value", {}) for row in mine)

    def _named(self, condition: str) -> frozenset[str]:
        return frozenset(key for _, each in self._rows for key in each.when.wanted.get(condition, ()))

    def _numbers(self, rule: str, value: str) -> set[int]:
        return {each.values[value] for name, each in self._rows if name == rule and value in each.values}

    def _amounts(self, rule: str, value: str) -> Limits:
        return _ascending(each.values.get(value, {}) for name, each in self._rows if name == rule)


def _ascending(listed: Iterable[Mapping[str, int]]) -> Limits:
    found: dict[str, set[int]] = {}
    for amounts in listed:
        for code, amount in amounts.items():
            found.setdefault(code, set()).add(amount)
    return {code: sorted(amounts) for code, amounts in found.items()}


def _reached(limits: Limits, currency: str, value: int | None) -> int | None:
    """How many of the limits `value` is, or is above."""
    return None if value is None else bisect_right(limits.get(currency, ()), value)


def _above(limits: Limits, currency: str, value: int | None) -> int | None:
    """How many of the limits `value` is above."""
    return None if value is None else bisect_left(limits.get(currency, ()), value)
