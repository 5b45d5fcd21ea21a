"""What past orders took, and where Saleor itself would take from, in either generation's tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Sum
from saleor.account.models import User
from saleor.order import OrderStatus
from saleor.order.models import FulfillmentLine, Order, OrderLine
from saleor.warehouse.models import Allocation

from .. import port
from ..promises import PLACED
from . import convert
from .stocks import CHUNK, OrmStocks

# Parcels of these states took nothing from the shelf, or put it back.
NOTHING_TAKEN = ("canceled", "waiting_for_approval")


class OrmHistory(OrmStocks):
    """`port.History`; `channel_field` is the order's column of its channel, "" without channels."""

    channel_field = ""

    def _placed(self, since: datetime, until: datetime, channel: str, prefix: str = "") -> dict[str, Any]:
        """Conditions on orders, seen from where `prefix` leads to them."""
        found: dict[str, Any] = {
            f"{prefix}status__in": convert.stored_statuses(OrderStatus.CHOICES, PLACED),
            f"{prefix}{self.created_field}__gte": since,
            f"{prefix}{self.created_field}__lt": until,
        }
        if channel and self.channel_field:
            found[f"{prefix}{self.channel_field}"] = channel
        return found

    def count_orders(self, since: datetime, until: datetime, channel: str = "") -> int:
        return int(Order.objects.filter(**self._placed(since, until, channel)).count())

    def taken(self, since: datetime, until: datetime, channel: str = "") -> Iterator[port.Taken]:
        shipped = FulfillmentLine.objects.filter(
            stock__isnull=False, **self._placed(since, until, channel, "order_line__order__")
        ).exclude(fulfillment__status__in=NOTHING_TAKEN)
        promised = Allocation.objects.filter(
            quantity_allocated__gt=0, **self._placed(since, until, channel, "order_line__order__")
        )
        place = ("stock__warehouse_id", "stock__product_variant_id")
        for rows, column in ((shipped, "quantity"), (promised, "quantity_allocated")):
            sums = rows.order_by().values(*place).annotate(units=Sum(column)).values_list(*place, "units")
            for warehouse, variant, units in sums.iterator(chunk_size=CHUNK):
                yield port.Taken(
                    convert.gid("Warehouse", warehouse), convert.gid("ProductVariant", variant), units
                )

    def sold(
        self, since: datetime, until: datetime, *, channel: str = "", country: str = ""
    ) -> dict[str, int]:
        rows = OrderLine.objects.filter(**self._placed(since, until, channel, "order__"))
        if country:
            rows = rows.filter(order__shipping_address__country=country)
        sums = rows.order_by().values("variant_id").annotate(units=Sum("quantity"))
        return {
            convert.gid_or_none("ProductVariant", variant) or "": units
            for variant, units in sums.values_list("variant_id", "units").iterator(chunk_size=CHUNK)
        }

    def bought(self, order: port.Order, since: datetime) -> port.Bought:
        rows = Order.objects.filter(
            status__in=convert.stored_statuses(OrderStatus.CHOICES, PLACED),
            **{f"{self.created_field}__gte": since},
        )
        if order.user_id:
            rows = rows.filter(user_id=convert.pk(User, order.user_id))
        elif order.email:
            rows = rows.filter(user_email__iexact=order.email)
        else:
            return port.Bought(0, 0)
        found = rows.aggregate(orders=Count("pk", distinct=True), units=Sum("lines__quantity"))
        return port.Bought(found["orders"], found["units"] or 0)

    def sorting_orders(self) -> dict[str, list[str] | None]:
        """Supplied by each generation."""
        raise NotImplementedError
