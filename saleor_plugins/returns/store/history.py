"""What a customer, a household or a card has returned before, of any order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.db.models.functions import Cast

from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import Order

from .. import keys
from ..domain.machines import ReturnState
from ..models import ReturnLine

# Nothing came of these.
VOID = (ReturnState.DECLINED.value, ReturnState.CANCELED.value, ReturnState.EXPIRED.value)
UNITS = F("requested") - F("declined") - F("missing")


@dataclass(frozen=True)
class Returned:
    """Returns and their units; `value` is what was paid for those, minor units of the currency asked for."""

    returns: int = 0
    units: int = 0
    value: int = 0
    customers: int = 0


def customer_history(order: Order, days: int) -> Returned:
    """What the customer of `order` has asked to return in the last `days`, this order's returns included.

    Declined, cancelled and expired returns do not count; `value` counts orders in this order's currency.
    One query.
    """
    key = keys.customer_of(order)
    return returned(Q(rma__order__customer_key=key), order.currency, days) if key else Returned()


def returned(whose: Q, currency: str, days: int) -> Returned:
    """What the orders `whose` (seen from a return's line) were asked to return in the last `days`."""
    since = clock.now() - timedelta(days=days)
    rows = ReturnLine.objects.filter(whose, rma__created__gte=since).exclude(rma__state__in=VOID)
    paid = Cast(F("line__paid_net") + F("line__paid_tax"), BigIntegerField())
    found = rows.aggregate(
        returns=Count("rma", distinct=True),
        units=Sum(UNITS),
        value=Sum(paid * UNITS / F("line__sold"), filter=Q(rma__order__currency=currency, line__sold__gt=0)),
        customers=Count("rma__order__customer_key", distinct=True),
    )
    return Returned(**{name: value or 0 for name, value in found.items()})
