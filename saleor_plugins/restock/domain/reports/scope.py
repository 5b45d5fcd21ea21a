"""What the reports look at."""

from __future__ import annotations

from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, Invalids

LEAST, MOST = 7, 364
LIMITS = {"dead_days": "deadDays", "days": "days"}


@dataclass(frozen=True)
class Scope:
    """Stock without a sale for `dead_days` is dead; forecasts and suppliers are judged over `days`.

    `warehouse_id` "" is every warehouse.
    """

    dead_days: int = 90
    days: int = 182
    warehouse_id: str = ""

    def checked(self) -> Scope:
        """Itself. Raises Invalids naming what is not from LEAST to MOST."""
        wrong = [
            Invalid(f"Must be from {LEAST} to {MOST}.", field=field)
            for name, field in LIMITS.items()
            if not LEAST <= getattr(self, name) <= MOST
        ]
        if wrong:
            raise Invalids(wrong)
        return self
