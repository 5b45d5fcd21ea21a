"""Which units of an order may be asked to come back, and until when?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saleor_plugins.kernel import clock
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, OrderLine

from .. import access, config, store
from ..domain.shipped import shipped, with_customer, youngest
from ..models import ReturnableLine


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
    returnable_until: date | None
    window_open: bool

    @property
    def available(self) -> int:
        """Units that may be asked to come back."""
        return max(self.shipped - self.reserved - self.returned - self.kept, 0)


def returnable_lines(asker: Asker, order_id: str) -> list[Returnable]:
    """Every line of the order, the ones with nothing to return too. Raises NotFound (``orderId``)."""
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    rows = ReturnableLine.objects.in_bulk([line.id for line in order.lines])
    parcels = store.parcel_lines(order_id)
    out = shipped(parcels, store.shown_returns(order_id))
    left = with_customer(parcels, store.unshown_returns(order_id))
    since = youngest(parcels, left, store.deliveries(order_id))
    policy, zone = config.policy(), shop().time_zone()
    until = {line_id: policy.last_day(at, zone) for line_id, at in since.items()}
    today = clock.day_of(clock.now(), zone)
    return [_returnable(line, rows.get(line.id), out, until.get(line.id), today) for line in order.lines]


def _returnable(
    line: OrderLine, row: ReturnableLine | None, out: dict[str, int], until: date | None, today: date
) -> Returnable:
    return Returnable(
        order_line_id=line.id,
        sku=line.sku,
        name=line.name,
        sold=line.quantity,
        shipped=out.get(line.id, 0),
        reserved=row.reserved if row else 0,
        returned=row.returned if row else 0,
        kept=row.kept if row else 0,
        returnable_until=until,
        window_open=until is not None and today <= until,
    )
