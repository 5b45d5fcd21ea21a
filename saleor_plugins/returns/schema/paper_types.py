"""The types of the returns API that are pictures and papers."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from ...kernel.money import from_minor
from .. import access
from ..config import PLUGIN_ID
from ..domain.labels import LabelState
from ..views.links import LABEL, paper_path, photo_url
from .history import STAFF_ONLY

ReturnLabelState = graphene.Enum.from_enum(LabelState)


class ReturnPhoto(graphene.ObjectType):
    """A picture of an item, as JPEG."""

    id = graphene.ID(required=True)
    url = graphene.String(required=True, description="Opens it for ten minutes.")
    preview_url = graphene.String(required=True, description="A small one, for ten minutes.")
    width = graphene.Int(required=True)
    height = graphene.Int(required=True)

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnPhoto", row.pk)

    def resolve_url(row: Any, info: Any) -> str:
        return str(info.context.build_absolute_uri(photo_url(row)))

    def resolve_preview_url(row: Any, info: Any) -> str:
        return str(info.context.build_absolute_uri(photo_url(row, preview=True)))


class ReturnLabel(graphene.ObjectType):
    """A carrier's label that brings a return back."""

    id = graphene.ID(required=True)
    state = graphene.Field(ReturnLabelState, required=True)
    carrier = graphene.String(required=True)
    service = graphene.String(required=True)
    tracking_number = graphene.String(required=True)
    format = graphene.String(required=True, description="PDF or PNG; empty where there is no picture.")
    url = graphene.String(description="Opens its picture; null where there is none.")
    cost = graphene.String(description=f"What the carrier took. {STAFF_ONLY}")
    currency = graphene.String(required=True)
    message = graphene.String(description=f"What the carrier said. {STAFF_ONLY}")

    def resolve_id(row: Any, info: Any) -> str:
        return to_global("ReturnLabel", row.pk)

    def resolve_url(row: Any, info: Any) -> str | None:
        if row.state != LabelState.BOUGHT or not row.format:
            return None
        path = f"/plugins/{PLUGIN_ID}/{paper_path(LABEL, row.rma)}"
        return str(info.context.build_absolute_uri(path))

    def resolve_cost(row: Any, info: Any) -> str | None:
        if row.cost is None or not access.is_staff(info.context.asker):
            return None
        return str(from_minor(row.cost, row.currency))

    def resolve_message(row: Any, info: Any) -> str | None:
        return row.message if access.is_staff(info.context.asker) else None
