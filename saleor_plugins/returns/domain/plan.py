"""What a refund gives back, item by item: the same function estimates and decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from saleor_plugins.kernel.errors import Invalid
from saleor_plugins.kernel.money import apportion

from .credit import NOTHING, Charge, credit, total, unit_credits
from .fees import NO_FEES, Fees, label_fee, unit_fee


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


def plan_refund(
    account: OrderAccount,
    units: dict[str, int],
    shipping: ShippingRule,
    *,
    fees: Fees = NO_FEES,
    standard: int | None = None,
) -> RefundPlan:
    """Credit the next `units` of each line less their fees, and shipping by its rule.

    `standard` caps what comes back of shipping (gross). Raises Invalid (field ``quantity``) for
    more units than the line has left.
    """
    rows: list[Row] = []
    for line in account.lines:
        rows += _line(line, units.get(line.line_id, 0), fees)
    bearing = total([row.charge for row in rows if _bears(row, account, units, fees)])
    label = label_fee(bearing, fees.label)
    if label != NOTHING:
        rows.append(Row(Component.LABEL, "", fees.ordinal, label))
    after = sum(line.credited + units.get(line.line_id, 0) for line in account.lines)
    back = _shipping(account, after, shipping, standard) if any(units.values()) else NOTHING
    if back != NOTHING:
        rows.append(Row(Component.SHIPPING, "", after, back))
    return RefundPlan(tuple(rows))


def _line(line: LineAccount, units: int, fees: Fees) -> list[Row]:
    """The next units of a line; the last of them may bear fees."""
    first, last = line.credited + 1, line.credited + units
    if last > line.quantity:
        raise Invalid("More units than were sold.", field="quantity")
    charges = unit_credits(line.paid, line.quantity, first, last)
    rows = [Row(Component.ITEM, line.line_id, first + i, charge) for i, charge in enumerate(charges)]
    percents = fees.percents.get(line.line_id, ())[-units:] if units else ()
    for row, percent in zip(rows[units - len(percents) :], percents, strict=True):
        fee = unit_fee(row.charge, percent)
        if fee != NOTHING:
            rows.append(Row(Component.FEE, line.line_id, row.unit, fee))
    return rows


def _bears(row: Row, account: OrderAccount, units: dict[str, int], fees: Fees) -> bool:
    """Whether the unit of a row is one that the label is kept of."""
    line = next(line for line in account.lines if line.line_id == row.line_id)
    last = line.credited + units.get(row.line_id, 0)
    return row.unit > last - fees.bearing.get(row.line_id, 0)


def _shipping(account: OrderAccount, units: int, rule: ShippingRule, standard: int | None) -> Charge:
    """What of shipping comes back once `units` of the whole order are credited; never more than is left."""
    sold = sum(line.quantity for line in account.lines)
    if rule is ShippingRule.NONE or not units:
        return NOTHING
    most = _capped(account.shipping, standard)
    if rule is ShippingRule.PROPORTIONAL:
        due = credit(most, units, sold)
    else:
        due = most if units == sold else NOTHING
    left = due - account.shipping_credited
    return Charge(max(left.net, 0), max(left.tax, 0))


def _capped(shipping: Charge, most: int | None) -> Charge:
    """2011/83 Art. 13(2): the extra cost of a dearer than the standard delivery stays with the customer."""
    if most is None or most >= shipping.gross:
        return shipping
    net, tax = apportion(most, [shipping.net, shipping.tax])
    return Charge(net, tax)


def adjust(plan: RefundPlan, amount: int | None, sequence: int, *, goodwill: bool = False) -> RefundPlan:
    """`plan` with a row that brings it to `amount`: below zero when staff decided on less.

    More than the plan is refused (Invalid, field ``amount``, code ``ABOVE_CREDIT``) unless it is `goodwill`:
    money beyond what the returned units earned is a decision of its own, never a side effect.
    """
    charge = plan.charge
    if amount is None or amount == charge.gross:
        return plan
    if amount < 0:
        raise Invalid("Must not be negative.", field="amount")
    if amount > charge.gross and not goodwill:
        raise Invalid(
            "More than the returned units earned: it needs a reason, and a permission beyond the desk's.",
            field="amount",
            code="ABOVE_CREDIT",
        )
    weights = [charge.net, charge.tax] if charge.gross else [1, 0]
    net, tax = apportion(amount - charge.gross, weights)
    return RefundPlan((*plan.rows, Row(Component.ADJUSTMENT, "", sequence, Charge(net, tax))))


def unit_counts(lines: Sequence[tuple[str, int]]) -> dict[str, int]:
    """Units per line id, added up."""
    counts: dict[str, int] = {}
    for line_id, quantity in lines:
        counts[line_id] = counts.get(line_id, 0) + quantity
    return counts
