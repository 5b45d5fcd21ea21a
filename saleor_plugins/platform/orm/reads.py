"""Orders and parcels, read from the tables of either generation in constant queries.

Plain columns instead of models: a row costs a fifth of the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from saleor.order import OrderStatus
from saleor.order.models import Fulfillment, Order, OrderLine

from ...kernel.errors import NotFound
from .. import port
from ..promises import PLACED, SHIPPABLE
from . import convert, exchange
from .columns import HEAD, JOINED, LINE, goods
from .prepared import Prepared, among
from .stocks import OrmStocks, Row

# Orders of a backtest that are in memory at a time.
PIECE = 500


class OrmReads(OrmStocks):
    """The reading half of `port.Orders`; the underscored methods are each generation's own."""

    # Columns of the order itself, and of what is joined to it, that only this Saleor has.
    head_columns: tuple[str, ...] = ()
    joined_columns: tuple[str, ...] = ()
    line_columns: tuple[str, ...] = ()

    def _order_annotations(self) -> dict[str, Any]:
        """Columns of orders that no table has."""
        cards = Order.gift_cards.through.objects.filter(order_id=OuterRef("pk"))
        return {"with_cards": Exists(cards)}

    def _enrich(self, heads: Sequence[Row], lines: Mapping[Any, Sequence[Row]]) -> None:
        """Write into the rows what only few orders have, in constant queries for those alone."""

    def _cards_total(self, row: Row, gap: int) -> int:
        """What gift cards paid of an order with some, whose total is `gap` short of lines and shipping."""
        raise NotImplementedError

    def _order_facts(self, row: Row) -> dict[str, Any]:
        """Number, channel, e-mail, payment state, and the totals of shipping."""
        raise NotImplementedError

    def _line_totals(self, row: Row, lines: Sequence[Row]) -> list[tuple[int, int]]:
        """Net and gross of each of the order's lines."""
        raise NotImplementedError

    def _line_facts(self, line: Row) -> dict[str, Any]:
        """What only some Saleors know of a line."""
        return {}

    def order(self, order_id: str, *, lock: bool = False) -> port.Order:
        key = convert.pk(Order, order_id, field="orderId")
        found = self._locked([order_id]) if lock else self._with_lines(self._known_heads.rows([key]))
        if not found:
            raise NotFound("No such order.", field="orderId")
        return found[0]

    def _locked(self, order_ids: Iterable[str]) -> list[port.Order]:
        """The orders, their rows and their lines' locked in id order. Raises NotFound.

        Rows are read by the statement that locks them, which sees what others committed while it waited;
        what is joined to them is read with the lines, by a statement that begins under the lock.
        """
        keys = [convert.pk(Order, order_id, field="orderId") for order_id in order_ids]
        heads = {head["pk"]: head for head in self._locked_heads.rows(keys)}
        if len(heads) < len(set(keys)):
            raise NotFound("No such order.", field="orderId")
        lines: dict[Any, list[Row]] = {key: [] for key in heads}
        for line in self._locked_lines.rows(list(heads)):
            lines[line["order_id"]].append(line)
        if bare := [key for key in heads if not lines[key]]:
            for head in Order.objects.filter(pk__in=bare).values("pk", *self._joined):
                heads[head["pk"]] |= head
        for key, (first, *_) in ((key, found) for key, found in lines.items() if found):
            heads[key] |= {name: first[f"order__{name}"] for name in self._joined}
        return self._to_orders(list(heads.values()), lines)

    def _to_orders(self, heads: Sequence[Row], lines: Mapping[Any, Sequence[Row]]) -> list[port.Order]:
        self._enrich(heads, lines)
        return [self._to_order(head, lines[head["pk"]]) for head in heads]

    def _read(self, rows: QuerySet[Any]) -> list[port.Order]:
        """The orders in two queries."""
        return self._with_lines(list(self._heads(rows, *self._joined)))

    def _with_lines(self, heads: Sequence[Row]) -> list[port.Order]:
        lines: dict[Any, list[Row]] = {head["pk"]: [] for head in heads}
        for line in self._known_lines.rows(list(lines)) if heads else ():
            lines[line["order_id"]].append(line)
        return self._to_orders(heads, lines)

    # -- the queries, each compiled once ------------------------------------------------------

    @cached_property
    def _joined(self) -> tuple[str, ...]:
        return (*JOINED, *self.joined_columns)

    def _heads(self, rows: QuerySet[Any], *more: str) -> QuerySet[Any]:
        columns = (*HEAD, self.created_field, *self.head_columns, *more)
        return rows.annotate(**self._order_annotations()).values(*columns)

    def _lines(self, *more: str) -> QuerySet[Any]:
        rows = among(OrderLine.objects.order_by("pk"), "order")
        return rows.values(*LINE, *self.line_columns, *more)

    @cached_property
    def _known_heads(self) -> Prepared:
        return Prepared(lambda: self._heads(among(Order.objects.order_by("pk"), "pk"), *self._joined))

    @cached_property
    def _locked_heads(self) -> Prepared:
        rows = among(Order.objects.order_by("pk"), "pk").select_for_update(of=("self",))
        return Prepared(lambda: self._heads(rows))

    @cached_property
    def _known_lines(self) -> Prepared:
        return Prepared(self._lines)

    @cached_property
    def _locked_lines(self) -> Prepared:
        joined = [f"order__{name}" for name in self._joined]
        return Prepared(lambda: self._lines(*joined).select_for_update(of=("self",)))

    def orders_to_ship(self, *, after: str | None = None, limit: int = 100) -> list[port.Order]:
        unshipped = OrderLine.objects.filter(order=OuterRef("pk"), quantity__gt=F("quantity_fulfilled"))
        states = convert.stored_statuses(OrderStatus.CHOICES, SHIPPABLE)
        rows = Order.objects.filter(Exists(unshipped), status__in=states)
        last = None
        if after:
            key = convert.pk(Order, after, field="after")
            last = Order.objects.filter(pk=key).values_list(self.created_field, "pk").first()
        return self._read(self._page(rows, last, limit))

    def orders(self, since: datetime, until: datetime) -> Iterator[port.Order]:
        states = convert.stored_statuses(OrderStatus.CHOICES, PLACED)
        within = {f"{self.created_field}__gte": since, f"{self.created_field}__lt": until}
        rows = Order.objects.filter(status__in=states, **within)
        last = None
        while piece := self._read(self._page(rows, last, PIECE)):
            yield from piece
            last = (piece[-1].created, convert.pk(Order, piece[-1].id))

    def _page(self, rows: QuerySet[Any], last: tuple[datetime, Any] | None, limit: int) -> QuerySet[Any]:
        """The `limit` oldest of `rows` that are younger than `last`."""
        age = self.created_field
        if last:
            rows = rows.filter(Q(**{f"{age}__gt": last[0]}) | Q(**{age: last[0], "pk__gt": last[1]}))
        return rows.order_by(age, "pk")[:limit]

    def _to_order(self, row: Row, lines: Sequence[Row]) -> port.Order:
        totals = self._line_totals(row, lines)
        placed = row["shipping_address_id"] is not None
        facts, gross = self._order_facts(row), convert.minor(row["total_gross_amount"], row["currency"])
        gap = sum(line_gross for _, line_gross in totals) + facts["shipping_gross"] - gross
        credits = exchange.shares(row["private_metadata"])
        return port.Order(
            id=convert.gid("Order", row["pk"]),
            status=convert.status(row["status"]),
            created=row[self.created_field],
            currency=row["currency"],
            total_net=convert.minor(row["total_net_amount"], row["currency"]),
            total_gross=gross,
            lines=tuple(
                self._to_line(line, net, line_gross, credits)
                for line, (net, line_gross) in zip(lines, totals, strict=True)
            ),
            shipping_address=convert.address_of(row, "shipping_address__") if placed else None,
            user_id=convert.gid_or_none("User", row["user_id"]),
            shipping_method=row["shipping_method_name"] or "",
            metadata=convert.metadata(row["metadata"]),
            language=row["language_code"] or "",
            gift_cards_total=self._cards_total(row, gap) if row["with_cards"] else 0,
            **facts,
        )

    def _to_line(self, line: Row, net: int, gross: int, credits: exchange.Shares) -> port.OrderLine:
        name = line["product_name"]
        facts = {**goods(line), **self._line_facts(line)}
        line_id = convert.gid("OrderLine", line["pk"])
        credit_net, credit_gross = credits.get(line_id, (0, 0))
        return port.OrderLine(
            id=line_id,
            variant_id=convert.gid_or_none("ProductVariant", line["variant_id"]),
            sku=line["product_sku"] or "",
            name=f"{name} ({line['variant_name']})" if line["variant_name"] else name,
            quantity=line["quantity"],
            quantity_fulfilled=line["quantity_fulfilled"],
            total_net=net,
            total_gross=gross,
            requires_shipping=line["is_shipping_required"],
            credit_net=credit_net,
            credit_gross=credit_gross,
            **facts,
        )

    def fulfillments(self, order_id: str) -> list[port.Fulfillment]:
        try:
            key = convert.pk(Order, order_id)
        except NotFound:
            return []
        rows = Fulfillment.objects.filter(order_id=key).prefetch_related("lines__stock").order_by("pk")
        rows = rows.select_related("order")
        return [convert.fulfillment(row, self.created_field, row.order.currency) for row in rows]
