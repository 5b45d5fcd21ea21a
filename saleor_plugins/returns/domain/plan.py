"""What a refund gives back, item by item: the same function estimates and decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.money import apportion

from .credit import NOTHING, Charge, credit, total, unit_credits


class Component(StrEnum):
    """What a row of a refund pays for."""

    ITEM = "ITEM"
    SHIPPING = "SHIPPING"
    FEE = "FEE"
    LABEL = "LABEL"
    ADJUSTMENT = "ADJUSTMENT"


class PartKind(StrEnum):
    """How a part of a refund is given."""

    PAYMENT = "PAYMENT"
    STORE_CREDIT = "STORE_CREDIT"
    EXCHANGE = "EXCHANGE"


class ShippingRule(StrEnum):
    """How much of the delivery cost comes back."""

    NONE = "NONE"
    STANDARD = "STANDARD"
    PROPORTIONAL = "PROPORTIONAL"


@dataclass(frozen=True)
class LineAccount:
    """One line of an order: what was paid for `quantity` units, and how many were credited already."""

    line_id: str
    quantity: int
    paid: Charge
    credited: int = 0


@dataclass(frozen=True)
class OrderAccount:
    """All lines of an order and its shipping, with what was credited already."""

    lines: tuple[LineAccount, ...]
    shipping: Charge = NOTHING
    shipping_credited: Charge = NOTHING


@dataclass(frozen=True)
class Row:
    """One allocation: `unit` counts from 1 within its line and component."""

    component: Component
    line_id: str
    unit: int
    charge: Charge


@dataclass(frozen=True)
class RefundPlan:
    """Rows that together are the refund."""

    rows: tuple[Row, ...]

    @property
    def charge(self) -> Charge:
        """What the customer gets."""
        return total([row.charge for row in self.rows])

    def of(self, component: Component, line_id: str | None = None) -> Charge:
        """The sum of the rows of a component, or of one line within it."""
        rows = [row for row in self.rows if row.component == component and line_id in (None, row.line_id)]
        return total([row.charge for row in rows])


def plan_refund(account: OrderAccount, units: dict[str, int], shipping: ShippingRule) -> RefundPlan:
    """Credit the next `units` of each line, and shipping by its rule.

    Raises Invalid (field ``quantity``) for more units than the line has left.
    """
    rows: list[Row] = []
    for line in account.lines:
        first, last = line.credited + 1, line.credited + units.get(line.line_id, 0)
        if last > line.quantity:
            raise Invalid("More units than were sold.", field="quantity")
        charges = unit_credits(line.paid, line.quantity, first, last)
        rows += [Row(Component.ITEM, line.line_id, first + i, charge) for i, charge in enumerate(charges)]
    after = sum(line.credited + units.get(line.line_id, 0) for line in account.lines)
    back = _shipping(account, after, shipping)
    if back != NOTHING:
        rows.append(Row(Component.SHIPPING, "", after, back))
    return RefundPlan(tuple(rows))


def _shipping(account: OrderAccount, units: int, rule: ShippingRule) -> Charge:
    """What of shipping comes back once `units` of the whole order are credited; never more than is left."""
    sold = sum(line.quantity for line in account.lines)
    if rule is ShippingRule.NONE or not units:
        return NOTHING
    if rule is ShippingRule.PROPORTIONAL:
        due = credit(account.shipping, units, sold)
    else:
        due = account.shipping if units == sold else NOTHING
    left = due - account.shipping_credited
    return Charge(max(left.net, 0), max(left.tax, 0))


def lower_to(plan: RefundPlan, amount: int | None, sequence: int) -> RefundPlan:
    """`plan` with a negative row that brings it down to `amount`, when staff decided on less.

    More than the plan is refused (Invalid, field ``amount``, code ``ABOVE_CREDIT``): money beyond what the
    returned units earned is another decision, never a side effect of this one.
    """
    charge = plan.charge
    if amount is None or amount == charge.gross:
        return plan
    if amount < 0:
        raise Invalid("Must not be negative.", field="amount")
    if amount > charge.gross:
        raise Invalid("More than the returned units earned.", field="amount", code="ABOVE_CREDIT")
    net, tax = apportion(amount - charge.gross, [charge.net, charge.tax])
    return RefundPlan((*plan.rows, Row(Component.ADJUSTMENT, "", sequence, Charge(net, tax))))


def unit_counts(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Units per line id, added up."""
    counts: dict[str, int] = {}
    for line_id, quantity in lines:
        counts[line_id] = counts.get(line_id, 0) + quantity
    return counts
