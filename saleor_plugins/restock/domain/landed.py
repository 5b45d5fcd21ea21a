"""What goods cost in the end: freight and duty shared out, and the moving average of what was paid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from saleor_plugins.kernel.money import apportion

VALUE, UNITS = "VALUE", "UNITS"


@dataclass(frozen=True)
class Weight:
    """What a line of an order is of it: `units` that came or are still owed, and their `value`."""

    units: int
    value: int


def share(amount: int, by: str, weights: Mapping[str, Weight]) -> dict[str, int]:
    """`amount` of an order on its lines, by value or by units: the parts add up to the minor unit.

    Largest remainder; ties go to the earlier line. Lines without units bear nothing; where none has any,
    nobody does and the answer is empty. Goods without a value bear it by units.
    """
    borne = {line: weight for line, weight in weights.items() if weight.units}
    if not borne:
        return {}
    values = [weight.value if by == VALUE else weight.units for weight in borne.values()]
    if not any(values):
        values = [weight.units for weight in borne.values()]
    return dict(zip(borne, apportion(amount, values), strict=True))


def per_unit(costs: Iterable[tuple[str, int]], weights: Mapping[str, Weight]) -> dict[str, Fraction]:
    """What a unit of each line bears of several `costs`, given as (by, amount): minor units, exactly."""
    borne: dict[str, int] = {}
    for by, amount in costs:
        for line, part in share(amount, by, weights).items():
            borne[line] = borne.get(line, 0) + part
    return {line: Fraction(total, weights[line].units) for line, total in borne.items()}


@dataclass(frozen=True)
class Arrived:
    """Units that came at `cost` each, None where nobody knows; `before` lay in the shop then."""

    quantity: int
    before: int
    cost: Fraction | None


def moving_average(arrived: Sequence[Arrived]) -> Fraction | None:
    """The moving average cost of a unit, oldest arrival first; None while no cost is known.

    Each arrival is averaged with what lay there, and what is sold leaves at the average (IAS 2, paragraph
    27). Units that lay there before the first known cost, or came without one, take the average on.
    """
    average: Fraction | None = None
    for each in arrived:
        if each.cost is None:
            continue
        before = max(each.before, 0)
        if average is None or not before:
            average = each.cost
        else:
            average = (average * before + each.cost * each.quantity) / (before + each.quantity)
    return average
