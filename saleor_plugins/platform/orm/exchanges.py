"""New orders for exchanged goods, as far as both generations agree.

A quote makes the order and takes it back: what it promises is what making it does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from saleor.core.exceptions import InsufficientStock as SaleorInsufficientStock
from saleor.order import OrderStatus
from saleor.order.models import Order
from saleor.product.models import ProductVariant

from ...kernel.errors import InsufficientStock, Invalid, NotFound
from .. import port
from ..exchanging import check, credits
from . import convert, exchange
from .carts import OrmCarts
from .orders import OrmOrders

logger = logging.getLogger(__name__)
NAME = "Exchange credit"


class _TakenBack(Exception):
    """Ends a rehearsal."""


class OrmExchanges(OrmCarts, OrmOrders):
    """`port.Exchanges`; the underscored methods are each generation's own."""

    def _blank(self, old: Any, units: dict[Any, int], rehearsal: bool) -> Any:
        """A saved draft without lines for whoever placed `old`; a rehearsal uses up no number."""
        raise NotImplementedError

    def _add_lines(self, row: Any, units: dict[Any, int]) -> list[Any]:
        """Lines by variant row with today's prices and taxes, saved, in that order."""
        raise NotImplementedError

    def _line_amounts(self, line: Any) -> tuple[Any, Any]:
        """Net and gross of a line, in Saleor's amounts."""
        raise NotImplementedError

    def _take_off(self, row: Any, lines: list[Any], off: list[tuple[int, int]], reason: str) -> None:
        """Take net and gross off the lines, and show it as a discount of the order."""
        raise NotImplementedError

    def _place(self, row: Any, lines: list[Any]) -> None:
        """Make the draft an order that is allocated and ready to be routed."""
        raise NotImplementedError

    def _tell_placed(self, row: Any, old: Any, lines: list[Any]) -> Callable[[], None]:
        """Write the history of both orders; answers Saleor's own handling, for after the commit."""
        raise NotImplementedError

    def siblings(self, variant_id: str, *, channel: str = "") -> list[port.Sibling]:
        """See `port.Exchanges`."""
        try:
            channel, currency, visible = self._visible(channel)
            key = convert.pk(ProductVariant, variant_id)
        except NotFound:
            return []
        rows = list(visible.filter(product__variants=key).order_by(*ProductVariant._meta.ordering, "pk"))
        ids = [convert.gid("ProductVariant", row.pk) for row in rows]
        free = self._free(ids, channel)
        return [
            port.Sibling(
                variant_id=variant,
                name=row.name or row.sku or "",
                sku=row.sku or "",
                price=convert.minor(row.price, currency),
                currency=currency,
                free=free[variant] if row.track_inventory and not _is_preorder(row) else None,
            )
            for variant, row in zip(ids, rows, strict=True)
        ]

    def _free(self, variant_ids: Sequence[str], channel: str) -> dict[str, int]:
        """Units that are free in the channel's warehouses, none below zero."""
        houses = {house.id for house in self.warehouses() if not house.channels or channel in house.channels}
        free = dict.fromkeys(variant_ids, 0)
        for stock in self.stocks(variant_ids):
            if stock.warehouse_id in houses:
                free[stock.variant_id] += max(stock.free, 0)
        return free

    def quote_order(self, new: port.NewOrder) -> port.OrderQuote:
        """See `port.Exchanges`."""
        made: list[port.OrderQuote] = []
        try:
            with transaction.atomic():
                _, quote = self._make(new, rehearsal=True)
                made.append(quote)
                raise _TakenBack
        except _TakenBack:
            return made[0]

    def create_order(self, new: port.NewOrder) -> port.Order:
        """See `port.Exchanges`."""
        with transaction.atomic():
            row, _ = self._make(new, rehearsal=False)
        return self.order(convert.gid("Order", row.pk))

    def _make(self, new: port.NewOrder, *, rehearsal: bool) -> tuple[Any, port.OrderQuote]:
        wanted = check(new)
        old = _order(new.from_order_id)
        units = self._variants_to_sell(old, wanted)
        row = self._blank(old, units, rehearsal)
        lines = self._add_lines(row, units)
        quote = self._quote(row, lines)
        # 2.10 sums up what is promised before it locks the stock: two could take the last unit.
        self.stocks(list(wanted), lock=True)
        try:
            if rehearsal:
                self._place(row, lines)
            else:
                self._finish(new, row, old, lines, credits(quote.lines, new.credit))
        except SaleorInsufficientStock as error:
            raise InsufficientStock(_short(error), field="variantId") from error
        return row, quote

    def _quote(self, row: Any, lines: Sequence[Any]) -> port.OrderQuote:
        rows = []
        for line in lines:
            net, gross = (convert.minor(amount, row.currency) for amount in self._line_amounts(line))
            variant = convert.gid("ProductVariant", line.variant_id)
            rows.append(port.QuotedLine(variant, line.quantity, net, gross))
        net, gross = sum(line.net for line in rows), sum(line.gross for line in rows)
        return port.OrderQuote(row.currency, net, gross, tuple(rows))

    def _finish(
        self, new: port.NewOrder, row: Any, old: Any, lines: list[Any], off: list[tuple[int, int]]
    ) -> None:
        number = getattr(old, self.number_field)
        if any(gross for _, gross in off):
            self._take_off(row, lines, off, f"Goods of order {number} came back.")
            ids = [convert.gid("OrderLine", line.pk) for line in lines]
            shares = dict(zip(ids, off, strict=True))
            row.private_metadata = exchange.words(shares, new.from_order_id)
            row.save(update_fields=["private_metadata"])
        self._place(row, lines)
        after = self._tell_placed(row, old, lines)
        self._note(row, f"Replaces goods of order {number}. {new.note}".strip())
        self._note(old, f"Exchanged for order {getattr(row, self.number_field)}.")
        transaction.on_commit(lambda: _run(after))

    def _variants_to_sell(self, old: Any, wanted: dict[str, int]) -> dict[Any, int]:
        """Units by variant row. What the shop's visitors cannot see is not sold, unless the order had it."""
        keys = {
            convert.pk(ProductVariant, variant_id, field="variantId"): variant_id for variant_id in wanted
        }
        rows = ProductVariant.objects.select_related("product__product_type").in_bulk(list(keys))
        if len(rows) < len(keys):
            raise NotFound("No such variant.", field="variantId")
        had = set(old.lines.values_list("variant_id", flat=True))
        rest = [variant_id for key, variant_id in keys.items() if key not in had]
        seen = self._seen(rest, old) if rest else set()
        for variant_id in rest:
            if variant_id not in seen:
                raise Invalid("The shop does not sell this.", field="variantId", code="NOT_SOLD")
        return {rows[key]: wanted[variant_id] for key, variant_id in keys.items()}

    def _seen(self, variant_ids: Sequence[str], old: Any) -> set[str | None]:
        channel = old.channel.slug if hasattr(old, "channel") else ""
        try:
            cart = self.goods([(variant_id, 1) for variant_id in variant_ids], channel=channel)
        except NotFound:  # the channel was closed
            return set()
        return {line.variant_id for line in cart.lines}


