"""How good forecasts were."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sums:
    """Of `count` forecasts: units expected, units that sold, and how far each was off, added up."""

    count: int = 0
    expected: float = 0.0
    actual: float = 0.0
    off: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count,
            self.expected + other.expected,
            self.actual + other.actual,
            self.off + other.off,
        )

    @property
    def wape(self) -> float | None:
        """The error as a part of what sold (weighted absolute percentage error); None when nothing did."""
        return self.off / self.actual if self.actual > 0 else None

    @property
    def bias(self) -> float | None:
        """What was expected too much, as a part of what sold; below zero: too little."""
        return (self.expected - self.actual) / self.actual if self.actual > 0 else None
