"""Where the units are: counters against the rows that explain them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from saleor_plugins.kernel.ids import from_global, to_global

from ..domain.dispositions import ASIDE, Disposition
from ..domain.machines import RETURN, ReturnState
from ..domain.quantities import Buckets
from ..store.steps import BUCKETS
from .finding import Finding
from .page import Page


class Check:
    """Compares and reports; the base of every group of checks."""

    def __init__(self, page: Page):
        self.page = page

    def differ(self, order_id: str, what: str, key: Any, **pairs: tuple[Any, Any]) -> Iterator[Finding]:
        """One finding per field whose (stored, rebuilt) are not equal."""
        for name, (stored, rebuilt) in pairs.items():
            if stored != rebuilt:
                number = self.page.orders[order_id]["number"]
                yield Finding(order_id, number, what, str(key), name, stored, rebuilt)


class Units(Check):
    """Lines, returns, parcels and inspections."""

    def findings(self) -> Iterator[Finding]:
        """Every difference."""
        yield from self._order_lines()
        yield from self._returns()
        yield from self._return_lines()
        yield from self._receipt_lines()
        yield from self._followups()
        yield from self._entries()

    def _order_lines(self) -> Iterator[Finding]:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self.page.return_lines:
            now = Buckets(**{name: row[name] for name in BUCKETS})
            sums[row["line_id"]].update(reserved=now.held, returned=now.received, kept=now.kept)
        for row in self.page.lines:
            found = sums[row["order_line_id"]]
            pairs = {name: (row[name], found[name]) for name in ("reserved", "returned", "kept")}
            yield from self.differ(row["order_id"], "OrderLine", row["order_line_id"], **pairs)

    def _returns(self) -> Iterator[Finding]:
        numbers: Counter[str] = Counter(row["order_id"] for row in self.page.returns)
        for order_id, order in self.page.orders.items():
            yield from self.differ(order_id, "Order", order_id, returns=(order["returns"], numbers[order_id]))
        verbs: dict[Any, list[str]] = defaultdict(list)
        for row in self.page.verbs:
            verbs[row["rma_id"]].append(row["verb"])
        for row in self.page.returns:
            state = _replayed(verbs[row["id"]])
            yield from self.differ(
                row["order_id"], "Return", to_global("Return", row["id"]), state=(row["state"], state)
            )

    def _return_lines(self) -> Iterator[Finding]:
        received: Counter[Any] = Counter()
        for row in self.page.receipt_lines:
            received[row["return_line_id"]] += row["quantity"]
        judged: dict[bool, Counter[Any]] = {True: Counter(), False: Counter()}
        for row in self.page.inspections:
            judged[Disposition(row["disposition"]).accepted][row["return_line_id"]] += row["units"]
        for row in self.page.return_lines:
            key = row["id"]
            yield from self.differ(
                row["order_id"],
                "ReturnLine",
                to_global("ReturnLine", key),
                received=(row["received"], received[key]),
                accepted=(row["accepted"], judged[True][key]),
                rejected=(row["rejected"], judged[False][key]),
            )

    def _receipt_lines(self) -> Iterator[Finding]:
        judged: Counter[Any] = Counter()
        restocked: Counter[Any] = Counter()
        last: Counter[Any] = Counter()
        for row in self.page.inspections:
            key = row["receipt_line_id"]
            judged[key] += row["units"]
            restocked[key] += row["put"]
            last[key] = max(last[key], row["last"] - 1)
        for row in self.page.receipt_lines:
            key = row["id"]
            yield from self.differ(
                row["order_id"],
                "ReceiptLine",
                key,
                judged=(row["judged"], judged[key]),
                restocked=(row["restocked"], restocked[key]),
                inspected=(last[key], judged[key]),
            )

    def _followups(self) -> Iterator[Finding]:
        for row in self.page.followups:
            most = row["pile"] if row["aside"] in ASIDE else 0
            yield from self.differ(
                row["order_id"],
                "Inspection",
                to_global("Inspection", row["inspection_id"]),
                followed=(row["units"], min(row["units"], most)),
                followups=(row["last"] - 1, row["units"]),
            )

    def _entries(self) -> Iterator[Finding]:
        """What the history says was received and restocked."""
        told_lines: Counter[str] = Counter()
        told: Counter[Any] = Counter()
        for row in self.page.entries:
            if row["verb"] == "receive":
                for line in row["data"]["lines"]:
                    told_lines[from_global(line["returnLineId"], "ReturnLine")] += line["quantity"]
            else:
                told[row["rma_id"]] += sum(each["quantity"] for each in row["data"]["restocked"])
        moved: Counter[Any] = Counter()
        for row in (*self.page.inspections, *self.page.followups):
            moved[row["rma_id"]] += row["put"]
        for row in self.page.returns:
            yield from self.differ(
                row["order_id"],
                "Return",
                to_global("Return", row["id"]),
                restocked=(moved[row["id"]], told[row["id"]]),
            )
        yield from self._told_receipts(told_lines)

    def _told_receipts(self, told: Counter[str]) -> Iterator[Finding]:
        received: Counter[str] = Counter()
        for row in self.page.receipt_lines:
            received[str(row["return_line_id"])] += row["quantity"]
        for row in self.page.return_lines:
            key = str(row["id"])
            yield from self.differ(
                row["order_id"],
                "ReturnLine",
                to_global("ReturnLine", key),
                receipts=(received[key], told[key]),
            )


def _replayed(verbs: list[str]) -> str:
    """The state that the history leads to."""
    state = ReturnState.REQUESTED.value
    for verb in verbs:
        if RETURN.allows(state, verb):
            state = RETURN.target(state, verb)
    return state
