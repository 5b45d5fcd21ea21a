"""What goes out to a supplier: an order as it stood when it was sent, and what is different from before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class PaperLine:
    """`quantity` units at `price` (minor units) each; `sku` is the shop's, `supplier_sku` theirs."""

    id: str
    sku: str
    supplier_sku: str
    name: str
    quantity: int
    price: int

    @property
    def total(self) -> int:
        """What the line costs, in minor units."""
        return self.quantity * self.price


@dataclass(frozen=True)
class Change:
    """A line that is not what it was; a `before` or `after` of 0 units: it was not there."""

    sku: str
    supplier_sku: str
    name: str
    before: int
    after: int
    price_before: int
    price_after: int


@dataclass(frozen=True)
class Paper:
    """A revision of an order, or (`cancels`) the word that what is owed of it is not wanted any more.

    Days are ISO; `until` is when its link ends, in seconds since 1970. `replaces` is the revision that the
    supplier had before, `changes` what is different.
    """

    number: int
    revision: int
    cancels: bool
    language: str
    currency: str
    placed_on: str
    wanted_on: str | None
    until: int
    paper: str
    shop: str
    sender: tuple[str, ...]
    reply_to: str
    supplier: str
    deliver_to: tuple[str, ...]
    lines: tuple[PaperLine, ...]
    replaces: int | None = None
    changes: tuple[Change, ...] = ()

    @property
    def total(self) -> int:
        """What all of it costs, in minor units."""
        return sum(line.total for line in self.lines)

    @property
    def units(self) -> int:
        """All units."""
        return sum(line.quantity for line in self.lines)

    @property
    def placed(self) -> date:
        """The day it was placed on."""
        return date.fromisoformat(self.placed_on)

    @property
    def wanted(self) -> date | None:
        """The day it is wanted on."""
        return date.fromisoformat(self.wanted_on) if self.wanted_on else None

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def read(stored: Mapping[str, Any]) -> Paper:
    """A paper from its JSON."""
    tuples = {name: tuple(stored[name]) for name in ("sender", "deliver_to")}
    lines = tuple(PaperLine(**line) for line in stored["lines"])
    changes = tuple(Change(**change) for change in stored["changes"])
    return Paper(**{**stored, **tuples, "lines": lines, "changes": changes})


def compare(before: Sequence[PaperLine], after: Iterable[PaperLine]) -> tuple[Change, ...]:
    """What is different, in the new order; what is gone comes last."""
    old = {line.id: line for line in before}
    found = []
    for line in after:
        was = old.pop(line.id, None)
        if was is None or (was.quantity, was.price) != (line.quantity, line.price):
            found.append(_change(was, line))
    return (*found, *(_change(line, None) for line in old.values()))


def _change(before: PaperLine | None, after: PaperLine | None) -> Change:
    shown = after or before
    assert shown is not None
    return Change(
        shown.sku,
        shown.supplier_sku,
        shown.name,
        before.quantity if before else 0,
        after.quantity if after else 0,
        before.price if before else 0,
        after.price if after else 0,
    )
