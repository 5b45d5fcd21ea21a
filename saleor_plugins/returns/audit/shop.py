"""What the shop's own tables say of the same orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Fulfillment

from ..domain.machines import IN_FLIGHT
from ..domain.plan import PartKind
from ..domain.shipped import ParcelLine, shipped
from .finding import Finding
from .page import Page
from .units import Check

_RETURNED = ("RETURNED", "REFUNDED_AND_RETURNED", "REPLACED")


class Shop(Check):
    """Payments, fulfilments, and the objects that refunds became."""

    def __init__(self, page: Page):
        super().__init__(page)
        ids = list(page.orders)
        self.refunded = shop().refunded_of([row["payment_id"] for row in page.payments])
        self.fulfillments = shop().fulfillments_of(ids)
        self.orders = {order.id: order for order in shop().orders_of(ids)}

    def findings(self) -> Iterator[Finding]:
        """Every difference."""
        for order_id in self.page.orders:
            if order_id not in self.orders:
                yield from self.differ(order_id, "Order", order_id, exists=(False, True))
        yield from self._payments()
        yield from self._shipped()
        yield from self._returned()
        yield from self._targets()

    def unseen(self, order_id: str, what: str, key: str, **pairs: tuple[Any, Any]) -> Iterator[Finding]:
        """`differ`, where only the shop has moved on."""
        return (replace(found, unseen=True) for found in self.differ(order_id, what, key, **pairs))

    def _payments(self) -> Iterator[Finding]:
        in_flight: Counter[str] = Counter()
        for row in self.page.payment_parts:
            in_flight[row["payment_id"]] += row["sum"] if row["state"] in IN_FLIGHT else 0
        for row in self.page.payments:
            key, ours = row["payment_id"], row["refunded"]
            given = self.refunded.get(key)
            if given is None:
                yield from self.differ(row["order_id"], "Payment", key, exists=(False, True))
            elif given < ours or given > ours + in_flight[key]:
                # Given elsewhere since: the next refund takes it over before anything else.
                differ = self.unseen if given > ours else self.differ
                yield from differ(row["order_id"], "Payment", key, given_back=(ours, given))

    def _parcels(self, order_id: str) -> list[ParcelLine]:
        return [line for parcel in self.fulfillments[order_id] for line in _lines(parcel)]

    def _shipped(self) -> Iterator[Finding]:
        shown = self._shown() + self._shown_kept()
        out = {
            key: shipped(self._parcels(key), {line: n for (order, line), n in shown.items() if order == key})
            for key in self.page.orders
            if key in self.orders
        }
        for row in self.page.lines:
            if row["order_id"] not in out:
                continue
            units = out[row["order_id"]].get(row["order_line_id"], 0)
            gone = row["reserved"] + row["returned"] + row["kept"]
            if units != row["shipped"] and min(max(units, gone), row["sold"]) != row["shipped"]:
                yield from self.unseen(
                    row["order_id"], "OrderLine", row["order_line_id"], shipped=(row["shipped"], units)
                )
            if units < gone:
                yield from self.differ(
                    row["order_id"], "OrderLine", row["order_line_id"], with_customer_or_back=(gone, units)
                )

    def _shown(self) -> Counter[tuple[str, str]]:
        """Units by (order, line) that came back and that the desk has shown to the shop as returned."""
        ours: Counter[tuple[str, str]] = Counter()
        for row in self.page.receipt_lines:
            if row["shop_fulfillment_id"]:
                ours[row["order_id"], row["line_id"]] += row["quantity"]
        return ours

    def _shown_kept(self) -> Counter[tuple[str, str]]:
        """The same of units that the customer keeps, and that are shown as refunded."""
        ours: Counter[tuple[str, str]] = Counter()
        for row in self.page.return_lines:
            ours[row["order_id"], row["line_id"]] += min(row["kept"], row["kept_shown"])
        return ours

    def _returned(self) -> Iterator[Finding]:
        """Units that the shop shows as returned: at least what the desk has shown it."""
        back: Counter[tuple[str, str]] = Counter()
        for order_id in self.page.orders:
            for parcel in self.fulfillments[order_id]:
                for line in parcel.lines if parcel.status in _RETURNED else ():
                    back[order_id, line.order_line_id] += line.quantity
        for (order_id, line_id), units in self._shown().items():
            if order_id in self.orders and back[order_id, line_id] < units:
                yield from self.differ(
                    order_id, "OrderLine", line_id, shown_as_returned=(units, back[order_id, line_id])
                )

    def _targets(self) -> Iterator[Finding]:
        """Gift cards and orders that refunds were given as."""
        mine = {row["id"] for row in self.page.refunds}
        parts = [row for row in self.page.parts if row["target_id"] and row["refund_id"] in mine]
        orders = {row["target_id"] for row in parts if row["kind"] == PartKind.EXCHANGE}
        cards = {row["target_id"] for row in parts if row["kind"] == PartKind.STORE_CREDIT}
        there = {order.id for order in shop().orders_of(sorted(orders))} if orders else set()
        there |= shop().gift_cards_of(sorted(cards)) if cards else set()
        for row in parts:
            exists = (row["target_id"] in there, True)
            yield from self.differ(row["order_id"], row["kind"], row["target_id"], exists=exists)


def _lines(parcel: Fulfillment) -> list[ParcelLine]:
    return [
        ParcelLine(line.id, line.order_line_id, parcel.status, line.quantity, parcel.created, parcel.id)
        for line in parcel.lines
    ]
