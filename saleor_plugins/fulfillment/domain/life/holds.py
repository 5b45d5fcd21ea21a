"""Which orders a person looks at before they are routed: the policy's hold rules, one a function.

A rule is ``{"rule": NAME, ...}``. Amounts are minor units.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ....kernel.money import from_minor

MANUAL = "MANUAL"
LOOP = "LOOP"

# Post boxes as they are written where parcels go; a street called "Boxberg 3" is none.
_PO_BOX = re.compile(
    r"\b(?:(?:p\.?\s*o\.?\s*box|post(?:\s+office)?\s*box|postfach|postbus|postboks|bo[iî]te\s+postale|"
    r"casella\s+postale|caixa\s+postal|skrytka\s+pocztowa)(?![^\W\d_])|"
    r"(?:pob|b\.?p\.?|c\.?p\.|apartado(?:\s+(?:de\s+correos|postal))?)\s*\d)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Case:
    """What hold rules look at. `quantity` counts all ordered units; `address` are its lines of text."""

    total: int
    currency: str
    country: str
    quantity: int
    address: Sequence[str] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A rule that holds the order, why, and what it found: the same find is the same hold."""

    code: str
    reason: str
    found: str


Rule = Callable[[Mapping[str, Any], Case], Match | None]


def total_above(rule: Mapping[str, Any], case: Case) -> Match | None:
    """The order costs more than an amount of the same currency."""
    if case.currency != rule["currency"] or case.total <= rule["amount"]:
        return None
    limit = f"{from_minor(rule['amount'], case.currency)} {case.currency}"
    return Match("TOTAL_ABOVE", f"Its total is above {limit}.", f"{case.total}")


def destination_in(rule: Mapping[str, Any], case: Case) -> Match | None:
    """It goes to one of the countries."""
    if case.country not in rule["countries"]:
        return None
    return Match("DESTINATION_IN", f"It goes to {case.country}.", case.country)


def quantity_above(rule: Mapping[str, Any], case: Case) -> Match | None:
    """It has more units than that."""
    if case.quantity <= rule["quantity"]:
        return None
    return Match("QUANTITY_ABOVE", f"It has more than {rule['quantity']} units.", f"{case.quantity}")


def metadata(rule: Mapping[str, Any], case: Case) -> Match | None:
    """Its public metadata says so; without a value any will do."""
    key, wanted = rule["key"], rule.get("value")
    value = case.metadata.get(key)
    if value is None or wanted not in (None, "", value):
        return None
    return Match("METADATA", f'Its metadata has "{key}".', f"{key}={value}")


def po_box(rule: Mapping[str, Any], case: Case) -> Match | None:
    """It goes to a post box, where most carriers leave nothing."""
    if not any(_PO_BOX.search(line) for line in case.address):
        return None
    return Match("PO_BOX", "It goes to a post box.", "|".join(case.address))


RULES: Mapping[str, Rule] = {
    "TOTAL_ABOVE": total_above,
    "DESTINATION_IN": destination_in,
    "QUANTITY_ABOVE": quantity_above,
    "METADATA": metadata,
    "PO_BOX": po_box,
}


def matches(rules: Iterable[Mapping[str, Any]], case: Case) -> list[Match]:
    """Every rule that holds the order, in the merchant's order. Raises KeyError for an unknown rule."""
    found = (RULES[rule["rule"]](rule, case) for rule in rules)
    return [match for match in found if match]


def found_hash(found: Iterable[Match]) -> str:
    """A hash of what the rules found: neither the address nor the total can be read from it."""
    text = "\n".join(sorted(f"{match.code} {match.found}" for match in found))
    return hashlib.sha256(text.encode()).hexdigest()
