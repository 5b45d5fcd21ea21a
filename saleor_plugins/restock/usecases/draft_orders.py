"""Write a run's draft orders: the best use of the money first, and only what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from uuid import UUID

from django.db import transaction

from ..domain.breaks import price_of
from ..domain.budget import Wish, affordable
from ..domain.explain import Words
from ..domain.explain.flags import over_budget
from ..domain.rule import Flag, with_flag
from ..domain.supplier import Terms
from ..models import PurchaseOrder, PurchaseOrderLine, Suggestion
from ..store import catalogue, locks, orders, suggestions
from .assess import Run
from .open_to_buy import Purse, open_to_buy
from .positions import Positions, positions

BATCH = 200
"""Suggestions whose drafts a transaction writes."""

WRITTEN = ("ordered", "price", "sku", "supplier_sku", "name")
"""What of a line a run writes, beside its order."""


@dataclass
class Drafted:
    """Draft orders that were written to, and variants of which more is there or coming than was assessed."""

    order_ids: set[UUID] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)


def draft_orders(
    run: Run, variant_ids: Sequence[str] | None = None, heard: Callable[[], None] = lambda: None
) -> Drafted:
    """Bring the draft orders of a run's suggestions (of some variants, or all) to what they say.

    A need whose position has risen since it was assessed gets nothing: it may just have been ordered.
    Everything is looked at again under the locks of its own batch, so that no approval, receipt or twin
    comes between.
    """
    done = Drafted()
    with transaction.atomic():
        locks.take("suggest")
        purses = open_to_buy(run, suggestions.lines_of_run(variant_ids, run.warehouse_id))
    ids = suggestions.by_priority(variant_ids, run.warehouse_id)
    while batch := list(islice(ids, BATCH)):
        with transaction.atomic():
            locks.take("suggest")
            _Batch(run, purses, done).write(suggestions.in_order(batch))
        heard()
    return done


class _Batch:
    """The drafts of some suggestions, in one transaction and a constant number of queries."""

    def __init__(self, run: Run, purses: Sequence[Purse], done: Drafted) -> None:
        self.run, self.purses, self.done = run, purses, done
        self.new: list[PurchaseOrderLine] = []
        self.again: list[PurchaseOrderLine] = []
        self.gone: list[PurchaseOrderLine] = []
        self.told: list[Suggestion] = []

    def write(self, rows: Sequence[Suggestion]) -> None:
        ids = {row.variant_id for row in rows}
        where = positions(ids, self.run.warehouse_id)
        offers = catalogue.offers(ids, self.run.policy.default_lead_days)
        self.drafts = orders.drafts()
        for row in rows:
            self._one(row, where, _terms(row, offers.get(row.variant_id, ())))
        orders.add_lines(self.new)
        orders.save_lines(self.again, ["order", *WRITTEN])
        # Last: what lines have left for another supplier's draft may be empty, and a new draft no more.
        orders.drop_lines(self.gone)
        suggestions.save(self.told, ["line", "flags", "explanation"])

    def _one(self, row: Suggestion, where: Positions, terms: Terms | None) -> None:
        pair = (row.variant_id, row.warehouse_id)
        line = where.draft(pair)
        if line is not None and line.by_hand:
            return
        said = (row.line_id, row.flags)
        risen = where.of(pair).units > _assessed(row)
        if risen:
            self.done.moved.add(row.variant_id)
        units = 0 if risen or terms is None else self._afford(row, terms)
        if not units or terms is None:
            self.gone += [line] if line else []
            row.line = None
        else:
            row.line = self._line(row, line, terms, units)
        if said != (row.line_id, row.flags):
            self.told.append(row)

    def _line(
        self, row: Suggestion, line: PurchaseOrderLine | None, terms: Terms, units: int
    ) -> PurchaseOrderLine:
        draft = self._draft(terms, row.warehouse_id)
        wanted = (draft.pk, units, price_of(terms.prices, units), row.sku, terms.supplier_sku, row.name)
        if line is None:
            line = PurchaseOrderLine(variant_id=row.variant_id, warehouse_id=row.warehouse_id)
            self.new.append(line)
        elif wanted != tuple(getattr(line, name) for name in ("order_id", *WRITTEN)):
            self.again.append(line)
        line.order = draft
        for name, value in zip(WRITTEN, wanted[1:], strict=True):
            setattr(line, name, value)
        self.done.order_ids.add(draft.pk)
        return line

    def _draft(self, terms: Terms, warehouse_id: str) -> PurchaseOrder:
        key = (terms.supplier_id, warehouse_id, terms.currency)
        if key not in self.drafts:
            self.drafts[key] = orders.new_draft(terms, warehouse_id)
        return self.drafts[key]

    def _afford(self, row: Suggestion, terms: Terms) -> int:
        """Units that every budget allows; what they forbid is said in the suggestion."""
        units = row.quantity
        for purse in self.purses:
            units = self._within(purse, row, terms, units)
        for purse in self.purses if units else ():
            amount = purse.holds(units * price_of(terms.prices, units), terms.currency, self.run.rates)
            purse.left -= amount or 0
        return units

    def _within(self, purse: Purse, row: Suggestion, terms: Terms, units: int) -> int:
        amount = purse.holds(units * price_of(terms.prices, units), terms.currency, self.run.rates)
        if not units or (amount is not None and amount <= purse.left):
            return units
        least = max(terms.moq, terms.pack)
        dearest = purse.holds(units * terms.price, terms.currency, self.run.rates)
        fewer = affordable(Wish(str(row.pk), units, dearest, row.value, least, terms.pack), purse.left)
        row.flags = with_flag(row.flags, Flag.OVER_BUDGET)
        words = Words(self.run.policy, purse.currency, {})
        left = None if amount is None else words.money(max(purse.left, 0))
        row.explanation = [*row.explanation, over_budget(fewer, row.quantity, purse.name, left)]
        return fewer


def _assessed(row: Suggestion) -> int:
    return int(row.on_hand - row.allocated + row.on_order + row.incoming - row.outgoing)


def _terms(row: Suggestion, offers: Sequence[Terms]) -> Terms | None:
    """What the suggested supplier asks now; None when they no longer sell it."""
    if not row.quantity:
        return None
    return next((offer for offer in offers if offer.supplier_id == str(row.supplier_id)), None)
