"""When a clause fits a line: every condition it names must hold; one without conditions always does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from saleor_plugins.kernel.errors import Invalid

from ..reasons import Reason, Resolution
from .facts import Facts, LineFacts
from .fields import Read, amounts, country, global_id, many, one_of, table, text
from .law import EU, law_of

Test = Callable[[LineFacts, Facts, Any], bool]


@dataclass(frozen=True, slots=True)
class Condition:
    """How a condition is read and tested. `asked` ones look at what only a request tells."""

    read: Read
    holds: Test
    asked: bool = False


def _metadata(line: LineFacts, facts: Facts, wanted: Mapping[str, str]) -> bool:
    return all(line.metadata.get(key, "").strip().casefold() == value for key, value in wanted.items())


def _country(line: LineFacts, facts: Facts, wanted: tuple[str, ...]) -> bool:
    return facts.country in wanted or (EU in wanted and law_of(facts.country) == EU)


def _minimum_price(line: LineFacts, facts: Facts, least: Mapping[str, int]) -> bool:
    return line.price is not None and facts.currency in least and line.price >= least[facts.currency]


CONDITIONS: dict[str, Condition] = {
    "categories": Condition(
        many(global_id("Category")), lambda line, facts, wanted: not line.categories.isdisjoint(wanted)
    ),
    "products": Condition(many(global_id("Product")), lambda line, facts, wanted: line.product_id in wanted),
    "product_types": Condition(
        many(global_id("ProductType")), lambda line, facts, wanted: line.product_type_id in wanted
    ),
    "countries": Condition(many(country), _country),
    "channels": Condition(many(text), lambda line, facts, wanted: facts.channel in wanted),
    "customer_groups": Condition(many(text), lambda line, facts, wanted: not facts.groups.isdisjoint(wanted)),
    "metadata": Condition(table(text, lambda value, field: text(value, field).casefold()), _metadata),
    "minimum_price": Condition(amounts, _minimum_price),
    "reasons": Condition(many(one_of(Reason)), lambda line, facts, wanted: line.reason in wanted, asked=True),
    "resolutions": Condition(
        many(one_of(Resolution)), lambda line, facts, wanted: line.resolution in wanted, asked=True
    ),
}


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of a clause, by name."""

    wanted: Mapping[str, Any]

    def holds(self, line: LineFacts, facts: Facts) -> bool:
        """Whether all of them hold for the line."""
        return all(CONDITIONS[name].holds(line, facts, value) for name, value in self.wanted.items())


def read_when(value: Any, field: str, *, asked: bool) -> When:
    """`value` as conditions. Raises Invalid naming the field; `asked` allows what only requests tell."""
    if not isinstance(value, dict):
        raise Invalid("Must be an object of conditions.", field=field)
    wanted = {}
    for name, given in value.items():
        condition = CONDITIONS.get(name)
        if condition is None or (condition.asked and not asked):
            known = [key for key, each in CONDITIONS.items() if asked or not each.asked]
            raise Invalid(f"No such condition here. There are: {', '.join(known)}.", field=f"{field}.{name}")
        wanted[name] = condition.read(given, f"{field}.{name}")
    return When(wanted)
