"""Do all balances agree with the ledgers, and with the shop? Reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.platform import shop

from ..audit.finding import Finding
from ..audit.money import Money
from ..audit.page import SIZE, load, one_moment, order_ids
from ..audit.shop import Shop
from ..audit.units import Units
from ..models import OrderLedger

CHECKS = (Units, Money, Shop)


def audit_all(progress: Callable[[int], None] = lambda orders: None, size: int = SIZE) -> Iterator[Finding]:
    """Every difference in every order the desk has met, page by page, in flat memory.

    Each page is read at one moment, so what changes meanwhile is no difference. `progress` is told how
    many orders are done.
    """
    done, last = 0, ""
    while True:
        with one_moment():
            ids = order_ids(last, size)
            found = _findings(ids) if ids else []
        yield from found
        if not ids:
            return
        last = ids[-1]
        done += len(ids)
        progress(done)


def audit_order(order_id: str) -> list[Finding]:
    """The differences of one order, by its id or its number; none for an order without returns.

    Raises NotFound (``orderId``) for an order that neither the desk nor the shop knows.
    """
    with one_moment():
        keys = OrderLedger.objects.filter(pk=order_id) | OrderLedger.objects.filter(number=order_id)
        ids = list(keys.values_list("pk", flat=True)[:2])
        if not ids and not shop().orders_of([order_id]):
            raise NotFound("No such order.", field="orderId")
        return _findings(ids)


def _findings(ids: Sequence[str]) -> list[Finding]:
    page = load(ids)
    return [finding for check in CHECKS for finding in check(page).findings()]
