"""Outcomes of all blocks added up, and set beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .replay import Outcome
from .rules import Rule

SUMS = ("ordering", "holding", "losing", "wanted", "served", "lines", "bought", "value", "left")


@dataclass
class Column:
    """A rule's sums: money in minor units; `value` is the stock at cost, summed over needs and days."""

    key: str
    title: str
    sums: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SUMS, 0.0))

    @classmethod
    def of(cls, rule: Rule) -> Column:
        """An empty column for the rule."""
        return cls(rule.key, rule.title)

    def add(self, found: Outcome) -> None:
        """Add a block."""
        for name in SUMS:
            self.sums[name] += float(getattr(found, name).sum())

    @property
    def cost(self) -> float:
        """Order lines, stock held, sales lost."""
        return self.sums["ordering"] + self.sums["holding"] + self.sums["losing"]

    def shown(self, days: int, least: float) -> dict[str, Any]:
        """JSON of the column; `least` is the clairvoyant's cost."""
        wanted = self.sums["wanted"]
        return {
            "key": self.key,
            "title": self.title,
            "cost": round(self.cost),
            "ordering": round(self.sums["ordering"]),
            "holding": round(self.sums["holding"]),
            "losing": round(self.sums["losing"]),
            "overClairvoyant": self.cost / least if least > 0 else None,
            "fill": self.sums["served"] / wanted if wanted else None,
            "stockValue": round(self.sums["value"] / days) if days else 0,
            "orderLines": round(self.sums["lines"]),
            "unitsBought": round(self.sums["bought"]),
            "unitsLost": round(wanted - self.sums["served"]),
            "unitsLeft": round(self.sums["left"]),
        }


def beside(columns: Sequence[Column], days: int) -> list[dict[str, Any]]:
    """All columns as JSON; the last one is the clairvoyant's."""
    least = columns[-1].cost if columns else 0.0
    return [column.shown(days, least) for column in columns]
