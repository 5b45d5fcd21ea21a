"""A merchant's rulebook: clauses by rule, the first that fits a line wins.

{"window": [{"when": {"countries": ["US"]}, "days": 60}, {"days": 30}], "final_sale": [...], ...}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from saleor_plugins.kernel.errors import Invalid, Invalids, Required

from . import (
    approve,
    expiry,
    fees,
    final_sale,
    keep,
    methods,
    postage,
    quantity,
    reasons,
    refund_on,
    resolutions,
    serial,
    value,
    window,
)
from .facts import Facts, LineFacts
from .kind import Kind
from .when import When, read_when

# In the order in which they are judged: who is refused by several learns of the first.
KINDS: tuple[Kind, ...] = tuple(
    rule.KIND
    for rule in (
        final_sale,
        window,
        serial,
        reasons,
        resolutions,
        quantity,
        value,
        approve,
        fees,
        postage,
        methods,
        keep,
        expiry,
        refund_on,
    )
)
BY_NAME = {kind.name: kind for kind in KINDS}

MOST_CLAUSES = 100
MOST_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of a rule: `label` is its place, from 0."""

    label: str
    when: When
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Book:
    """The clauses of each rule, in the merchant's order."""

    clauses: Mapping[str, tuple[Clause, ...]]

    @classmethod
    def read(cls, document: Any) -> Book:
        """A book of a JSON document. Raises Invalids naming every bad field: ``document.window.0.days``."""
        if not isinstance(document, dict):
            raise Invalids([Invalid("Must be an object of rules.", field="document")])
        if len(json.dumps(document)) > MOST_CHARACTERS:
            raise Invalids([Invalid(f"Must have at most {MOST_CHARACTERS} characters.", field="document")])
        errors: list[Invalid] = []
        clauses = {name: _rule(name, rows, errors) for name, rows in document.items()}
        if errors:
            raise Invalids(errors)
        return cls(clauses)

    def first(self, rule: str, line: LineFacts, facts: Facts) -> Clause | None:
        """The clause of `rule` that counts for the line."""
        for each in self.clauses.get(rule, ()):
            if each.when.holds(line, facts):
                return each
        return None

    def uses(self, condition: str) -> bool:
        """Whether any clause asks for `condition`: what nobody asks for need not be read."""
        return any(condition in clause.when.wanted for rows in self.clauses.values() for clause in rows)

    @property
    def spans(self) -> frozenset[int]:
        """The spans of days over which limits on a customer's returns are counted."""
        return frozenset(clause.values["days"] for clause in self.clauses.get("serial", ()))


EMPTY = Book({})


def _rule(name: str, rows: Any, errors: list[Invalid]) -> tuple[Clause, ...]:
    """The clauses of a rule that can be read; what cannot be is added to `errors`."""
    field, kind = f"document.{name}", BY_NAME.get(name)
    if kind is None:
        errors.append(Invalid(f"No such rule. There are: {', '.join(BY_NAME)}.", field=field))
    elif not isinstance(rows, list) or len(rows) > MOST_CLAUSES:
        errors.append(Invalid(f"Must be a list of at most {MOST_CLAUSES} clauses.", field=field))
    else:
        return tuple(_clause(kind, f"{field}.{i}", str(i), row, errors) for i, row in enumerate(rows))
    return ()


def _clause(kind: Kind, field: str, label: str, row: Any, errors: list[Invalid]) -> Clause:
    values: dict[str, Any] = {}
    when = When({})
    if not isinstance(row, dict):
        errors.append(Invalid("Must be an object.", field=field))
        return Clause(label, when, values)
    for name in kind.needed:
        if name not in row:
            errors.append(Required("Must be given.", field=f"{field}.{name}"))
    if kind.any_of and not any(name in row for name in kind.any_of):
        errors.append(Required(f"Give one of: {', '.join(kind.any_of)}.", field=field))
    for name, given in row.items():
        try:
            if name == "when":
                when = read_when(given, f"{field}.when", asked=kind.asked)
            elif name in kind.fields:
                values[name] = kind.fields[name](given, f"{field}.{name}")
            else:
                known = ", ".join(("when", *kind.fields))
                raise Invalid(f"Has no such value. There are: {known}.", field=f"{field}.{name}")
        except Invalid as error:
            errors.append(error)
    return Clause(label, when, values)
