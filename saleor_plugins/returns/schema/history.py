"""The types of the returns API that tell what was done and said."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from .. import access

STAFF_ONLY = "Requires the permission MANAGE_ORDERS; null without."


class TimelineEntry(graphene.ObjectType):
    """Something that was done."""

    verb = graphene.String(required=True)
    at = graphene.DateTime(required=True)
    asker_kind = graphene.String(required=True)
    asker_id = graphene.ID(description=f"Who did it. {STAFF_ONLY}")
    data = graphene.JSONString(description=f"What was said and changed. {STAFF_ONLY}")

    def resolve_asker_id(row: Any, info: Any) -> str | None:
        return row.asker_id or None if access.is_staff(info.context.asker) else None

    def resolve_data(row: Any, info: Any) -> Any:
        return row.data if access.is_staff(info.context.asker) else None


class ReturnMessage(graphene.ObjectType):
    """What somebody wrote about a return."""

    id = graphene.ID(required=True)
    author_kind = graphene.String(required=True, description="CUSTOMER, STAFF or APP.")
    author_id = graphene.ID(description=f"Who wrote it. {STAFF_ONLY}")
    body = graphene.String(required=True)
    internal = graphene.Boolean(required=True, description="For staff only.")
    at = graphene.DateTime(required=True)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnMessage", row.pk)

    def resolve_author_id(row: Any, info: Any) -> str | None:
        return row.author_id or None if access.is_staff(info.context.asker) else None
