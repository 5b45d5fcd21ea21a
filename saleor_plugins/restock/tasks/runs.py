"""The daily look at the shop."""

from __future__ import annotations

from datetime import timedelta

from ...delivery import Message, Retry, emit, subscribe, sweeper
from ...kernel import clock
from ...kernel.errors import Conflict

AGAIN = timedelta(minutes=2)
"""How long a run waits for one over the same warehouses to end."""


@subscribe("restock.run_due", name="restock.replenish", atomic=False)
def replenish(message: Message) -> None:
    """Look through the shop. Repeatable: a second run proposes nothing twice."""
    from ..settings import active
    from ..usecases.replenish import replenish as run

    if active():
        try:
            run(warehouse_id=message.data.get("warehouseId"))
        except Conflict as error:
            raise Retry(error.message, after=AGAIN) from error


@sweeper("restock.daily")
def daily() -> None:
    """Once in each of the shop's days."""
    from ...platform import shop
    from ..settings import active

    if active():
        day = clock.day_of(clock.now(), shop().time_zone())
        emit("restock.run_due", {"day": day.isoformat()}, key=day.isoformat())