def _order(order_id: str) -> Any:
    key = convert.pk(Order, order_id, field="orderId")
    related = ("user", "billing_address", "shipping_address")
    row = Order.objects.select_related(*related).filter(pk=key).exclude(status=OrderStatus.DRAFT).first()
    if row is None:
        raise NotFound("No such order.", field="orderId")
    return row


def copied(old: Any) -> dict[str, Any]:
    """What a new order takes over from the old one, on either generation; addresses are copies."""
    billing, shipping = old.billing_address, old.shipping_address
    return {
        "status": OrderStatus.DRAFT,
        "user": old.user,
        "user_email": old.user_email,
        "language_code": old.language_code,
        "currency": old.currency,
        "display_gross_prices": old.display_gross_prices,
        "billing_address": billing.get_copy() if billing else None,
        "shipping_address": shipping.get_copy() if shipping else None,
    }


def _is_preorder(row: Any) -> bool:
    asked = getattr(row, "is_preorder_active", None)
    return bool(asked and asked())


def _short(error: Any) -> str:
    items = getattr(error, "items", None)
    variants = [item.variant for item in items] if items else [getattr(error, "item", None)]
    return f"Not enough in stock of {', '.join(str(row.sku or row) for row in variants if row)}."


def _run(after: Callable[[], None]) -> None:
    try:
        after()
    except Exception:  # the order is placed, whatever the shop's own listeners do
        logger.exception("Saleor's own handling of a new order failed.")
