"""Looking after promises without walking order by order."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce
from saleor.order import OrderStatus
from saleor.order.models import Order, OrderLine
from saleor.product.models import ProductVariant
from saleor.warehouse.models import Allocation

from ..promises import SHIPPABLE
from . import convert

# Only 3.x has pre-orders, which get stock when they end.
_NO_PREORDERS = {"variant__is_preorder": False} if hasattr(ProductVariant, "is_preorder") else {}


class OrmWatch:
    """`port.Orders`' counts and broken promises, on the tables of either generation."""

    created_field: str

    def count_to_ship(self) -> int:
        unshipped = OrderLine.objects.filter(self._open("order__"), quantity__gt=F("quantity_fulfilled"))
        return unshipped.order_by().values("order_id").distinct().count()

    def broken_promises(self, *, after: str | None = None, limit: int = 100) -> list[str]:
        broken = Q(pk__in=self._promised_twice()) | Q(pk__in=self._promised_too_little())
        rows = Order.objects.filter(self._open(""), broken)
        age = self.created_field
        key = convert.pk(Order, after, field="after") if after else None
        last = Order.objects.filter(pk=key).values(age, "pk").first() if key else None
        if last:
            older = Q(**{f"{age}__lt": last[age]})
            rows = rows.filter(older | Q(**{age: last[age], "pk__lt": last["pk"]}))
        keys = rows.order_by(f"-{age}", "-pk").values_list("pk", flat=True)[:limit]
        return [convert.gid("Order", key) for key in keys]

    def _open(self, prefix: str) -> Q:
        return Q(**{f"{prefix}status__in": convert.stored_statuses(OrderStatus.CHOICES, SHIPPABLE)})

    def _promised_twice(self) -> QuerySet[Any]:
        """Orders that hold units where more are promised than there are."""
        held = Allocation.objects.filter(quantity_allocated__gt=0).order_by()
        sums = held.values("stock").annotate(promised=Sum("quantity_allocated"))
        short = sums.filter(promised__gt=F("stock__quantity")).values("stock")
        return held.filter(stock__in=short).values("order_line__order_id")

    def _promised_too_little(self) -> QuerySet[Any]:
        """Orders with a line that holds less than is left to ship of it."""
        lines = OrderLine.objects.filter(
            self._open("order__"),
            quantity__gt=F("quantity_fulfilled"),
            is_shipping_required=True,
            variant__track_inventory=True,
            **_NO_PREORDERS,
        )
        held = Coalesce(Sum("allocations__quantity_allocated"), Value(0))
        sums = lines.order_by().values("pk").annotate(held=held)
        return sums.filter(held__lt=F("quantity") - F("quantity_fulfilled")).values("order_id")
