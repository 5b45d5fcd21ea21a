"""Setting stock at Shopify: compare-and-set without a look before; a sale in between is never lost."""

from __future__ import annotations

from collections.abc import Sequence

from ..domain.policy import SALEOR
from ..models import Change, Origin, Subject
from ..shopify.levels import Pair, chunks, read_levels
from . import dirty
from .outcome import Done, LaterError, ParkedError
from .sides import Sides
from .stock_ledger import Row, row_of
from .stock_writes import Agreed, Followed
from .take_stock import look_back

_ROUNDS = 5


def set_stock(change: Change, sides: Sides) -> Done:
    """Bring each level from what the plan saw to what it is to be; what has changed since is left alone.

    One call for all of them. Only when Shopify calls one stale are they read, and the rest sent again.
    """
    rows = [row_of(given) for given in change.payload["levels"]]
    if sides.policy.stock != SALEOR:
        _look_back(change, sides, rows)
    work = _Work(sides, change)
    work.do(rows)
    if work.problems:
        raise ParkedError("; ".join(work.problems[:5]))
    if work.drifted:
        if change.run.origin != Origin.SYNC:
            names = ", ".join(work.drifted[row] for row in list(work.drifted)[:5])
            raise ParkedError(f"changed in Shopify since the plan: {names}; plan again")
        for variant in {row.variant for row in work.drifted}:
            dirty.mark(sides.store, Subject.STOCK, variant)
    return Done()


def _look_back(change: Change, sides: Sides, rows: Sequence[Row]) -> None:
    """What was sent before and not answered comes first; variants planned for that alone come again."""
    alone = set(change.payload.get("open", ()))
    look_back(sides, alone | {row.variant for row in rows})
    for variant in alone:
        dirty.mark(sides.store, Subject.STOCK, variant)


class _Work:
    """One change's levels: those that were refused and why, and those that are not as the plan saw them."""

    def __init__(self, sides: Sides, change: Change):
        follows = sides.policy.stock == SALEOR
        self.client = sides.client
        self.writer = Followed(sides.client, str(change.pk)) if follows else Agreed(sides.client, sides.store)
        self.problems: list[str] = []
        self.drifted: dict[Row, str] = {}

    def do(self, rows: Sequence[Row]) -> None:
        before = self.writer.done_before(rows)
        left = [row for row in rows if row.pair not in before]
        self._stock([row for row in left if row.before is None])
        left = [row for row in left if row.before is not None]
        for _ in range(_ROUNDS):
            left = self._write(left)
            if not left:
                return
        raise LaterError("levels kept changing in Shopify meanwhile", 5)

    def _write(self, rows: Sequence[Row]) -> list[Row]:
        """One call; answers the rows that are to be sent again."""
        answer, asked = self.writer.write(rows) if rows else (None, set())
        for row in rows:
            if row.pair not in asked:
                self.drifted[row] = f"{row.label} {row.before} -> other"
        mine = [row for row in rows if row.pair in asked]
        if answer is None or answer.done:
            return []
        self.problems += [
            f"{row.label}: {answer.refused[row.pair]}" for row in mine if row.pair in answer.refused
        ]
        mine = [row for row in mine if row.pair not in answer.refused]
        return self._looked(mine) if answer.stale else mine

    def _looked(self, rows: Sequence[Row]) -> list[Row]:
        """Of levels that were written together and not all as expected, those that still are."""
        now = read_levels(self.client, [row.pair for row in rows])
        left = []
        for row in rows:
            found = now.get(row.pair)
            if row.pair not in now:
                self.problems.append(f"{row.label}: it was deleted in Shopify")
            elif found == row.before:
                left.append(row)
            elif not self.writer.is_done(row, found):
                self.drifted[row] = f"{row.label} {row.before} -> {found}"
        return left

    def _stock(self, rows: Sequence[Row]) -> None:
        """Stock items where they are not yet."""
        by_pair: dict[Pair, Row] = {row.pair: row for row in rows}
        for part in chunks([row.quantity for row in rows]):
            refused = self.writer.stock([by_pair[quantity.pair] for quantity in part])
            now = read_levels(self.client, refused) if refused else {}
            for pair, why in refused.items():
                row, found = by_pair[pair], now.get(pair)
                if found is None:
                    self.problems.append(f"{row.label}: {why}")
                elif not self.writer.is_done(row, found):
                    self.drifted[row] = f"{row.label} {row.before} -> {found}"
