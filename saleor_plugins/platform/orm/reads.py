"""Orders and parcels, read from the tables of either generation in constant queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from saleor.order import OrderStatus
from saleor.order.models import Fulfillment, Order, OrderLine

from ...kernel.errors import NotFound
from .. import port
from ..promises import SHIPPABLE
from . import convert
from .stocks import OrmStocks

VARIANT = ("variant__product__product_type", "variant__product__category")


class OrmReads(OrmStocks):
    """The reading half of `port.Orders`; the underscored methods are each generation's own."""

    order_related: tuple[str, ...] = ("shipping_address", "user")
    order_prefetch: tuple[str, ...] = ()

    def _order_facts(self, row: Any) -> dict[str, Any]:
        """Number, channel, e-mail, payment state, and the totals of shipping."""
        raise NotImplementedError

    def _line_totals(self, row: Any) -> list[tuple[int, int]]:
        """Net and gross of each of the order's lines."""
        raise NotImplementedError

    def _line_facts(self, line: Any) -> dict[str, Any]:
        """What only some Saleors know of a line."""
        return {}

    def order(self, order_id: str, *, lock: bool = False) -> port.Order:
        key = convert.pk(Order, order_id, field="orderId")
        if lock:
            self._lock(key)
        row = self._orders().filter(pk=key).first()
        if row is None:
            raise NotFound("No such order.", field="orderId")
        return self._to_order(row)

    def _lock(self, key: Any) -> None:
        list(Order.objects.filter(pk=key).select_for_update(of=("self",)).values_list("pk"))
        lines = OrderLine.objects.filter(order_id=key).order_by("pk")
        list(lines.select_for_update(of=("self",)).values_list("pk"))

    def _orders(self) -> QuerySet[Any]:
        lines = Prefetch("lines", OrderLine.objects.select_related(*VARIANT).order_by("pk"))
        return Order.objects.select_related(*self.order_related).prefetch_related(lines, *self.order_prefetch)

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[port.Order]:
        unshipped = OrderLine.objects.filter(order=OuterRef("pk"), quantity__gt=F("quantity_fulfilled"))
        states = convert.stored_statuses(OrderStatus.CHOICES, SHIPPABLE)
        rows = self._orders().filter(Exists(unshipped), status__in=states)
        age = self.created_field
        last = (
            after
            and Order.objects.filter(pk=convert.pk(Order, after, field="after")).values(age, "pk").first()
        )
        if last:
            newer = Q(**{f"{age}__gt": last[age]})
            rows = rows.filter(newer | Q(**{age: last[age], "pk__gt": last["pk"]}))
        return [self._to_order(row) for row in rows.order_by(age, "pk")[:limit]]

    def _to_order(self, row: Any) -> port.Order:
        totals = self._line_totals(row)
        lines = zip(row.lines.all(), totals, strict=True)
        return port.Order(
            id=convert.gid("Order", row.pk),
            status=convert.status(row.status),
            created=getattr(row, self.created_field),
            currency=row.currency,
            total_net=convert.minor(row.total_net_amount, row.currency),
            total_gross=convert.minor(row.total_gross_amount, row.currency),
            lines=tuple(self._to_line(line, net, gross) for line, (net, gross) in lines),
            shipping_address=convert.address(row.shipping_address) if row.shipping_address else None,
            user_id=convert.gid_or_none("User", row.user_id),
            email=row.get_customer_email() or "",
            **self._order_facts(row),
        )

    def _to_line(self, line: Any, net: int, gross: int) -> port.OrderLine:
        variant = line.variant
        product = variant.product if variant else None
        facts: dict[str, Any] = {"tracks_stock": bool(variant and variant.track_inventory)}
        return port.OrderLine(
            id=convert.gid("OrderLine", line.pk),
            variant_id=convert.gid_or_none("ProductVariant", line.variant_id),
            sku=line.product_sku or "",
            name=str(line),
            quantity=line.quantity,
            quantity_fulfilled=line.quantity_fulfilled,
            total_net=net,
            total_gross=gross,
            requires_shipping=line.is_shipping_required,
            weight_grams=convert.grams(variant.get_weight()) if variant else None,
            product_id=convert.gid("Product", product.pk) if product else None,
            category_id=convert.gid_or_none("Category", product.category_id) if product else None,
            **{**facts, **self._line_facts(line)},
        )

    def fulfillments(self, order_id: str) -> list[port.Fulfillment]:
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return []
        rows = Fulfillment.objects.filter(order_id=key).prefetch_related("lines__stock").order_by("pk")
        return [convert.fulfillment(row) for row in rows]
