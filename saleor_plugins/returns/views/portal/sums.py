"""The itemised estimate: what each item earns, what is kept of it, what it adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db import transaction

from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import NewItem, NewOrder

from ...domain.plan import Component, RefundPlan
from ...domain.reasons import Resolution
from ...usecases.case import Request
from ...usecases.drafts import Chosen
from ...usecases.estimate_refund import estimated
from .show import money
from .visit import Visit
from .words import words

_NO_PLAN = RefundPlan(())


@dataclass(frozen=True)
class Sum:
    """A row: what for, how much, and what is below it in small."""

    name: str
    amount: str
    small: str = ""


@dataclass(frozen=True)
class Sums:
    """The tables; `unknown` says that nobody can tell yet. `facts` are the amounts that were told."""

    back: tuple[Sum, ...] = ()
    total: Sum | None = None
    credit: Sum | None = None
    goods: tuple[Sum, ...] = ()
    difference: Sum | None = None
    pays: bool = False
    unknown: bool = False
    facts: tuple[int, ...] = field(default=())


def quote(here: Visit, goods: Mapping[str, int]) -> dict[str, int]:
    """What units of variants cost today, by variant. Raises NotFound, Invalid, InsufficientStock."""
    items = tuple(NewItem(variant_id, units) for variant_id, units in goods.items())
    with transaction.atomic():
        found = shop().quote_order(NewOrder(here.draft.order_id, items))
    return {line.variant_id: line.gross for line in found.lines}


def sums(here: Visit, *, today: bool = False) -> Sums:
    """What the answers so far would give back, by today's rules.

    New goods cost what they did when they were chosen, unless it is to be what they cost `today`: asking the
    shop is dear. Raises then as `quote`.
    """
    items = here.answers.items
    swapped = [item for item in items if here.resolution(item) == Resolution.EXCHANGE]
    paid = [item for item in items if item not in swapped]
    prices: Counter[str] = Counter()
    for item in swapped:
        prices[item.exchange_variant_id] += item.quantity if today else item.quoted
    try:
        found = _plan(here, paid), _plan(here, swapped)
    except Conflict as error:
        if error.code == "NEEDS_REVIEW":
            return Sums(unknown=True)
        raise
    shown = _back(here, found[0], paid) if paid else Sums()
    if not swapped:
        return shown
    return _swap(here, shown, found[1], swapped, quote(here, prices) if today else prices)


def _plan(here: Visit, items: Sequence[Chosen]) -> RefundPlan:
    if not items:
        return _NO_PLAN
    units = [(item.line_id, item.quantity, item.reason_code, here.resolution(item)) for item in items]
    swap = here.resolution(items[0]) == Resolution.EXCHANGE
    return estimated(here.order, units, Request(method=here.method), exchange=swap)


def _back(here: Visit, plan: RefundPlan, items: Sequence[Chosen]) -> Sums:
    said, language, currency = words(here.language), here.language, here.offer.currency
    total, credit = plan.charge.gross, _credit(here, plan, items)
    kept = (Component.FEE, Component.LABEL, Component.SHIPPING)
    return Sums(
        back=tuple(_rows(here, plan, items, kept)),
        total=Sum(said["sum_total"], money(total, currency, language)),
        credit=Sum(said["sum_credit"], money(credit, currency, language)) if credit else None,
        facts=(total, credit),
    )


def _swap(
    here: Visit, shown: Sums, plan: RefundPlan, items: Sequence[Chosen], prices: Mapping[str, int]
) -> Sums:
    """The exchange beside what is given back: delivery stays paid, a refund bears the postage."""
    said, currency = words(here.language), here.offer.currency
    kept = (Component.FEE,) if shown.back else (Component.FEE, Component.LABEL)
    rows = _rows(here, plan, items, kept)
    for variant_id, gross in prices.items():
        title = said["exchange_for"].format(name=here.variant_names.get(variant_id, ""))
        rows.append(Sum(title, money(-gross, currency, here.language)))
    earned = sum(plan.of(part).gross for part in (Component.ITEM, *kept))
    difference = sum(prices.values()) - earned
    return replace(
        shown,
        goods=tuple(rows),
        difference=_difference(difference, currency, here.language),
        pays=difference > 0,
        facts=(*shown.facts, difference),
    )


_NAMES = {Component.FEE: "sum_fee", Component.LABEL: "sum_label", Component.SHIPPING: "sum_shipping"}


def _rows(here: Visit, plan: RefundPlan, items: Sequence[Chosen], kept: Sequence[Component]) -> list[Sum]:
    said, currency = words(here.language), here.offer.currency
    rows = []
    for item in items:
        line, earned = here.lines[item.line_id], plan.of(Component.ITEM, item.line_id).gross
        small = f"{item.quantity} ×" if item.quantity > 1 else ""
        rows.append(Sum(line.name or line.sku, money(earned, currency, here.language), small))
    for part in kept:
        if minor := plan.of(part).gross:
            rows.append(Sum(said[_NAMES[part]], money(minor, currency, here.language)))
    return rows


def _difference(minor: int, currency: str, language: str) -> Sum:
    said = words(language)
    if not minor:
        return Sum(said["sum_even"], "")
    return Sum(said["sum_pay" if minor > 0 else "sum_total"], money(abs(minor), currency, language))


def _credit(here: Visit, plan: RefundPlan, items: Sequence[Chosen]) -> int:
    """What of the sum is store credit: all of it, the postage taken off, when nothing else is wanted."""
    wanted = [item for item in items if here.resolution(item) == Resolution.STORE_CREDIT]
    if len(wanted) == len(items):
        return plan.charge.gross
    parts = (Component.ITEM, Component.FEE)
    return sum(plan.of(part, item.line_id).gross for item in wanted for part in parts)
