"""The types of the desk's reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import graphene

from ...kernel.errors import Invalid
from ..domain.reports.waterfall import StepKind
from ..reports.times import STAGES
from .money import Money, count, many, money
from .types import ReturnReason

MOST = 500
ReturnCostStep = graphene.Enum("ReturnCostStep", [(kind.name, kind.value) for kind in StepKind])
ReturnStage = graphene.Enum("ReturnStage", [(name, name) for name, _ in STAGES])


def first(default: int) -> graphene.Int:
    """How many rows to answer."""
    return graphene.Int(default_value=default, description=f"From 1 to {MOST}.")


def checked(number: int) -> int:
    """`number` rows. Raises Invalid (``first``)."""
    if not 1 <= number <= MOST:
        raise Invalid(f"Must be from 1 to {MOST}.", field="first")
    return number


def _amount(name: str) -> Callable[[Any, Any], Money]:
    return lambda row, info: money(getattr(row, name), row.currency)


class ReturnReasonRate(graphene.ObjectType):
    """Units of a variant that came back for a reason."""

    reason_code = graphene.Field(ReturnReason, required=True)
    returned = count("Units.")
    rate = graphene.Float(description="Per unit sold; null when nobody knows how many were.")


class ReturnVariantRate(graphene.ObjectType):
    """A variant of which something came back."""

    variant_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    name = graphene.String(required=True)
    sold = graphene.Int(description="Units sold; null when the shop has deleted the variant.")
    returned = count("Units that came back, or stayed with a customer who got the money.")
    rate = graphene.Float(description="Per unit sold; null when nobody knows how many were.")
    reasons = many(ReturnReasonRate, "Most frequent first.")

    def resolve_rate(row: Any, info: Any) -> float | None:
        return row.rate()

    def resolve_reasons(row: Any, info: Any) -> list[ReturnReasonRate]:
        ranked = sorted(row.reasons.items(), key=lambda each: (-each[1], each[0]))
        return [ReturnReasonRate(reason_code=code, returned=n, rate=row.rate(code)) for code, n in ranked]


class ReturnRates(graphene.ObjectType):
    """By order cohort: what came back of the orders placed in the scope, whenever it came."""

    sold = count("Units of all variants.")
    returned = count("Units of all variants.")
    rate = graphene.Float(description="Per unit sold.")
    variants = graphene.Field(
        graphene.List(graphene.NonNull(ReturnVariantRate), required=True),
        first=first(50),
        description="Those with most returned units first.",
    )

    def resolve_variants(table: Any, info: Any, first: int) -> Any:
        return table.rows[: checked(first)]


class ReturnCost(graphene.ObjectType):
    """A step of the waterfall: a change, or a total of all before it."""

    step = graphene.Field(ReturnCostStep, required=True)
    total = graphene.Boolean(required=True)
    amount = graphene.Field(Money, required=True, description="Gross; below zero for what is kept.")


class ReturnCosts(graphene.ObjectType):
    """What returns in a currency gave back, kept, retained and cost."""

    currency = graphene.String(required=True)
    steps = many(ReturnCost)

    def resolve_steps(found: Any, info: Any) -> list[ReturnCost]:
        return [
            ReturnCost(step=step.kind.value, total=step.is_total, amount=money(step.amount, found.currency))
            for step in found.steps
        ]


class ReturnStageTime(graphene.ObjectType):
    """How long a stage took."""

    stage = graphene.Field(ReturnStage, required=True)
    count = count("Returns that went through it.")
    p50 = graphene.Float(required=True, description="Seconds within which it was over for half of them.")
    p90 = graphene.Float(required=True, description="Seconds within which it was over for nine in ten.")

    def resolve_stage(row: Any, info: Any) -> str:
        return str(row.name)


class ReturnRefundDue(graphene.ObjectType):
    """A withdrawal whose money is not all back."""

    return_id = graphene.ID(required=True)
    number = graphene.String(required=True)
    order_id = graphene.ID(required=True)
    law = graphene.String(required=True, description="EU, UK or empty.")
    asked = graphene.DateTime(required=True)
    due = graphene.Date(required=True, description="The last day by law, in the shop's time zone.")
    days_left = graphene.Int(required=True, description="Below zero when it is over.")
    withheld = graphene.Boolean(
        required=True, description="The refund may wait: neither goods nor proof of sending came yet."
    )
    units = count("Units whose money is not back.")


class ReturnDeadlines(graphene.ObjectType):
    """Withdrawals by how near their last day is, whenever they were asked for."""

    overdue = count()
    soon = count("Due within three days.")
    later = count()
    rows = many(ReturnRefundDue, "The 50 most urgent.")


class ReturnUnreceivedLine(graphene.ObjectType):
    """Units of a line that are credited, and never came."""

    return_id = graphene.ID(required=True)
    number = graphene.String(required=True)
    order_id = graphene.ID(required=True)
    sku = graphene.String(required=True)
    units = count()
    value = graphene.Field(Money, required=True, description="What they were credited with.")
    since = graphene.DateTime(required=True)

    def resolve_value(row: Any, info: Any) -> Money:
        return money(row.value, row.currency)


class ReturnGrade(graphene.ObjectType):
    """Units that were given a grade."""

    grade = graphene.String(required=True)
    units = count()


class ReturnFate(graphene.ObjectType):
    """Units that ended in one way."""

    disposition = graphene.String(
        required=True, description="A ReturnDisposition, KEPT, WAITING (for an inspection) or MISSING."
    )
    units = count()
    grades = many(ReturnGrade)

    def resolve_grades(row: Any, info: Any) -> list[ReturnGrade]:
        return [ReturnGrade(grade=grade, units=units) for grade, units in row.grades.items()]


class ReturnRetained(graphene.ObjectType):
    """What of a currency's refunds stayed in the shop."""

    currency = graphene.String(required=True)
    refunded = graphene.Field(Money, required=True)
    exchanged = graphene.Field(Money, required=True)
    store_credit = graphene.Field(Money, required=True)
    paid_back = graphene.Field(Money, required=True)
    extra = graphene.Field(Money, required=True, description="What exchanges brought beyond their credit.")
    share = graphene.Float(description="What stayed, of all that was refunded.")

    resolve_refunded = _amount("refunded")
    resolve_exchanged = _amount("exchanged")
    resolve_store_credit = _amount("store_credit")
    resolve_paid_back = _amount("paid_back")
    resolve_extra = _amount("extra")


class ReturnCustomerShare(graphene.ObjectType):
    """A customer who returns."""

    key = graphene.ID(required=True, description="Tells customers apart; nobody can be read from it.")
    user_id = graphene.ID(description="Their account; null for guests.")
    orders = count("With returns.")
    returns = count()
    units = count()
    share = graphene.Float(required=True, description="Of all returned units.")
    cumulative = graphene.Float(required=True, description="The same of this customer and all before.")

    def resolve_user_id(row: Any, info: Any) -> str | None:
        return row.user_id or None


class ReturnConcentration(graphene.ObjectType):
    """How much of what is returned comes from few."""

    customers = count("Who returned anything.")
    units = count("Of all of them.")
    rows = many(ReturnCustomerShare, "Those with most units first.")
