"""Holds, turndowns and orders that wait for a person, as GraphQL types."""

from __future__ import annotations

import graphene

from ...http.api import connection
from ...kernel.ids import to_global
from ..models import Hold, RoutedOrder, Turndown
from .show import show_decision
from .types import RoutingDecisionType


class HoldType(graphene.ObjectType):
    """An order that waits for a person: neither routed nor shipped, its stock kept."""

    class Meta:
        name = "Hold"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    code = graphene.String(
        required=True,
        description="MANUAL, LOOP (moved too often), or the policy's rule: TOTAL_ABOVE, DESTINATION_IN, "
        "QUANTITY_ABOVE, METADATA, PO_BOX.",
    )
    reason = graphene.String(required=True)
    placed = graphene.DateTime(required=True)
    placed_by = graphene.ID(description="Saleor's id of the person or app; null for a rule.")
    released = graphene.DateTime(description="Null while it holds.")
    released_by = graphene.ID()


class TurndownType(graphene.ObjectType):
    """A warehouse does not ship an order, or has fewer units than it was asked for."""

    class Meta:
        name = "Turndown"

    id = graphene.ID(required=True)
    order_id = graphene.ID(required=True)
    warehouse_id = graphene.ID(required=True)
    kind = graphene.String(required=True, description="REJECTED or SHORT_PICK.")
    variant_id = graphene.ID(description="What was short; null when all was rejected.")
    found = graphene.Int(description="Units that it can still ship of it.")
    reason = graphene.String(required=True)
    noted = graphene.DateTime(required=True)
    noted_by = graphene.ID()
    lifted = graphene.DateTime(description="Null while it counts.")


class OrderNeedingAttention(graphene.ObjectType):
    """An order that does not ship by itself."""

    order_id = graphene.ID(required=True)
    state = graphene.String(required=True, description="HELD, UNROUTABLE, PARTIAL or WAITING.")
    reason = graphene.String(required=True, description="Why, in a sentence.")
    since = graphene.DateTime(required=True)
    hold = graphene.Field(HoldType)
    decision = graphene.Field(RoutingDecisionType, description="In force; null before the first.")


HoldConnection = connection(HoldType, "Hold")
AttentionConnection = connection(OrderNeedingAttention, "OrderNeedingAttention")


def show_hold(row: Hold) -> HoldType:
    """A hold."""
    return HoldType(
        id=to_global("Hold", row.pk),
        order_id=row.order_id,
        code=row.code,
        reason=row.reason,
        placed=row.placed,
        placed_by=row.placed_by or None,
        released=row.released,
        released_by=row.released_by or None,
    )


def show_turndown(row: Turndown) -> TurndownType:
    """A turndown."""
    short = row.kind == Turndown.SHORT_PICK
    return TurndownType(
        id=to_global("Turndown", row.pk),
        order_id=row.order_id,
        warehouse_id=row.warehouse_id,
        kind=row.kind,
        variant_id=row.variant_id or None,
        found=row.found if short else None,
        reason=row.reason,
        noted=row.noted,
        noted_by=row.noted_by or None,
        lifted=row.lifted,
    )


def show_attention(row: RoutedOrder) -> OrderNeedingAttention:
    """An order that waits for a person."""
    decision, hold = row.decision, row.hold
    said = hold.reason if hold else decision.explanation["sentences"][0]
    return OrderNeedingAttention(
        order_id=row.order_id,
        state=row.state,
        reason=said,
        since=hold.placed if hold else decision.created,
        hold=show_hold(hold) if hold else None,
        decision=show_decision(decision) if decision else None,
    )
