"""Writes of stock to Shopify whose end is always found out: sent, asked about again, settled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from uuid import UUID

from saleor_plugins.kernel.ids import new_id

from ..domain.stock import was_done
from ..models import Level, Store
from ..shopify.client import Client
from ..shopify.errors import ShopifyError, Unknown, Unreachable
from ..shopify.levels import Answer, Pair, Quantity, read_levels, set_levels, stock_at
from . import stock_ledger as ledger
from .locks import exclusive
from .outcome import LaterError
from .stock_ledger import Row

_ASKED = 3


class Followed:
    """Where Saleor's word counts nothing has to be remembered: the number there says whether it was done."""

    def __init__(self, client: Client, name: str):
        self.client, self._name = client, name

    def is_done(self, row: Row, now: int | None) -> bool:
        """Whether a level is as it should be."""
        return now == row.after

    def done_before(self, rows: Sequence[Row]) -> set[Pair]:
        """Levels that need nothing more."""
        return set()

    def write(self, rows: Sequence[Row]) -> tuple[Answer, set[Pair]]:
        """Set levels; answers what Shopify said, and for which levels it was asked."""
        quantities = [row.quantity for row in rows]
        answer = _ask(self.client, f"{self._name}:{_digest(quantities)}", quantities)
        return answer, {row.pair for row in rows}

    def stock(self, rows: Sequence[Row]) -> dict[Pair, str]:
        """Stock items at locations; why not, for those that were refused."""
        keys = [f"{self._name}:{_digest([row.quantity])}" for row in rows]
        return _stock(self.client, keys, [row.quantity for row in rows])


class Agreed:
    """Where both sides' words count: a level is reserved, written, and what was written agreed on."""

    def __init__(self, client: Client, store: Store):
        self.client, self.store = client, store

    def look_back(self, variants: Iterable[str]) -> None:
        """Find out about every write to these variants that nobody knows the end of."""
        for key in ledger.open_writes(self.store, variants):
            resolve(self.client, key)

    def is_done(self, row: Row, now: int | None) -> bool:
        """A number that is as wanted by chance is news, but not where nothing was stocked: we did that."""
        return row.before is None and now == row.after

    def done_before(self, rows: Sequence[Row]) -> set[Pair]:
        """Levels at which both sides agree on what these rows want: an earlier try wrote it."""
        found = Level.objects.filter(store=self.store, busy=None, item__in={row.item for row in rows})
        agreed = {(level.item, level.location): level.agreed for level in found}
        return {
            row.pair
            for row in rows
            if row.before is not None and agreed.get(row.pair) == row.base + row.after - row.before
        }

    def write(self, rows: Sequence[Row]) -> tuple[Answer, set[Pair]]:
        """Set levels; answers what Shopify said, and for which levels it was asked."""
        key = new_id()
        with exclusive(f"stock:{key}"):
            mine = ledger.reserve(self.store, key, rows)
            quantities = _ordered([row.quantity for row in rows if row.pair in mine])
            if not quantities:
                return Answer(), mine
            try:
                answer = set_levels(self.client, str(key), quantities)
            except Unknown:
                return (Answer() if _find_out(self.client, key) else Answer(again=True)), mine
            except ShopifyError:
                ledger.settle(key, done=False)
                raise
            ledger.settle(key, done=answer.done)
            return answer, mine

    def stock(self, rows: Sequence[Row]) -> dict[Pair, str]:
        """Stock items at locations; why not, for those that were refused."""
        key = new_id()
        with exclusive(f"stock:{key}"):
            mine = ledger.reserve(self.store, key, rows)
            quantities = _ordered([row.quantity for row in rows if row.pair in mine])
            refused = {row.pair: "it has changed meanwhile" for row in rows if row.pair not in mine}
            try:
                failed = _stock(self.client, [_part(key, q) for q in quantities], quantities)
            except Unreachable:
                ledger.settle(key, done=False)
                raise
            except ShopifyError:
                # Many mutations in one request: those before the one that failed were done.
                now = read_levels(self.client, [quantity.pair for quantity in quantities])
                ledger.settle(key, done=False, only={q.pair for q in quantities if now.get(q.pair) is None})
                ledger.settle(key, done=True)
                raise
            ledger.settle(key, done=False, only=failed)
            ledger.settle(key, done=True)
            return refused | failed


def resolve(client: Client, key: UUID) -> bool:
    """Find out how a write ended whose answer was lost, by asking for it again under its key.

    Answers whether it was done. Raises LaterError while somebody else is at it or nobody answers.
    """
    with exclusive(f"stock:{key}") as mine:
        if not mine:
            raise LaterError("its stock is being written", 1)
        return _find_out(client, key)


def _find_out(client: Client, key: UUID) -> bool:
    levels = ledger.under_way(key)
    sent = [Quantity(x.item, x.location, x.sent_from, x.sent_to or 0) for x in levels]
    fresh = [quantity for quantity in sent if quantity.before is None]
    if fresh:
        failed = _stock(client, [_part(key, quantity) for quantity in fresh], fresh)
        now = read_levels(client, failed) if failed else {}
        # Another has stocked it, empty; or it was us, and it sells.
        lost = {q.pair for q in fresh if q.pair in failed and not (now.get(q.pair) or not q.after)}
        ledger.settle(key, done=False, only=lost)
        ledger.settle(key, done=True)
        return not lost
    if not sent:
        return True
    answer = _ask(client, str(key), sent)
    done = answer.done
    if answer.stale or answer.refused:
        # The same key may be called stale although it was carried out: the levels themselves tell.
        now = read_levels(client, [quantity.pair for quantity in sent])
        done = was_done((q.before or 0, q.after, now.get(q.pair)) for q in sent)
    ledger.settle(key, done=done)
    return done


def _ask(client: Client, key: str, quantities: Sequence[Quantity]) -> Answer:
    for _ in range(_ASKED):
        try:
            return set_levels(client, key, quantities)
        except Unknown as error:
            last = error
    raise LaterError(f"{last.message}: asking again later", 2)


def _stock(client: Client, keys: Sequence[str], quantities: Sequence[Quantity]) -> dict[Pair, str]:
    for _ in range(_ASKED):
        try:
            return stock_at(client, keys, quantities) if quantities else {}
        except Unknown as error:
            last = error
    raise LaterError(f"{last.message}: asking again later", 2)


def _ordered(quantities: Sequence[Quantity]) -> list[Quantity]:
    """As the database sorts them, so that the same write has the same text."""
    return sorted(quantities, key=lambda quantity: quantity.pair)


def _part(key: UUID, quantity: Quantity) -> str:
    return f"{key}:{_digest([quantity])}"


def _digest(quantities: Sequence[Quantity]) -> str:
    return sha256(repr([(q.pair, q.before, q.after) for q in quantities]).encode()).hexdigest()[:24]
