"""What the rules and the law made of a return: by which rule, and why."""

from __future__ import annotations

from typing import Any

import graphene

from .. import access
from ..domain.rules import methods, postage, refund_on
from ..domain.rules.terms import Terms
from .money import Money, many, money

ReturnMethod = graphene.Enum("ReturnMethod", [(name, name) for name in methods.METHODS])
ReturnPayer = graphene.Enum("ReturnPayer", [(name, name) for name in (postage.CUSTOMER, postage.MERCHANT)])
ReturnRefundOn = graphene.Enum("ReturnRefundOn", [(name, name) for name in refund_on.MOMENTS])

STAFF_ONLY = "Requires the permission MANAGE_ORDERS; empty without."
LAW = "Whose law of withdrawal protects the customer: EU, UK, or empty for none."


class ReturnFinding(graphene.ObjectType):
    """What one rule said."""

    rule = graphene.String(required=True, description="Such as window, or law.")
    clause = graphene.String(
        required=True, description="Its place in the rulebook, from 0; settings or law where those decided."
    )
    order_line_id = graphene.ID(description="The line it is about; null for all of them.")
    verdict = graphene.String(required=True, description="A code.")
    why = graphene.String(required=True)

    def resolve_order_line_id(row: Any, info: Any) -> str | None:
        return row.line or None


class TermsFields:
    """What a return shows of its terms."""

    law = graphene.String(required=True, description=LAW)
    withdrawal = graphene.Boolean(
        required=True, description="Asked for by the law's right, not the shop's rules."
    )
    refund_due = graphene.Date(description="For a withdrawal: the law's last day for the refund.")
    method = graphene.Field(ReturnMethod, description="How the goods travel; null for not said.")
    language = graphene.String(
        required=True, description="What the customer is written to in; empty: the order's."
    )
    payer = graphene.Field(
        ReturnPayer, description="Who pays the way back; null for parcels nobody announced."
    )
    label_fee = graphene.Field(Money, required=True, description="What is kept once for the label.")
    refund_on = graphene.Field(ReturnRefundOn, description=f"When the refund is given. {STAFF_ONLY}")
    rulebook_version = graphene.Int(
        description=f"Of the rules that were in use; null for the settings alone. {STAFF_ONLY}"
    )
    review = many(graphene.String, f"Why a person was to look. {STAFF_ONLY}")
    findings = many(ReturnFinding, f"Which rule applied, and why. {STAFF_ONLY}")

    def resolve_law(row: Any, info: Any) -> str:
        return terms_of(row).law

    def resolve_refund_due(row: Any, info: Any) -> Any:
        return terms_of(row).refund_due

    def resolve_method(row: Any, info: Any) -> str | None:
        return row.method or None

    def resolve_payer(row: Any, info: Any) -> str | None:
        return terms_of(row).payer if row.terms else None

    def resolve_label_fee(row: Any, info: Any) -> Money:
        return money(terms_of(row).label_fee, row.order.currency)

    def resolve_refund_on(row: Any, info: Any) -> str | None:
        return terms_of(row).refund_on if row.terms and access.is_staff(info.context.asker) else None

    def resolve_rulebook_version(row: Any, info: Any) -> int | None:
        return row.rulebook.version if row.rulebook and access.is_staff(info.context.asker) else None

    def resolve_review(row: Any, info: Any) -> Any:
        return terms_of(row).review if access.is_staff(info.context.asker) else ()

    def resolve_findings(row: Any, info: Any) -> Any:
        return terms_of(row).findings if access.is_staff(info.context.asker) else ()


def terms_of(row: Any) -> Terms:
    """A return's terms, read once."""
    known = getattr(row, "read_terms", None)
    if known is None:
        known = row.read_terms = Terms.restored({"currency": row.order.currency, **row.terms})
    return known
