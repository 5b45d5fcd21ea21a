"""What looks unusual about returns."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from ..domain.signals import SignalKind

ReturnFlagKind = graphene.Enum("ReturnFlagKind", [(kind.name, kind.value) for kind in SignalKind])


class ReturnFlag(graphene.ObjectType):
    """Something unusual. It decides nothing."""

    id = graphene.ID(required=True)
    kind = graphene.Field(ReturnFlagKind, required=True)
    reason = graphene.String(required=True, description="In plain words, with its numbers.")
    data = graphene.JSONString(required=True, description="The numbers.")
    created = graphene.DateTime(required=True)
    dismissed = graphene.DateTime()
    dismissed_by = graphene.ID()
    note = graphene.String(required=True, description="Why it was dismissed.")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnFlag", row.pk)

    def resolve_dismissed_by(row: Any, info: Any) -> str | None:
        return row.dismissed_by or None
