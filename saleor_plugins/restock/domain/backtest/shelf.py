"""A block of needs as a replay sees them: rows are needs, columns shop days, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..clean import Mask
from ..demand import Counts, Matrix, Vector


@dataclass(frozen=True)
class Shelf:
    """Demand and terms of some needs. Money is minor units of one currency.

    `units` wanted a day, of which the first `history` days are known when the replay begins. `cost` is what a
    unit is bought for, `lost` what one loses that is wanted and not there; `order` is the price of an
    order line. `holding_rate` is a part of `cost` a year. `lead` days lie between an evening's order and its
    morning, with `lead_variance`. `minimum` and `maximum` (below zero: none) are the merchant's.
    """

    units: Matrix
    in_stock: Mask
    history: int
    cost: Vector
    lost: Vector
    order: float
    holding_rate: float
    lead: Counts
    lead_variance: Vector
    moq: Counts
    pack: Counts
    minimum: Counts
    maximum: Counts
    prior: Vector | None = None

    @property
    def count(self) -> int:
        """Needs."""
        return len(self.units)

    @property
    def days(self) -> int:
        """Days that are replayed."""
        return self.units.shape[1] - self.history

    @property
    def holding(self) -> Vector:
        """Money that a unit held costs a day."""
        return self.cost * self.holding_rate / 365


@dataclass(frozen=True)
class Past:
    """What is known on an evening: the days until then."""

    shelf: Shelf
    until: int

    @property
    def units(self) -> Matrix:
        """Demand of the known days."""
        return self.shelf.units[:, : self.until]

    @property
    def in_stock(self) -> Mask:
        """Days with something to sell, of the known ones."""
        return self.shelf.in_stock[:, : self.until]

    def pace(self, days: int | None = None) -> Vector:
        """Mean units a day, of the last `days` or of all."""
        known = self.units if days is None else self.units[:, -days:]
        return known.mean(axis=1) if known.shape[1] else np.zeros(self.shelf.count)
