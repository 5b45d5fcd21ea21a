"""Which units of a return a refund is for, and what they give by the return's own terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound

from .. import accounts, store
from ..domain.fees import Charged, Fees, cap_amount, fee_amount
from ..domain.plan import PartKind, RefundPlan, ShippingRule, plan_refund, unit_counts
from ..domain.policy import Policy
from ..domain.quantities import Buckets
from ..domain.reasons import Reason, Resolution
from ..domain.rules.terms import Terms
from ..models import ReturnLine
from ..store import Desk
from ..store.books_refunds import label_taken, ordinal
from ..store.labels import label_refused

Advance = Sequence[tuple[UUID, int]]
"""Return lines and how many of their units are credited before anybody judged them."""


@dataclass(frozen=True)
class Due:
    """A line with units to credit, and its buckets with what is paid in advance."""

    line: ReturnLine
    now: Buckets


def check_explained(desk: Desk) -> None:
    """Raises Conflict (NEEDS_REVIEW) while nobody has said what was paid for the lines."""
    if desk.ledger.review:
        raise Conflict(desk.ledger.review, field="id", code="NEEDS_REVIEW")


def waiting(desk: Desk, advance: Advance = ()) -> list[Due]:
    """Every line with units whose money is not decided. Raises NotFound, Invalid (``advance.N...``)."""
    now = {line.pk: store.buckets(line) for line in desk.request_lines}
    for i, (key, quantity) in enumerate(advance):
        if key not in now:
            raise NotFound("No such line in this return.", field=f"advance.{i}.returnLineId")
        now[key] = now[key].advance(quantity, field=f"advance.{i}.quantity")
    return [Due(line, now[line.pk]) for line in desk.request_lines if now[line.pk].uncredited]


def to_refund(due: list[Due], to: PartKind | None) -> tuple[list[Due], PartKind]:
    """The lines one refund is for and how it is given.

    Without `to` by the customers' own wishes, money first; an exchange they wait for is never made
    into money by accident: Conflict EXCHANGE_WANTED.
    """
    if to is not None:
        return due, to
    for resolution, kind in (
        (Resolution.REFUND, PartKind.PAYMENT),
        (Resolution.STORE_CREDIT, PartKind.STORE_CREDIT),
    ):
        mine = [each for each in due if each.line.resolution == resolution.value]
        if mine:
            return mine, kind
    if due:
        raise Conflict("The customer waits for an exchange.", field="to", code="EXCHANGE_WANTED")
    return [], PartKind.PAYMENT


def check_advance(due: list[Due], advance: Advance) -> None:
    """Raises Invalid (``to``, REQUIRED) when units are paid in advance that this refund is not for."""
    keys = {each.line.pk for each in due}
    if any(key not in keys for key, _ in advance):
        raise Invalid("Say how the money is given: the lines differ.", field="to", code="REQUIRED")


def plan_units(desk: Desk, due: list[Due], *, shipping: bool = True) -> RefundPlan:
    """What these units give by the return's own terms: credits, fees and shipping."""
    policy = Policy.restored(desk.request.policy)
    terms = Terms.restored(desk.request.terms) if desk.request.terms else None
    pairs = [(each.line.line_id, each.now.uncredited) for each in due]
    rule = policy.delivery(by_law=terms is not None and terms.by_law)
    return plan_refund(
        accounts.account_of(desk.ledger, desk.accounts.values()),
        unit_counts(pairs),
        rule if shipping else ShippingRule.NONE,
        fees=_fees(desk, due, policy, terms),
        standard=cap_amount(policy.standard_shipping, desk.ledger.currency),
    )


def _fees(desk: Desk, due: list[Due], policy: Policy, terms: Terms | None) -> Fees:
    """By the terms; lines that nobody asked for came after those, and bear what the settings say."""
    label = terms.label_fee if terms else fee_amount(policy.label_fee, desk.ledger.currency)
    charged = []
    for each in due:
        line, units = each.line, each.now.uncredited
        mine = terms.lines[line.position] if terms and line.position < len(terms.lines) else None
        if mine:
            charged.append(Charged(line.line_id, units, mine.fee_percent, mine.postage))
        elif not (desk.request.withdrawal or Reason(line.reason_code).free):
            charged.append(Charged(line.line_id, units, Decimal(policy.restocking_fee_percent or "0"), True))
    if label_taken(desk.request) or label_refused(desk.request):
        label = 0
    return Fees.of(charged, label, ordinal(desk.request))


def credit_units(due: list[Due]) -> None:
    """Their money is decided."""
    for each in due:
        store.save_buckets(each.line, each.now.credit())
