"""What only a look at the whole shop can tell: the pace of categories, and who belongs to class A."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .borrow import prior
from .classes import abc
from .demand import Vector


def paces(average: Vector, days: Vector, categories: Sequence[str]) -> dict[str, float]:
    """Units a day that a product of each category usually sells; "" is the whole shop's.

    `average` units a day of each product over its known `days`; "" is no category.
    """
    names = sorted({name for name in categories if name})
    number = {name: at for at, name in enumerate(names)}
    if not len(average):
        return {}
    rows = np.array([number.get(name, -1) for name in categories] + [-1], dtype=np.int64)
    # One more row, which nobody has seen and which has no category, is answered the shop's.
    found = prior(np.append(average, 0.0), np.append(days, 0).astype(np.int64), rows)
    answer = {name: float(pace) for name, pace in zip(categories, found, strict=False) if name}
    return {"": float(found[-1])} | answer


def limits(turnover: Vector) -> dict[str, float]:
    """The least turnover of classes A and B; a class without members is left out."""
    letters = abc(turnover)
    return {name: float(turnover[letters == name].min()) for name in "AB" if (letters == name).any()}


def letter(turnover: float, found: Mapping[str, float]) -> str:
    """The class of a product by the limits of its shop."""
    return next((name for name in "AB" if name in found and turnover >= found[name]), "C")
