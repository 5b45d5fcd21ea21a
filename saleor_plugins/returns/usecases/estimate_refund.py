"""What would a return of these units give back, and what would exchanging them cost?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, NewOrder, Order, OrderQuote

from .. import access, accounts, config
from ..domain.fees import Fees, cap_amount, fee_amount
from ..domain.plan import OrderAccount, RefundPlan, ShippingRule, plan_refund
from ..domain.policy import Policy
from ..domain.quantities import MAX_LINES, positive
from ..domain.reasons import Reason
from ..models import OrderLedger
from ..store.books_family import refundable
from .exchange_return import Items, new_items
from .refund_plan import percent

Units = Sequence[tuple[str, int] | tuple[str, int, str]]
"""Order lines, units, and why they come back (`Reason`; it decides about fees)."""


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


def estimate_refund(asker: Asker, order_id: str, items: Units) -> Estimate:
    """The refund of `items` by today's rules; writes nothing.

    Raises NotFound (``orderId``, ``lines.N.orderLineId``), Invalid (``lines.N.quantity``,
    ``lines.N.reasonCode``), Conflict (``orderId``, NEEDS_REVIEW).
    """
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    plan = _plan(order, items, config.policy().refund_shipping)
    return Estimate(plan, refundable(order_id), order.currency)


def estimate_exchange(asker: Asker, order_id: str, items: Units, goods: Items) -> ExchangeEstimate:
    """What exchanging `items` for `goods` (variant, units) would cost today; writes nothing.

    Raises as `estimate_refund`, and NotFound, Invalid, InsufficientStock for the goods.
    """
    access.order_for(asker, order_id)
    order = shop().order(order_id)
    plan = _plan(order, items, ShippingRule.NONE)
    new = NewOrder(order_id, new_items(goods), plan.charge.gross)
    with transaction.atomic():
        return ExchangeEstimate(plan, shop().quote_order(new))


def _plan(order: Order, items: Units, shipping: ShippingRule) -> RefundPlan:
    review = OrderLedger.objects.filter(pk=order.id).values_list("review", flat=True).first()
    account = accounts.account(order)
    if review or (review is None and accounts.review(order)):
        raise Conflict("A person must look at this order first.", field="orderId", code="NEEDS_REVIEW")
    units, bearing = _units(account, items)
    policy: Policy = config.policy()
    fees = Fees(percent(policy), fee_amount(policy.label_fee, order.currency), bearing)
    standard = cap_amount(policy.standard_shipping, order.currency)
    return plan_refund(account, units, shipping, fees=fees, standard=standard)


def _units(account: OrderAccount, items: Units) -> tuple[dict[str, int], dict[str, int]]:
    """Units by line, and how many of them bear fees."""
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    left = {line.line_id: line.quantity - line.credited for line in account.lines}
    units: dict[str, int] = {}
    bearing: dict[str, int] = {}
    for i, (line_id, quantity, *why) in enumerate(items):
        if line_id not in left:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if line_id in units:
            raise Invalid("This line is named twice.", field=f"lines.{i}.orderLineId", code="DUPLICATE")
        units[line_id] = positive(quantity, field=f"lines.{i}.quantity")
        if quantity > left[line_id]:
            raise Invalid(f"Only {left[line_id]} left.", field=f"lines.{i}.quantity", code="UNRETURNABLE")
        bearing[line_id] = 0 if why and _reason(why[0], i).free else quantity
    return units, bearing


def _reason(name: str, i: int) -> Reason:
    try:
        return Reason(name)
    except ValueError:
        raise Invalid(f"Must be one of: {', '.join(Reason)}.", field=f"lines.{i}.reasonCode") from None
