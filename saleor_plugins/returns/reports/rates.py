"""What came back of what was ordered, by variant and reason."""

from __future__ import annotations

from django.db.models import F, Sum

from saleor_plugins.platform import shop

from ..domain.reports.rate import Counted, RateTable, rate_table
from ..domain.reports.scope import Scope
from ..models import ReturnLine
from .within import placed


def return_rates(scope: Scope) -> RateTable:
    """Orders placed in the scope: units that the shop sold, and what came back of those, whenever it did.

    Units that stayed with a customer who got the money came back, too: they are no sale any more.
    """
    rows = ReturnLine.objects.filter(**placed(scope, "rma__order__")).order_by()
    rows = rows.values("line__variant_id", "line__sku", "line__name", "reason_code")
    rows = rows.annotate(units=Sum(F("received") + F("kept"))).filter(units__gt=0)
    columns = ("line__variant_id", "line__sku", "line__name", "reason_code", "units")
    sold = shop().sold(scope.since, scope.until, channel=scope.channel, country=scope.country)
    return rate_table(sold, (Counted(*row) for row in rows.values_list(*columns)))
