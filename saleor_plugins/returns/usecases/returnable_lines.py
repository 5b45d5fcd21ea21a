"""Which units of an order may be asked to come back?"""

from __future__ import annotations

from dataclasses import dataclass

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access, store
from ..domain.shipped import shipped
from ..models import ReturnableLine


@dataclass(frozen=True)
class Returnable:
    """An order line and where its units are."""

    order_line_id: str
    sku: str
    name: str
    sold: int
    shipped: int
    reserved: int
    returned: int

    @property
    def available(self) -> int:
        """Units that may be asked to come back."""
        return max(self.shipped - self.reserved - self.returned, 0)


def returnable_lines(asker: Asker, order_id: str) -> list[Returnable]:
    """Every line of the order, the ones with nothing to return too. Raises NotFound (``orderId``)."""
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    rows = ReturnableLine.objects.in_bulk([line.id for line in order.lines])
    out = shipped(store.parcel_lines(order_id), store.shown_returns(order_id))
    found = []
    for line in order.lines:
        row = rows.get(line.id)
        reserved, returned = (row.reserved, row.returned) if row else (0, 0)
        found.append(
            Returnable(line.id, line.sku, line.name, line.quantity, out.get(line.id, 0), reserved, returned)
        )
    return found
