"""What a plan has to say besides its actions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

# So many words of one plan are kept; the rest is counted.
MOST = 1000


@dataclass(frozen=True)
class Linked:
    """A product of the merchant that was found by a SKU and is to be linked."""

    key: str
    title: str
    gid: str
    found: str
    changes: int


@dataclass
class Notes:
    """Words for the merchant that are no changes, how much was compared, and what is new in the mirror.

    `strangers`: products in Shopify that are the merchant's own, which nothing touches.
    """

    lines: list[str] = field(default_factory=list)
    more: int = 0
    products: int = 0
    orders: int = 0
    linked: list[Linked] = field(default_factory=list)
    strangers: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def say(self, line: str) -> None:
        """Keep a word, or count it when there are too many."""
        if len(self.lines) < MOST:
            self.lines.append(line)
        else:
            self.more += 1

    def link(self, linked: Linked) -> None:
        """Keep a product that is to be linked."""
        self.counts["linked"] += 1
        if len(self.linked) < MOST:
            self.linked.append(linked)

    def report(self) -> dict[str, Any]:
        """What a first run would do to what is there: for showing before anything is written."""
        return {
            "found_by_sku": self.counts["linked"],
            "made": self.counts["create"],
            "refused": self.counts["refuse"],
            "left_alone": self.strangers,
            "examples": [
                {
                    "key": item.key,
                    "title": item.title,
                    "gid": item.gid,
                    "found": item.found,
                    "changes": item.changes,
                }
                for item in self.linked[:20]
            ],
        }
