"""The itemised estimate: what each item earns, what is kept of it, what it adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from saleor_plugins.kernel.errors import Conflict

from ...domain.plan import Component, RefundPlan
from ...domain.reasons import Resolution
from ...usecases.drafts import Chosen
from ...usecases.estimate_refund import Estimate, ExchangeEstimate, estimate_exchange, estimate_refund
from .show import money
from .visit import Visit
from .words import words


@dataclass(frozen=True)
class Sum:
    """A row: what for, how much, and what is below it in small."""

    name: str
    amount: str
    small: str = ""


@dataclass(frozen=True)
class Sums:
    """The tables; `unknown` says that nobody can tell yet."""

    back: tuple[Sum, ...] = ()
    total: Sum | None = None
    credit: Sum | None = None
    goods: tuple[Sum, ...] = ()
    difference: Sum | None = None
    pays: bool = False
    unknown: bool = False
    facts: tuple[int, ...] = field(default=())


def sums(here: Visit) -> Sums:
    """What the answers so far would give back, by today's rules and prices.

    Raises NotFound, Invalid and InsufficientStock (``variantId``...) for new goods that cannot be had.
    """
    swapped = [item for item in here.answers.items if here.resolution(item) == Resolution.EXCHANGE]
    paid = [item for item in here.answers.items if item not in swapped]
    try:
        found = _estimate(here, paid) if paid else None
        other = _exchange(here, swapped) if swapped else None
    except Conflict as error:
        if error.code == "NEEDS_REVIEW":
            return Sums(unknown=True)
        raise
    return _told(here, found, other, paid, swapped)


def _told(
    here: Visit,
    found: Estimate | None,
    other: ExchangeEstimate | None,
    paid: Sequence[Chosen],
    swapped: Sequence[Chosen],
) -> Sums:
    said, language, currency = words(here.language), here.language, here.offer.currency
    shown = Sums()
    if found:
        total = found.plan.charge.gross
        credit = _credit(here, found.plan, paid)
        shown = Sums(
            back=tuple(_rows(here, found.plan, paid)),
            total=Sum(said["sum_total"], money(total, currency, language)),
            credit=Sum(said["sum_credit"], money(credit, currency, language)) if credit else None,
            facts=(total, credit),
        )
    if other:
        # The postage is kept once, and the refund bears it.
        postage = other.plan.of(Component.LABEL).gross if found else 0
        difference = other.difference + postage
        shown = Sums(
            shown.back,
            shown.total,
            shown.credit,
            goods=tuple(_goods(here, other, swapped, label=not found)),
            difference=_difference(difference, currency, language),
            pays=difference > 0,
            facts=(*shown.facts, difference),
        )
    return shown


def _estimate(here: Visit, items: Sequence[Chosen]) -> Estimate:
    return estimate_refund(here.asker, here.draft.order_id, _units(items), method=here.method)


def _exchange(here: Visit, items: Sequence[Chosen]) -> ExchangeEstimate:
    goods: dict[str, int] = {}
    for item in items:
        goods[item.exchange_variant_id] = goods.get(item.exchange_variant_id, 0) + item.quantity
    wanted = list(goods.items())
    return estimate_exchange(here.asker, here.draft.order_id, _units(items), wanted, method=here.method)


def _units(items: Sequence[Chosen]) -> list[tuple[str, int, str, str]]:
    return [(item.line_id, item.quantity, item.reason_code, item.resolution) for item in items]


def _rows(here: Visit, plan: RefundPlan, items: Sequence[Chosen], *, label: bool = True) -> list[Sum]:
    said, currency = words(here.language), here.offer.currency

    def row(name: str, minor: int, small: str = "") -> Sum:
        return Sum(name, money(minor, currency, here.language), small)

    rows = [
        row(_name(here, item), plan.of(Component.ITEM, item.line_id).gross, _quantity(item)) for item in items
    ]
    parts = {
        "sum_fee": plan.of(Component.FEE).gross,
        "sum_label": plan.of(Component.LABEL).gross if label else 0,
        "sum_shipping": plan.of(Component.SHIPPING).gross,
    }
    return rows + [row(said[key], minor) for key, minor in parts.items() if minor]


def _goods(here: Visit, found: ExchangeEstimate, items: Sequence[Chosen], *, label: bool) -> list[Sum]:
    currency, rows = here.offer.currency, _rows(here, found.plan, items, label=label)
    names = here.variant_names
    for line in found.quote.lines:
        amount = money(-line.gross, currency, here.language)
        name = names.get(line.variant_id, "")
        title = words(here.language)["exchange_for"].format(name=name)
        rows.append(Sum(title, amount, f"{line.quantity} ×" if line.quantity > 1 else ""))
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


def _name(here: Visit, item: Chosen) -> str:
    line = here.lines[item.line_id]
    return line.name or line.sku


def _quantity(item: Chosen) -> str:
    return f"{item.quantity} ×" if item.quantity > 1 else ""
