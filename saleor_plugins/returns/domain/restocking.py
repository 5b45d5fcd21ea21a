"""To which warehouse do returned goods go? Every choice says why, and what it falls back to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from haversine import haversine

from .tables import Way

Position = tuple[float, float]
WHY = 200


class Rule(StrEnum):
    """How the merchant wants the warehouse to be chosen."""

    ARRIVED = "ARRIVED"
    ORIGIN = "ORIGIN"
    NEAREST = "NEAREST"
    CHEAPEST = "CHEAPEST"
    SPECIALISED = "SPECIALISED"
    FIXED = "FIXED"


@dataclass(frozen=True)
class House:
    """A warehouse that exists. `sells`: shoppers of the order's channel are served from it."""

    id: str
    name: str
    position: Position | None = None
    sells: bool = True


@dataclass(frozen=True)
class Facts:
    """What the rules look at.

    `arrived` is where the parcel is, "" while the customer has it; `position` and `country` are where the
    goods are now. `origin` shipped them. `goods` is their class, `fixed` the merchant's one warehouse.
    """

    houses: tuple[House, ...]
    arrived: str = ""
    origin: str = ""
    position: Position | None = None
    country: str = ""
    goods: str = ""
    fixed: str = ""
    costs: tuple[Way, ...] = ()
    specialists: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """The warehouse, "" when none is left to choose, and the rule that chose it, in words."""

    warehouse_id: str
    why: str


class _Nowhere(Exception):
    """The rule finds no warehouse; the text says why not."""


def choose(rule: Rule, facts: Facts) -> Choice:
    """The rule's warehouse, else the one where the goods are, else the one that shipped them.

    The same facts in any order give the same choice: what is equal is decided by name, then by id.
    """
    find = _RULES[rule]
    try:
        house, why = find(facts)
    except _Nowhere as reason:
        return _fallback(rule, facts, str(reason))
    return Choice(house.id, f"{rule.value}: {why}"[:WHY])


def choose_common(rule: Rule, several: Iterable[tuple[Facts, int]]) -> Choice:
    """One warehouse for goods of several kinds: what is best for most units."""
    units: dict[Choice, int] = {}
    for facts, quantity in several:
        choice = choose(rule, facts)
        units[choice] = units.get(choice, 0) + quantity
    totals: dict[str, int] = {}
    for choice, quantity in units.items():
        totals[choice.warehouse_id] = totals.get(choice.warehouse_id, 0) + quantity
    if not totals:
        return Choice("", f"{rule.value}: nothing is to come.")
    best = min(totals, key=lambda key: (not key, -totals[key], key))
    mine = [choice for choice in units if choice.warehouse_id == best]
    why = min(mine, key=lambda choice: (-units[choice], choice.why)).why
    if len(totals) > 1:
        why = f"{why} (for {totals[best]} of {sum(totals.values())} units)"
    return Choice(best, why[:WHY])


def _fallback(rule: Rule, facts: Facts, reason: str) -> Choice:
    tail = "no warehouse is left"
    for key, words in ((facts.arrived, "where it arrived"), (facts.origin, "the warehouse that shipped it")):
        if house := _by_id(facts, key):
            return Choice(house.id, _fit(f"{rule.value}: {reason}", f"; {words}"))
        if key:
            tail = f"{words} no longer exists"
    return Choice("", _fit(f"{rule.value}: {reason}", f"; {tail}"))


def _fit(text: str, tail: str) -> str:
    """Both within the column: the reason is cut, never the outcome."""
    return text[: WHY - len(tail)] + tail


def _arrived(facts: Facts) -> tuple[House, str]:
    if not facts.arrived:
        raise _Nowhere("it has not arrived")
    if house := _by_id(facts, facts.arrived):
        return house, "where it arrived"
    raise _Nowhere("where it arrived no longer exists")


def _origin(facts: Facts) -> tuple[House, str]:
    if not facts.origin:
        raise _Nowhere("nobody knows who shipped it")
    if house := _by_id(facts, facts.origin):
        return house, "the warehouse that shipped it"
    raise _Nowhere("the warehouse that shipped it no longer exists")


