"""Orders and parcels of Saleor 2.10."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery, Sum
from saleor.discount import VoucherType
from saleor.order import actions, events
from saleor.order.emails import send_fulfillment_update
from saleor.order.models import Fulfillment
from saleor.payment.models import Payment
from saleor.warehouse.models import Stock

from ...kernel.errors import Conflict
from ...kernel.money import apportion
from ..orm import convert
from ..orm.orders import OrmOrders
from ..orm.stocks import Row


class Orders2(OrmOrders):
    """`port.Orders` and `port.Stocks` on Saleor 2.10."""

    created_field = "created"
    number_field = "pk"
    head_columns = ("discount_amount", "paid")
    joined_columns = ("voucher__type",)
    line_columns = ("unit_price_net_amount", "unit_price_gross_amount")

    def _order_annotations(self) -> dict[str, Any]:
        # As Order.is_fully_paid, without its query for each order.
        charged = ("partially-charged", "fully-charged", "partially-refunded")
        paid = Payment.objects.filter(order=OuterRef("pk"), charge_status__in=charged).order_by()
        sums = paid.values("order").annotate(sum=Sum("captured_amount")).values("sum")
        return {"paid": Subquery(sums)}

    def _order_facts(self, row: Row) -> dict[str, Any]:
        off = _discount(row) if _on_shipping(row) else 0
        return {
            "number": str(row["pk"]),
            "email": row["user__email"] or row["user_email"] or "",
            "is_paid": (row["paid"] or 0) >= row["total_gross_amount"],
            "shipping_net": convert.minor(row["shipping_price_net_amount"], row["currency"]) - off,
            "shipping_gross": convert.minor(row["shipping_price_gross_amount"], row["currency"]) - off,
        }

    def _line_totals(self, row: Row, lines: Sequence[Row]) -> list[tuple[int, int]]:
        # 2.10 stores unit prices and one discount on the order, which it takes off net and gross alike.
        if not lines:
            return []
        net, gross = (
            [
                convert.minor(line[f"unit_price_{kind}_amount"] * line["quantity"], row["currency"])
                for line in lines
            ]
            for kind in ("net", "gross")
        )
        off = apportion(0 if _on_shipping(row) else _discount(row), gross)
        return [(n - share, g - share) for n, g, share in zip(net, gross, off, strict=True)]

    def _check_can_ship(self, order: Any, lines: list[Any]) -> None:
        if any(line.variant is None for line in lines):
            raise Conflict("Saleor 2.10 cannot ship a line whose variant was deleted.", field="lineId")

    def _ship(
        self, order: Any, parcels: dict[Any, list[dict[str, Any]]], tracking: str, notify: bool
    ) -> list[Any]:
        for warehouse, items in parcels.items():
            for item in items:
                variant = item["order_line"].variant
                if not variant.track_inventory:
                    # Saleor asks for a stock row of every variant, and then does not count it.
                    Stock.objects.get_or_create(product_variant=variant, warehouse_id=warehouse)
        made: list[Any] = actions.create_fulfillments(None, order, parcels, notify_customer=False)
        for row in made:
            if tracking:
                row.tracking_number = tracking
                row.save(update_fields=["tracking_number"])
                self._tracking_changed(row, notify=False)
            if notify:
                # After the tracking number is there, and after the worker can see the rows.
                transaction.on_commit(lambda row=row: _announce(row))  # type: ignore[misc]
        return made

    def _tracking_changed(self, row: Any, notify: bool) -> None:
        actions.fulfillment_tracking_updated(row, None, row.tracking_number)
        if notify:
            transaction.on_commit(lambda: send_fulfillment_update.delay(row.order_id, row.pk))

    def _cancel(self, row: Any, warehouse: Any) -> None:
        actions.cancel_fulfillment(row, None, warehouse)

    def _note(self, row: Any, text: str) -> None:
        events.order_note_added_event(order=row, user=None, message=text)


def _announce(row: Any) -> None:
    fresh = Fulfillment.objects.select_related("order").get(pk=row.pk)
    actions.send_fulfillment_confirmation_to_customer(fresh.order, fresh, None)


def _discount(row: Row) -> int:
    return convert.minor(row["discount_amount"], row["currency"])


def _on_shipping(row: Row) -> bool:
    return bool(row["voucher__type"] == VoucherType.SHIPPING)
