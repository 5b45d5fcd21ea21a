"""What stays the same over a run: the day, the policy, warehouses, currency, rates, lanes."""

from __future__ import annotations

from collections import Counter

from ...kernel import clock
from ...kernel.errors import NotFound
from ...platform import shop
from ..domain.transfers_plan import Lane
from ..models import ShopFigure
from ..settings import policy, values
from ..store import figures, promotions, rates
from ..store import lanes as ways
from .assess import Run


def open_run(warehouse_id: str | None = None) -> Run:
    """A run that begins now, over one warehouse or all. Raises NotFound (field ``warehouseId``)."""
    warehouses = {house.id: house for house in shop().warehouses()}
    if warehouse_id is not None and warehouse_id not in warehouses:
        raise NotFound("There is no such warehouse.", field="warehouseId")
    today = clock.day_of(clock.now(), shop().time_zone())
    currency, today_rates = values()["currency"] or main_currency(), rates.on(today)

    def worth(amount: int, code: str) -> float | None:
        found = today_rates.convert(amount, code, currency) if amount else 0
        return None if found is None else float(found)

    lanes = [
        Lane(row.source_id, row.target_id, row.days, worth(row.cost, row.currency)) for row in ways.active()
    ]
    return Run(
        today=today,
        policy=policy(),
        warehouses=warehouses,
        currency=currency,
        rates=today_rates,
        lanes=lanes,
        paces=figures.read(ShopFigure.PACE),
        classes=figures.read(ShopFigure.ABC),
        uplift=figures.read(ShopFigure.UPLIFT).get("", 1.0),
        told=promotions.any_known(),
        seasons=figures.seasons(),
        warehouse_id=warehouse_id,
    )


def main_currency() -> str:
    """The currency that most channels sell in, the first by name of several."""
    counted = Counter(shop().currencies().values())
    return min(counted, key=lambda code: (-counted[code], code)) if counted else "USD"
