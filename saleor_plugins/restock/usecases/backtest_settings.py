"""What a what-if run compares: checked once, stored with its row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ...kernel.errors import Invalid, Invalids
from ...platform import shop
from ..domain.backtest import rules
from ..domain.backtest.rules import Rule

LEAST_DAYS, MOST_DAYS = 28, 364
HISTORY_DAYS = 182
"""Days that the rules know when the replay begins."""

MOST_RULES = 5


@dataclass(frozen=True)
class Settings:
    """`days` are replayed after the history; `services` in percent, `covers` are (low, high) days."""

    days: int
    warehouse_id: str = ""
    services: list[float] = field(default_factory=list)
    covers: list[list[int]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """What the row keeps."""
        return asdict(self)

    @property
    def rules(self) -> list[Rule]:
        """The columns, ours first."""
        own = [rules.by_cost(), *(rules.by_service(level / 100) for level in self.services)]
        covers = [rules.cover(low, high) for low, high in self.covers]
        known = {rule.key for rule in covers}
        usual = [rule for rule in rules.baselines() if rule.key not in known]
        return [*own, rules.limits(), *covers, *usual]


def checked(
    days: int,
    *,
    warehouse_id: str | None = None,
    services: Sequence[float] = (),
    covers: Sequence[Sequence[int]] = (),
) -> Settings:
    """The settings, or Invalids for ``days``, ``warehouseId``, ``services.i``, ``covers.i``."""
    wrong = []
    if not LEAST_DAYS <= days <= MOST_DAYS:
        wrong.append(Invalid(f"Must be from {LEAST_DAYS} to {MOST_DAYS}.", field="days"))
    if warehouse_id and warehouse_id not in {house.id for house in shop().warehouses()}:
        wrong.append(Invalid("There is no such warehouse.", field="warehouseId"))
    for name, given in (("services", services), ("covers", covers)):
        if len(given) > MOST_RULES:
            wrong.append(Invalid(f"At most {MOST_RULES}.", field=name))
    for index, level in enumerate(services):
        if not 50 <= level <= 99.9:
            wrong.append(Invalid("Must be from 50 to 99.9.", field=f"services.{index}"))
    for index, (low, high) in enumerate(covers):
        if not 0 < low < high <= 730:
            wrong.append(Invalid("Must be two numbers of days, the smaller first.", field=f"covers.{index}"))
    if wrong:
        raise Invalids(wrong)
    unique = sorted({round(float(level), 2) for level in services})
    return Settings(days, warehouse_id or "", unique, [list(pair) for pair in covers])
