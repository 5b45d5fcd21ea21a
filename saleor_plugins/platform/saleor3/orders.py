"""Orders, parcels and stock of Saleor 3.x."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import DateTimeField, Func, OuterRef, Subquery
from django.utils import timezone
from saleor.giftcard.utils import order_has_gift_card_lines
from saleor.order import FulfillmentStatus, actions, events
from saleor.order.models import FulfillmentLine, Order
from saleor.order.notifications import send_fulfillment_update
from saleor.warehouse import WarehouseClickAndCollectOption
from saleor.warehouse.models import Allocation, Reservation, Stock, Warehouse

from ...kernel.errors import Conflict
from .. import port
from ..orm import convert
from ..orm.orders import OrmOrders
from ..orm.site import site_settings
from ..orm.stocks import Array, Row, total
from ..promises import Slots
from . import giftcards
from .context import call, manager

# The database's own clock: the query is compiled once.
NOW = Func(function="statement_timestamp", output_field=DateTimeField())
CARDS = "cards_paid"


class Orders3(OrmOrders):
    """`port.Orders` (but for returns) and `port.Stocks` on Saleor 3.x."""

    created_field = "created_at"
    counts_allocations = True
    warehouse_columns = ("click_and_collect_option",)

    # -- reading -----------------------------------------------------------------------------

    def _warehouse_arrays(self) -> dict[str, Any]:
        channels = Warehouse.channels.through.objects.filter(warehouse=OuterRef("pk"))
        return {"slugs": Array(channels.order_by().values("channel__slug"))}

    def _warehouse_facts(self, row: Row) -> dict[str, Any]:
        return {
            "channels": frozenset(row["slugs"]),
            "pickup": row["click_and_collect_option"] != WarehouseClickAndCollectOption.DISABLED,
        }

    def _reserved(self) -> Any:
        return total(Reservation.objects.filter(reserved_until__gt=NOW), "quantity_reserved")

    head_columns = ("number", "collection_point_id", "total_charged_amount")
    joined_columns = ("channel__slug",)
    line_columns = (
        "total_price_net_amount",
        "total_price_gross_amount",
        "is_gift_card",
        "metadata",
        "product_type_id",
        "variant__is_preorder",
        "variant__preorder_end_date",
    )

    def _enrich(self, heads: Sequence[Row], lines: Mapping[Any, Sequence[Row]]) -> None:
        paid = {head["pk"]: head for head in heads if head["with_cards"]}
        for (order, _), amount in giftcards.used_in(list(paid)).items() if paid else ():
            paid[order][CARDS] = paid[order].get(CARDS, 0) + convert.minor(amount, paid[order]["currency"])

    def _cards_total(self, row: Row, gap: int) -> int:
        return int(row.get(CARDS, 0))

    def _order_facts(self, row: Row) -> dict[str, Any]:
        return {
            "number": str(row["number"]),
            "channel": row["channel__slug"],
            "email": row["user_email"] or row["user__email"] or "",
            "collection_point_id": convert.gid_or_none("Warehouse", row["collection_point_id"]),
            # As Order.is_fully_paid.
            "is_paid": row["total_charged_amount"] >= row["total_gross_amount"],
            "shipping_net": convert.minor(row["shipping_price_net_amount"], row["currency"]),
            "shipping_gross": convert.minor(row["shipping_price_gross_amount"], row["currency"]),
        }

    def _line_totals(self, row: Row, lines: Sequence[Row]) -> list[tuple[int, int]]:
        return [
            (
                convert.minor(line["total_price_net_amount"], row["currency"]),
                convert.minor(line["total_price_gross_amount"], row["currency"]),
            )
            for line in lines
        ]

    def _line_facts(self, line: Row) -> dict[str, Any]:
        facts: dict[str, Any] = {"is_gift_card": line["is_gift_card"]}
        if line["product_type_id"]:
            facts["product_type_id"] = convert.gid("ProductType", line["product_type_id"])
        # As ProductVariant.is_preorder_active.
        ends = line["variant__preorder_end_date"]
        if line["variant__is_preorder"] and (ends is None or timezone.now() <= ends):
            facts |= {"tracks_stock": False, "is_preorder": True}
        return facts

    def _awaiting(self, orders: Sequence[port.Order]) -> Slots:
        rows = FulfillmentLine.objects.filter(
            fulfillment__order_id__in=[convert.pk(Order, order.id) for order in orders],
            fulfillment__status=FulfillmentStatus.WAITING_FOR_APPROVAL,
            stock__isnull=False,
        ).values_list("order_line_id", "stock__warehouse_id", "quantity")
        slots: Slots = {}
        for line, warehouse, units in rows:
            slot = (convert.gid("OrderLine", line), convert.gid("Warehouse", warehouse))
            slots[slot] = slots.get(slot, 0) + units
        return slots

    # -- writing -----------------------------------------------------------------------------

    def _allocations_changed(self, stock_keys: Sequence[Any]) -> None:
        counted = total(Allocation.objects.all(), "quantity_allocated")
        sums = Stock.objects.filter(pk=OuterRef("pk")).annotate(sum=counted).values("sum")
        Stock.objects.filter(pk__in=stock_keys).update(quantity_allocated=Subquery(sums))

    def _check_can_ship(self, order: Any, lines: list[Any]) -> None:
        rules = site_settings()
        if not rules.fulfillment_auto_approve:
            return
        if not rules.fulfillment_allow_unpaid and not order.is_fully_paid():
            code = "CANNOT_FULFILL_UNPAID_ORDER"
            raise Conflict("This shop ships paid orders only.", field="orderId", code=code)
        if any(line.variant and line.variant.is_preorder_active() for line in lines):
            raise Conflict("A pre-order cannot ship yet.", field="lineId")

    def _ship(
        self, order: Any, parcels: dict[Any, list[dict[str, Any]]], tracking: str, notify: bool
    ) -> list[Any]:
        rules = site_settings()
        made: list[Any] = actions.create_fulfillments(
            None,
            None,
            order,
            parcels,
            manager(),
            rules,
            notify_customer=notify,
            auto_approved=rules.fulfillment_auto_approve,
            # Stock was counted under lock by the caller; Saleor's own check refuses lines without a stock
            # row and warehouses outside of the order's channel.
            allow_stock_to_be_exceeded=True,
            tracking_number=tracking,
        )
        for row, (warehouse, _items) in zip(made, parcels.items(), strict=True):
            _name_stock(row, warehouse)
        return made

    def _tracking_changed(self, row: Any, notify: bool) -> None:
        plugins = manager()
        actions.fulfillment_tracking_updated(row, None, None, row.tracking_number, plugins)
        if notify:
            actions.call_event(send_fulfillment_update, row.order, row, plugins)

    def _cancel(self, row: Any, warehouse: Any) -> None:
        if order_has_gift_card_lines(row.order):
            raise Conflict("A parcel with gift cards cannot be cancelled.", field="fulfillmentId")
        waits = row.status == FulfillmentStatus.WAITING_FOR_APPROVAL
        legacy = getattr(site_settings(), "use_legacy_shipping_zone_stock_availability", True)
        call(
            actions.cancel_fulfillment,
            row,
            None,
            None,
            None if waits else warehouse,
            manager(),
            calculate_stocks_with_shipping_zones=legacy,
        )

    def _note(self, row: Any, text: str) -> None:
        events.order_note_added_event(order=row, user=None, app=None, message=text)


def _name_stock(row: Any, warehouse: Any) -> None:
    """Saleor leaves a line's stock empty when the warehouse is outside of the order's channel."""
    for line in row.lines.filter(stock__isnull=True, order_line__variant__isnull=False):
        stock = Stock.objects.filter(warehouse_id=warehouse, product_variant_id=line.order_line.variant_id)
        FulfillmentLine.objects.filter(pk=line.pk).update(stock=stock.first())
