"""What every rule has: a name, the values of its clauses, and a decision with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..policy import Policy
from .facts import Facts, LineFacts
from .fields import Read
from .law import Right

LAW, SETTINGS = "law", "settings"

# What a verdict does beside its value. Faults are the shop's to mend: some refusals are not for them.
REFUSE = "REFUSE"
REFUSE_UNLESS_FAULT = "REFUSE_UNLESS_FAULT"
REVIEW = "REVIEW"
THEN = (REFUSE, REVIEW)


class Given(NamedTuple):
    """What a rule decides by. `values` are those of the clause that fits the line, None without one."""

    line: LineFacts
    facts: Facts
    policy: Policy
    right: Right
    values: Mapping[str, Any] | None


class Verdict(NamedTuple):
    """What a rule says of a line: a `code`, and why in plain words.

    `value` is what it decided on, `effect` refuses or wants a person to look, `by` names the law where it and
    not the clause has decided.
    """

    code: str
    why: str
    value: Any = None
    effect: str = ""
    by: str = ""


def counted(number: int, one: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule: the `fields` that its clauses have, `needed` ones always, one of `any_of`, and how it decides.

    `asked` ones may look at what only a request tells. What `yields` says nothing about a withdrawal.
    """

    name: str
    fields: Mapping[str, Read]
    decide: Callable[[Given], Verdict | None]
    needed: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    asked: bool = False
    yields: bool = True
