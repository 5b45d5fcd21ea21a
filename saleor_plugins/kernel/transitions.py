"""State machines as tables: the code, the tests and the docs read the same rows.

A table only says what is allowed. Storing it is a conditional update
(``UPDATE ... WHERE state = seen``), so two stale processes cannot both win.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .errors import Conflict


@dataclass(frozen=True)
class Transition:
    """`verb` takes an object from any of `sources` to `target`, done by `who`."""

    verb: str
    sources: frozenset[str]
    target: str
    who: str


def transition(verb: str, sources: Iterable[str], target: str, who: str) -> Transition:
    """One row of a table."""
    return Transition(verb, frozenset(sources), target, who)


class Machine:
    """The allowed transitions of one kind of object."""

    def __init__(self, name: str, rows: Iterable[Transition]):
        self.name = name
        self.rows = tuple(rows)
        self._target = {(row.verb, source): row.target for row in self.rows for source in row.sources}

    def target(self, state: str, verb: str) -> str:
        """Where `verb` leads from `state`; raises Conflict when it is not allowed."""
        try:
            return self._target[verb, state]
        except KeyError:
            raise Conflict(f"A {self.name} that is {state} cannot {verb}.", field="state") from None

    def allows(self, state: str, verb: str) -> bool:
        """Whether `verb` is allowed in `state`."""
        return (verb, state) in self._target

    def table(self) -> str:
        """The machine as a Markdown table, for the docs."""
        lines = ["| verb | from | to | who |", "| --- | --- | --- | --- |"]
        lines += [
            f"| {row.verb} | {', '.join(sorted(row.sources))} | {row.target} | {row.who} |"
            for row in self.rows
        ]
        return "\n".join(lines)
