"""What would a return of these units give back?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, NotFound, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import access, accounts, config
from ..domain.plan import RefundPlan, plan_refund
from ..domain.quantities import MAX_LINES, positive


@dataclass(frozen=True)
class Estimate:
    """The itemised refund, and the most that the order's payments can still give."""

    plan: RefundPlan
    ceiling: int
    currency: str


def estimate_refund(asker: Asker, order_id: str, items: Sequence[tuple[str, int]]) -> Estimate:
    """The refund of `items` (order line, units) by today's rules; writes nothing.

    Raises NotFound (``orderId``, ``lines.N.orderLineId``) and Invalid (``lines.N.quantity``).
    """
    access.order_for(asker, order_id)
    if not items:
        raise Required("Name at least one line.", field="lines")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES} lines.", field="lines")
    order = shop().order(order_id)
    account = accounts.account(order)
    left = {line.line_id: line.quantity - line.credited for line in account.lines}
    units: dict[str, int] = {}
    for i, (line_id, quantity) in enumerate(items):
        if line_id not in left:
            raise NotFound("No such line in this order.", field=f"lines.{i}.orderLineId")
        if line_id in units:
            raise Invalid("This line is named twice.", field=f"lines.{i}.orderLineId", code="DUPLICATE")
        units[line_id] = positive(quantity, field=f"lines.{i}.quantity")
        if quantity > left[line_id]:
            raise Invalid(f"Only {left[line_id]} left.", field=f"lines.{i}.quantity", code="UNRETURNABLE")
    plan = plan_refund(account, units, config.policy().refund_shipping)
    ceiling = sum(payment.refundable for payment in shop().payments(order_id))
    return Estimate(plan, ceiling, order.currency)
