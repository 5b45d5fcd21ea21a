"""How well suppliers keep their word."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Record:
    """A supplier's lines that were due: `ordered` units, of which `on_time` and all in all `arrived` came.

    `late_days` a unit that came late was late, `lead_days` a unit took from ordering to arrival; None where
    none did. `damaged` and `wrong` are units of discrepancies, settled or not.
    """

    supplier: str
    orders: int
    lines: int
    ordered: int
    on_time: int
    arrived: int
    late_days: float | None = None
    lead_days: float | None = None
    damaged: int = 0
    wrong: int = 0

    @property
    def punctual(self) -> float | None:
        """The part of the ordered units that were there on their day."""
        return self.on_time / self.ordered if self.ordered else None

    @property
    def fill(self) -> float | None:
        """The part of the ordered units that came until now."""
        return self.arrived / self.ordered if self.ordered else None
