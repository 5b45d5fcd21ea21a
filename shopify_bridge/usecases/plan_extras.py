"""Publications and translations of products: the pure plan, with what the tables and the store know."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from ..domain import extras
from ..domain.model import Product
from ..domain.plan import Action
from ..models import Kind
from .check_extras import facts, refusals, sound
from .sides import Sides


def said(sides: Sides) -> extras.Said:
    """Which texts were written for a thing; asked only where one differs."""
    rows = sides.mappings(Kind.TEXTS)
    return lambda key: rows.filter(key=key).values_list("echo", flat=True).first() or {}


class Extras:
    """Plans publications and translations, product by product."""

    def __init__(self, sides: Sides):
        self._sides, self._policy, self._said = sides, sound(sides), said(sides)
        self._ways = facts(sides).ways

    def add(
        self, wanted: Product, seen: Product | None, changed: AbstractSet[str] = frozenset()
    ) -> list[Action]:
        """What one product needs; `seen` is None when it is made, `changed` the fields the plan writes."""
        return extras.plan_extras(wanted, seen, self._policy, self._said, self._ways, changed)

    def refusals(self) -> Iterator[Action]:
        """The settings that cannot be followed, one action each."""
        return refusals(self._sides)
