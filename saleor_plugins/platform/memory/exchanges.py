"""New orders for exchanged goods, in memory."""

from __future__ import annotations

from dataclasses import replace

from ...kernel import clock
from ...kernel.errors import InsufficientStock, NotFound
from ...kernel.ids import to_global
from ..exchanging import check, credits
from ..port import (
    Allocation,
    NewOrder,
    Order,
    OrderLine,
    OrderQuote,
    OrderStatus,
    QuotedLine,
    Sibling,
    Variant,
)
from .returned import ReturnedInMemory
from .state import State, next_number


class ExchangesInMemory(ReturnedInMemory):
    """`port.Exchanges`. `tax_percent` is the tax in today's prices."""

    tax_percent = 0

    def siblings(self, variant_id: str, *, channel: str = "") -> list[Sibling]:
        with self._lock:
            own = self.state.variants.get(variant_id)
            rows = [row for row in self.state.variants.values() if own and row.product_id == own.product_id]
            return [self._sibling(row) for row in rows]

    def _sibling(self, row: Variant) -> Sibling:
        facts = self.state.facts[row.id]
        counted = row.tracks_stock and not facts.is_preorder
        free = sum(max(stock.free, 0) for stock in self.stocks([row.id]))
        return Sibling(row.id, row.name, row.sku, facts.price, "USD", free if counted else None)

    def quote_order(self, new: NewOrder) -> OrderQuote:
        with self._lock:
            old = self.order(new.from_order_id)
            lines = []
            for variant_id, units in check(new).items():
                if variant_id not in self.state.variants:
                    raise NotFound("No such variant.", field="variantId")
                self._check_stock(variant_id, units)
                gross = self.state.facts[variant_id].price * units
                lines.append(QuotedLine(variant_id, units, gross * 100 // (100 + self.tax_percent), gross))
        net = sum(line.net for line in lines)
        return OrderQuote(old.currency, net, sum(line.gross for line in lines), tuple(lines))

    def _check_stock(self, variant_id: str, units: int) -> None:
        variant = self.state.variants[variant_id]
        if not variant.tracks_stock or self.state.facts[variant_id].is_preorder:
            return
        if sum(max(stock.free, 0) for stock in self.stocks([variant_id])) < units:
            raise InsufficientStock(f"Not enough of {variant.sku} in stock.", field="variantId")

    def create_order(self, new: NewOrder) -> Order:
        with self.transaction() as state:
            quote = self.quote_order(new)
            old = self.order(new.from_order_id)
            shares = credits(quote.lines, new.credit)
            rows = tuple(
                self._sold(state, line, *share) for line, share in zip(quote.lines, shares, strict=True)
            )
            number = next_number()
            gross = sum(row.total_gross for row in rows)
            state.orders[to_global("Order", number)] = made = replace(
                old,
                id=to_global("Order", number),
                number=f"{number}",
                status=OrderStatus.UNFULFILLED,
                created=clock.now(),
                total_net=sum(row.total_net for row in rows),
                total_gross=gross,
                shipping_net=0,
                shipping_gross=0,
                shipping_method="",
                collection_point_id=None,
                gift_cards_total=0,
                metadata={},
                is_paid=not gross,
                lines=rows,
            )
            self._allocate_first_free(made)
            self.add_note(made.id, f"Replaces goods of order {old.number}. {new.note}".strip())
            self.add_note(old.id, f"Exchanged for order {made.number}.")
            return made

    def _sold(self, state: State, line: QuotedLine, credit_net: int, credit_gross: int) -> OrderLine:
        variant, facts = state.variants[line.variant_id], state.facts[line.variant_id]
        row = OrderLine(
            id=to_global("OrderLine", next_number()),
            variant_id=variant.id,
            sku=variant.sku,
            name=variant.product_name,
            quantity=line.quantity,
            quantity_fulfilled=0,
            total_net=line.net - credit_net,
            total_gross=line.gross - credit_gross,
            requires_shipping=facts.requires_shipping,
            tracks_stock=variant.tracks_stock and not facts.is_preorder,
            is_gift_card=facts.is_gift_card,
            weight_grams=facts.weight_grams,
            product_id=variant.product_id,
            category_id=facts.category_id,
            product_type_id=facts.product_type_id,
            is_preorder=facts.is_preorder,
            metadata=facts.metadata,
            credit_net=credit_net,
            credit_gross=credit_gross,
        )
        state.line_variants[row.id] = variant.id
        return row

    def _allocate_first_free(self, order: Order) -> None:
        plan: list[Allocation] = []
        for line in order.lines:
            need = line.quantity if line.tracks_stock and line.variant_id else 0
            for stock in self.stocks({line.variant_id or ""}):
                units = min(need, stock.free)
                if units > 0:
                    plan.append(Allocation(line.id, stock.warehouse_id, units))
                    need -= units
        self.allocate(order.id, plan)
