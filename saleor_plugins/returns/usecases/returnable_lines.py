"""Which units of an order may be asked to come back, and until when?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, Order, OrderLine

from .. import access, store
from ..domain.policy import WINDOW_CLOSED
from ..domain.shipped import ParcelLine, shipped
from ..models import ReturnableLine
from .case import Case, Request, Wanted, rules_now


@dataclass(frozen=True)
class Returnable:
    """An order line and where its units are. `returnable_until` is None while nothing was sent."""

    order_line_id: str
    sku: str
    name: str
    sold: int
    shipped: int
    reserved: int
    returned: int
    kept: int
    returnable_until: date | None = None
    window_open: bool = False

    @property
    def available(self) -> int:
        """Units that may be asked to come back."""
        return max(self.shipped - self.reserved - self.returned - self.kept, 0)


def returnable_lines(asker: Asker, order_id: str) -> list[Returnable]:
    """Every line of the order, the ones with nothing to return too. Raises NotFound (``orderId``)."""
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    rows, parcels = returnable(order)
    case = Case(order, parcels, None, rules_now())
    wanted = [Wanted(row.order_line_id, max(row.available, 1)) for row in rows]
    terms = case.judge(wanted, Request(asked=False))
    return [
        replace(
            row,
            returnable_until=line.until if row.order_line_id in case.since else None,
            window_open=row.order_line_id in case.since and line.refused != WINDOW_CLOSED,
        )
        for row, line in zip(rows, terms.lines, strict=True)
    ]


def returnable(order: Order) -> tuple[list[Returnable], list[ParcelLine]]:
    """The order's lines with their units, and its parcels they were counted by."""
    rows = ReturnableLine.objects.in_bulk([line.id for line in order.lines])
    parcels = store.parcel_lines(order.id)
    out = shipped(parcels, store.shown_returns(order.id))
    return [_returnable(line, rows.get(line.id), out) for line in order.lines], parcels


def _returnable(line: OrderLine, row: ReturnableLine | None, out: dict[str, int]) -> Returnable:
    return Returnable(
        order_line_id=line.id,
        sku=line.sku,
        name=line.name,
        sold=line.quantity,
        shipped=out.get(line.id, 0),
        reserved=row.reserved if row else 0,
        returned=row.returned if row else 0,
        kept=row.kept if row else 0,
    )
