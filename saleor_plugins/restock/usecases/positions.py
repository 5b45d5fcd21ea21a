"""Where the stock of a page of variants stands, with everything open for them held for the transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ...platform import shop
from ..domain.facts import Position
from ..domain.order import OWED
from ..models import PurchaseOrderLine, TransferLine
from ..store import orders, transfers

Pair = tuple[str, str]


@dataclass(frozen=True)
class Positions:
    """Positions by (variant, warehouse), and the open lines they were made from; `stocked` has a stock.

    Drafts of a run do not count, since every run sets them anew; a person's count as approved.
    """

    known: Mapping[Pair, Position]
    stocked: frozenset[Pair]
    lines: Mapping[Pair, list[PurchaseOrderLine]]
    moves: Sequence[TransferLine]

    def of(self, pair: Pair) -> Position:
        """The position of a need; nothing where nothing lies and nothing comes."""
        return self.known.get(pair, Position())

    def draft(self, pair: Pair) -> PurchaseOrderLine | None:
        """The need's draft line, a run's or a person's."""
        return next((line for line in self.lines.get(pair, ()) if line.draft), None)


def positions(variant_ids: Collection[str], warehouse_id: str | None = None) -> Positions:
    """The positions of the variants; their orders, transfers and all drafts are locked, in this order.

    With `warehouse_id` the draft transfers to other warehouses stay as they are, so their sources have
    promised them. A constant number of queries.
    """
    lines = orders.lock_open(variant_ids)
    moves = transfers.lock_open(variant_ids)
    way = transfers.add_up(moves)
    for move in moves:
        kept = move.by_hand or (warehouse_id is not None and move.target_id != warehouse_id)
        if move.draft and kept:
            _add(way.outgoing, (move.variant_id, move.source_id), move.quantity)
        if move.draft and move.by_hand:
            _add(way.incoming, (move.variant_id, move.target_id), move.quantity)
    stocks = {(row.variant_id, row.warehouse_id): row for row in shop().stocks(variant_ids)}
    known = {}
    for pair in {*stocks, *lines, *way.incoming, *way.outgoing}:
        stock = stocks.get(pair)
        known[pair] = Position(
            on_hand=stock.on_hand if stock else 0,
            allocated=stock.allocated if stock else 0,
            on_order=sum(map(_to_come, lines.get(pair, ()))),
            incoming=way.incoming.get(pair, 0),
            outgoing=way.outgoing.get(pair, 0),
            reserved=stock.reserved if stock else 0,
        )
    return Positions(known, frozenset(stocks), lines, moves)


def _to_come(line: PurchaseOrderLine) -> int:
    counts = line.order.state in OWED or (line.draft and line.by_hand)
    return max(line.ordered - line.received, 0) if counts else 0


def _add(units: dict[Pair, int], pair: Pair, more: int) -> None:
    units[pair] = units.get(pair, 0) + more
