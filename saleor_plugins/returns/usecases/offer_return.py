"""What of an order may be returned, until when, why and how: what a shopper is shown before they ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access, accounts
from ..domain.rules.terms import LineTerms
from .case import Case, Request, Wanted, rules_now
from .returnable_lines import Returnable, returnable

NOT_SHIPPED = "NOT_SHIPPED"
NOTHING_LEFT = "NOTHING_LEFT"


@dataclass(frozen=True)
class OfferedReason:
    """A reason that may be given, the photos it needs, and whether it needs words."""

    code: str
    photos: int = 0
    note: bool = False


@dataclass(frozen=True)
class OfferedLine:
    """A line of the order. `refused` is a code, "" when it may be asked for, and `why` says it in words.

    `until` is the last day, None while none is known; `most` the most units a request may have of it.
    """

    order_line_id: str
    sku: str
    name: str
    available: int
    sold: int
    until: date | None
    refused: str = ""
    why: str = ""
    reasons: tuple[OfferedReason, ...] = ()
    resolutions: tuple[str, ...] = ()
    most: int = 0
    final_sale: bool = False
    withdrawal: bool = False


@dataclass(frozen=True)
class Offer:
    """What may be returned. `law` is EU, UK or ""; `label_fee` is kept once, minor units of `currency`."""

    lines: tuple[OfferedLine, ...]
    methods: tuple[str, ...]
    law: str
    currency: str
    payer: str
    label_fee: int = 0


def offer_return(
    asker: Asker, order_id: str, *, withdrawal: bool = False, declared: date | None = None
) -> Offer:
    """What the rules offer for the order today; with `withdrawal` what the law does.

    It counts the day on which that was `declared`, where it is not today. Every line is in it, in the order's
    order; staff see what the shopper does. Raises NotFound (``orderId``).
    """
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    rows, parcels = returnable(order)
    case = Case(order, parcels, accounts.explained(order), rules_now())
    there = [row for row in rows if row.sold]
    wanted = [Wanted(row.order_line_id, max(row.available, 1)) for row in there]
    terms = case.judge(wanted, Request(withdrawal, asked=False, on=declared))
    lines = tuple(_line(row, line) for row, line in zip(there, terms.lines, strict=True))
    return Offer(lines, terms.methods, terms.law, order.currency, terms.payer, terms.label_fee)


def _line(row: Returnable, terms: LineTerms) -> OfferedLine:
    refused, why = terms.refused, terms.why
    if not row.available:
        refused, why = _nothing(row)
    return OfferedLine(
        order_line_id=row.order_line_id,
        sku=row.sku,
        name=row.name,
        available=row.available,
        sold=row.sold,
        until=terms.until,
        refused=refused,
        why=why,
        reasons=tuple(OfferedReason(*each) for each in terms.reasons),
        resolutions=terms.resolutions,
        most=row.available if terms.most is None else min(terms.most, row.available),
        final_sale=terms.final_sale,
        withdrawal=terms.withdrawal,
    )


def _nothing(row: Returnable) -> tuple[str, str]:
    if row.shipped:
        return NOTHING_LEFT, "All units were returned, or are about to be."
    return NOT_SHIPPED, "Nothing of it was sent yet."
