"""Orders and parcels of Saleor 2.10."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from ..orm import convert, exchange
from ..orm.orders import OrmOrders
from ..orm.stocks import Row
from . import vouchers

Pairs = list[tuple[int, int]]


class Orders2(OrmOrders):
    """`port.Orders` and `port.Stocks` on Saleor 2.10."""

    created_field = "created"
    number_field = "pk"
    head_columns = ("discount_amount", "voucher_id", "paid")
    joined_columns = ("voucher__type",)
    line_columns = ("unit_price_net_amount", "unit_price_gross_amount")

    def _order_annotations(self) -> dict[str, Any]:
        # As Order.is_fully_paid, without its query for each order.
        charged = ("partially-charged", "fully-charged", "partially-refunded")
        paid = Payment.objects.filter(order=OuterRef("pk"), charge_status__in=charged).order_by()
        sums = paid.values("order").annotate(sum=Sum("captured_amount")).values("sum")
        return {**super()._order_annotations(), "paid": Subquery(sums)}

    def _enrich(self, heads: Sequence[Row], lines: Mapping[Any, Sequence[Row]]) -> None:
        vouchers.weigh(heads, lines)

    def _cards_total(self, row: Row, gap: int) -> int:
        # 2.10 keeps no record of it, but takes it off the total last.
        return max(gap, 0)

    def _order_facts(self, row: Row) -> dict[str, Any]:
        shipping = _pair(row["shipping_price_net_amount"], row["shipping_price_gross_amount"], row)
        net, gross = _less([shipping], [_discount(row) if _on_shipping(row) else 0])[0]
        return {
            "number": str(row["pk"]),
            "email": row["user__email"] or row["user_email"] or "",
            "is_paid": (row["paid"] or 0) >= row["total_gross_amount"],
            "shipping_net": net,
            "shipping_gross": gross,
        }

    def _line_totals(self, row: Row, lines: Sequence[Row]) -> list[tuple[int, int]]:
        # 2.10 stores unit prices and one discount on the order, which it takes off net and gross alike.
        if not lines:
            return []
        rows = [
            _pair(
                line["unit_price_net_amount"] * line["quantity"],
                line["unit_price_gross_amount"] * line["quantity"],
                row,
            )
            for line in lines
        ]
        if credits := exchange.shares(row["private_metadata"]):
            off = [credits.get(convert.gid("OrderLine", line["pk"]), (0, 0)) for line in lines]
            return [(n - o[0], g - o[1]) for (n, g), o in zip(rows, off, strict=True)]
        return self._unrounded(row, lines, _less(rows, _spread(row, lines, [gross for _, gross in rows])))

    def _unrounded(self, row: Row, lines: Sequence[Row], rows: Pairs) -> Pairs:
        """The lines as the total has them: a tax service's line total does not survive as a unit price."""
        facts, most = self._order_facts(row), sum(line["quantity"] for line in lines)
        total = _pair(row["total_net_amount"], row["total_gross_amount"], row)
        off = total[1] - facts["shipping_gross"] - sum(gross for _, gross in rows)
        if row["with_cards"] or not 0 < abs(off) <= most:
            return rows
        parts = apportion(off, [gross for _, gross in rows])
        off_net = total[0] - facts["shipping_net"] - sum(net for net, _ in rows)
        nets = apportion(off_net if abs(off_net) <= most else off, [net for net, _ in rows])
        return [(n + m, g + p) for (n, g), m, p in zip(rows, nets, parts, strict=True)]

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


def _spread(row: Row, lines: Sequence[Row], gross: list[int]) -> list[int]:
    """The discount by line: as the voucher gave it to certain products, else in proportion."""
    off = 0 if _on_shipping(row) else _discount(row)
    weights = [line.get(vouchers.COLUMN, 0) for line in lines]
    shares = apportion(off, weights if any(weights) else gross)
    if any(share > most for share, most in zip(shares, gross, strict=True)):
        return apportion(off, gross)  # the voucher was edited since: it tells nothing any more
    return shares


def _pair(net: Any, gross: Any, row: Row) -> tuple[int, int]:
    return convert.minor(net, row["currency"]), convert.minor(gross, row["currency"])


def _less(rows: Pairs, off: Sequence[int]) -> Pairs:
    """Net and gross less a discount: alike as Saleor does; at each row's own tax rate where net would not
    do.
    """
    if all(share <= net for (net, _), share in zip(rows, off, strict=True)):
        return [(net - share, gross - share) for (net, gross), share in zip(rows, off, strict=True)]
    return [
        (net - apportion(share, [net, gross - net])[0], gross - share)
        for (net, gross), share in zip(rows, off, strict=True)
    ]


def _discount(row: Row) -> int:
    return convert.minor(row["discount_amount"], row["currency"])


def _on_shipping(row: Row) -> bool:
    return bool(row["voucher__type"] == VoucherType.SHIPPING)
