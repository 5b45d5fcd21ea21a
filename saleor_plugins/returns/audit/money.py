"""Where the money is: balances against allocations and parts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from saleor_plugins.kernel.ids import to_global

from ..domain.machines import HOLDING, PartState, RefundState, refund_state
from ..domain.plan import Component, PartKind
from .finding import Finding
from .page import Row
from .units import Check


class Money(Check):
    """Credits, refunds, payments and exchanges."""

    def findings(self) -> Iterator[Finding]:
        """Every difference."""
        yield from self._order_lines()
        yield from self._orders()
        yield from self._return_lines()
        yield from self._refunds()
        yield from self._payments()

    def _order_lines(self) -> Iterator[Finding]:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self._rows(Component.ITEM):
            found = sums[row["order_line_id"]]
            found.update(credited=row["count"], credited_net=row["sum_net"], credited_tax=row["sum_tax"])
            found["last"] = max(found["last"], row["last"])
        for row in self.page.lines:
            found = sums[row["order_line_id"]]
            pairs = {name: (row[name], found[name]) for name in ("credited", "credited_net", "credited_tax")}
            # Units are credited in turn: the last one's number is how many there are.
            pairs["allocations"] = (found["last"], found["credited"])
            yield from self.differ(row["order_id"], "OrderLine", row["order_line_id"], **pairs)

    def _rows(self, component: Component) -> Iterator[Row]:
        return (row for row in self.page.allocations if row["component"] == component)

    def _orders(self) -> Iterator[Finding]:
        net: Counter[str] = Counter()
        tax: Counter[str] = Counter()
        for row in self._rows(Component.SHIPPING):
            net[row["order_id"]] += row["sum_net"]
            tax[row["order_id"]] += row["sum_tax"]
        refunds: Counter[str] = Counter(row["order_id"] for row in self.page.refunds)
        credit: Counter[str] = Counter()
        for row in self.page.parts:
            if row["kind"] == PartKind.EXCHANGE and row["state"] == PartState.SUCCEEDED:
                credit[row["target_id"]] += row["amount"]
        for key, row in self.page.orders.items():
            yield from self.differ(
                key,
                "Order",
                key,
                shipping_credited_net=(row["shipping_credited_net"], net[key]),
                shipping_credited_tax=(row["shipping_credited_tax"], tax[key]),
                refunds=(row["refunds"], refunds[key]),
                exchange_credit=(row["exchange_credit"], credit[key]),
            )

    def _return_lines(self) -> Iterator[Finding]:
        """Credited and settled units of a return's lines, added up by order line: allocations name that."""
        decided: Counter[Any] = Counter()
        settled: Counter[Any] = Counter()
        for row in self._rows(Component.ITEM):
            slot = (row["rma_id"], row["order_line_id"])
            decided[slot] += row["count"]
            settled[slot] += row["count"] if row["state"] == RefundState.SUCCEEDED else 0
        sums: dict[Any, Counter[str]] = defaultdict(Counter)
        about: dict[Any, Row] = {}
        for row in self.page.return_lines:
            slot = (row["rma_id"], row["line_id"])
            sums[slot].update(credited=row["credited"], settled=row["settled"])
            about.setdefault(slot, row)
        for slot, row in about.items():
            yield from self.differ(
                row["order_id"],
                "ReturnLine",
                to_global("ReturnLine", row["id"]),
                credited=(sums[slot]["credited"], decided[slot]),
                settled=(sums[slot]["settled"], settled[slot]),
            )

    def _refunds(self) -> Iterator[Finding]:
        rows: dict[Any, Counter[str]] = defaultdict(Counter)
        for row in self.page.refund_rows:
            rows[row["refund_id"]].update(net=row["sum_net"], tax=row["sum_tax"])
        parts: dict[Any, list[Row]] = defaultdict(list)
        for row in self.page.parts:
            parts[row["refund_id"]].append(row)
        for row in self.page.refunds:
            mine = parts[row["id"]]
            given = sum(part["amount"] for part in mine if part["state"] != PartState.REPLACED)
            yield from self.differ(
                row["order_id"],
                "Refund",
                to_global("Refund", row["id"]),
                net=(row["net"], rows[row["id"]]["net"]),
                tax=(row["tax"], rows[row["id"]]["tax"]),
                parts=(given, row["net"] + row["tax"]),
                state=(row["state"], refund_state([part["state"] for part in mine]).value),
            )

    def _payments(self) -> Iterator[Finding]:
        pending: Counter[str] = Counter()
        ours: Counter[str] = Counter()
        for row in self.page.payment_parts:
            pending[row["payment_id"]] += row["sum"] if row["state"] in HOLDING else 0
            ours[row["payment_id"]] += row["sum"] if row["state"] == PartState.SUCCEEDED else 0
        for row in self.page.payments:
            key = row["payment_id"]
            yield from self.differ(
                row["order_id"],
                "Payment",
                key,
                pending=(row["pending"], pending[key]),
                ours=(row["ours"], ours[key]),
                # What was given elsewhere is beyond ours; never less.
                refunded=(row["refunded"], max(row["refunded"], ours[key])),
            )
