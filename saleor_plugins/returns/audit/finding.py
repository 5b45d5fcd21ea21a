"""One difference."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

FIELDS = ("order", "number", "what", "id", "field", "stored", "rebuilt", "unseen")


@dataclass(frozen=True)
class Finding:
    """`field` of the object `what` `id` is `stored`, and should be `rebuilt`.

    `unseen`: the shop has moved on, and the desk will take that over when it next opens the order; no
    promise is broken.
    """

    order: str
    number: str
    what: str
    id: str
    field: str
    stored: Any
    rebuilt: Any
    unseen: bool = False

    def __str__(self) -> str:
        note = " (not seen yet)" if self.unseen else ""
        return (
            f"Order {self.number}: {self.what} {self.id}: {self.field} is {self.stored}, "
            f"should be {self.rebuilt}{note}"
        )

    def row(self) -> dict[str, Any]:
        """By name, for CSV and JSON."""
        return asdict(self)
