"""What would a return of these units give back, and what would exchanging them cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from django.db import transaction

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, NewOrder, Order, OrderQuote

from .. import access, accounts, store
from ..domain.fees import Charged, Fees, cap_amount
from ..domain.plan import OrderAccount, RefundPlan, ShippingRule, plan_refund
from ..domain.quantities import MAX_LINES, positive
from ..domain.reasons import Reason, Resolution
from ..store.books_family import refundable
from .case import Case, Request, Wanted, rules_now
from .exchange_return import Items, new_items

_Named = TypeVar("_Named", bound=StrEnum)

Units = Sequence[tuple[str, int] | tuple[str, int, str] | tuple[str, int, str, str]]
"""Order lines, units, why they come back (`Reason`) and what for (`Resolution`): rules may look at both."""


@dataclass(frozen=True)
class Estimate:
    """The itemised refund, and the most that the order's payments can still give."""

    plan: RefundPlan
    ceiling: int
    currency: str


@dataclass(frozen=True)
class ExchangeEstimate:
    """What the units earn, what the new goods cost today, and the difference in minor units: above zero
    the customer pays it, below zero they get it back."""

    plan: RefundPlan
    quote: OrderQuote

    @property
    def difference(self) -> int:
        """The new goods' price less the credit."""
        return self.quote.total_gross - self.plan.charge.gross


def estimate_refund(
    asker: Asker, order_id: str, items: Units, *, withdrawal: bool = False, method: str = ""
) -> Estimate:
    """The refund of `items` by today's rules, `withdrawal` by the law's right; writes nothing.

    Raises NotFound (``orderId``, ``lines.N.orderLineId``), Invalid (``lines.N.quantity``,
    ``lines.N.reasonCode``, ``lines.N.resolution``), Conflict (``orderId``, NEEDS_REVIEW).
    """
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    plan = estimated(order, items, Request(withdrawal, method=method))
    return Estimate(plan, refundable(order_id), order.currency)


def estimate_exchange(
    asker: Asker, order_id: str, items: Units, goods: Items, *, method: str = ""
) -> ExchangeEstimate:
    """What exchanging `items` for `goods` (variant, units) would cost today; writes nothing.

    Raises as `estimate_refund`, and NotFound, Invalid, InsufficientStock for the goods.
    """
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    plan = estimated(order, items, Request(method=method), exchange=True)
    new = NewOrder(order_id, new_items(goods), plan.charge.gross)
    with transaction.atomic():
        return ExchangeEstimate(plan, shop().quote_order(new))


def estimated(order: Order, items: Units, request: Request, *, exchange: bool = False) -> RefundPlan:
    """What `items` of an order that was read earn by today's rules, towards an `exchange` without delivery.

    Raises as `estimate_refund`; the caller has checked whose order it is.
    """
    account = accounts.explained(order)
    if account is None:
        raise Conflict("A person must look at this order first.", field="orderId", code="NEEDS_REVIEW")
    wanted = _wanted(account, items, request)
    if exchange:
        wanted = [replace(each, resolution=Resolution.EXCHANGE.value) for each in wanted]
    rules = rules_now()
    terms = Case(order, store.parcel_lines(order.id), account, rules).judge(wanted, request)
    charged = [
        Charged(each.line_id, each.quantity, line.fee_percent, line.postage)
        for each, line in zip(wanted, terms.lines, strict=True)
    ]
    return plan_refund(
        account,
        {each.line_id: each.quantity for each in wanted},
        ShippingRule.NONE if exchange else rules.policy.delivery(by_law=terms.by_law),
        fees=Fees.of(charged, terms.label_fee),
        standard=cap_amount(rules.policy.standard_shipping, order.currency),
    )


def _wanted(account: OrderAccount, items: Units, request: Request) -> list[Wanted]:
    """The units, each of its line once."""
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    left = {line.line_id: line.quantity - line.credited for line in account.lines}
    wanted: dict[str, Wanted] = {}
    for i, (line_id, quantity, *more) in enumerate(items):
        reason, resolution = (*more, "", "")[:2]
        if line_id not in left:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if line_id in wanted:
            raise Invalid("This line is named twice.", field=f"lines.{i}.orderLineId", code="DUPLICATE")
        positive(quantity, field=f"lines.{i}.quantity")
        if quantity > left[line_id]:
            raise Invalid(f"Only {left[line_id]} left.", field=f"lines.{i}.quantity", code="UNRETURNABLE")
        why = Reason.WITHDRAWAL if request.withdrawal else _one_of(Reason, reason, i, "reasonCode")
        what = _one_of(Resolution, resolution, i, "resolution")
        wanted[line_id] = Wanted(line_id, quantity, why.value, what.value)
    return list(wanted.values())


def _one_of(kind: type[_Named], name: str, i: int, field: str) -> _Named:
    """The value of that name, the first without one. Raises Invalid (``lines.N...``)."""
    try:
        return kind(name or next(iter(kind)))
    except ValueError:
        raise Invalid(f"Must be one of: {', '.join(kind)}.", field=f"lines.{i}.{field}") from None