def _nearest(facts: Facts) -> tuple[House, str]:
    if facts.position is None:
        raise _Nowhere("nobody knows where the goods are")
    sellers = _sellers(facts)
    known = [house for house in sellers if house.position]
    if not known:
        raise _Nowhere("no warehouse has a known position")
    # A metre, so that the same place is the same distance on every machine.
    far = {house.id: round(haversine(facts.position, house.position, check=False), 3) for house in known}
    # Of equals, where the goods are already.
    best = min(known, key=lambda house: (far[house.id], house.id != facts.arrived, house.name, house.id))
    unknown = len(sellers) - len(known)
    note = f"; {unknown} without a known position" if unknown else ""
    return best, f"{best.name[:100]}, {far[best.id]:.0f} km away{note}"


def _cheapest(facts: Facts) -> tuple[House, str]:
    sellers = {house.id: house for house in _sellers(facts)}
    costs = _ways_from_here(facts)
    if facts.arrived in sellers:
        costs[facts.arrived] = Decimal(0)
    possible = [house for key, house in sellers.items() if key in costs]
    if not possible:
        raise _Nowhere("the table has no way from here to a warehouse that sells")
    best = min(possible, key=lambda h: (costs[h.id], h.id != facts.arrived, h.name, h.id))
    where = "it stays" if best.id == facts.arrived else f"{best.name[:100]} costs {costs[best.id]:f}"
    return best, f"{where}, {len(possible)} of {len(sellers)} warehouses were possible"


def _ways_from_here(facts: Facts) -> dict[str, Decimal]:
    """What it costs to send the goods from where they are, by warehouse; a country's way counts second."""
    here: dict[str, Decimal] = {}
    country: dict[str, Decimal] = {}
    for way in facts.costs:
        end = _named(facts, way.end)
        if end is None:
            continue
        start = _named(facts, way.start)
        if start is not None and start.id == facts.arrived:
            here[end.id] = min(way.cost, here.get(end.id, way.cost))
        elif start is None and facts.country and way.start.upper() == facts.country.upper():
            country[end.id] = min(way.cost, country.get(end.id, way.cost))
    return country | here


def _specialised(facts: Facts) -> tuple[House, str]:
    goods = facts.goods.strip().casefold()
    if not goods:
        raise _Nowhere("the goods have no return_class")
    wanted = facts.specialists.get(goods)
    if wanted is None:
        raise _Nowhere(f"no warehouse is named for {goods[:60]}")
    house = _named(facts, wanted)
    if house is None:
        raise _Nowhere(f"no one warehouse is {wanted[:60]}, named for {goods[:60]}")
    return house, f"{house.name[:60]} takes {goods[:60]}"


def _fixed(facts: Facts) -> tuple[House, str]:
    if not facts.fixed:
        raise _Nowhere("no warehouse is set")
    if house := _by_id(facts, facts.fixed):
        return house, f"{house.name[:100]} takes everything"
    raise _Nowhere("the warehouse that was set no longer exists")


def _sellers(facts: Facts) -> tuple[House, ...]:
    """The warehouses from which shoppers are served; all of them when that is none."""
    return tuple(house for house in facts.houses if house.sells) or facts.houses


def _by_id(facts: Facts, key: str) -> House | None:
    return next((house for house in facts.houses if house.id == key), None) if key else None


def _named(facts: Facts, name: str) -> House | None:
    """The warehouse with this id or, when it is the only one, this name."""
    if house := _by_id(facts, name):
        return house
    same = [house for house in facts.houses if house.name.strip().casefold() == name.strip().casefold()]
    return same[0] if len(same) == 1 else None


_RULES = {
    Rule.ARRIVED: _arrived,
    Rule.ORIGIN: _origin,
    Rule.NEAREST: _nearest,
    Rule.CHEAPEST: _cheapest,
    Rule.SPECIALISED: _specialised,
    Rule.FIXED: _fixed,
}
