"""The types of the returns API that are pictures and papers."""

from __future__ import annotations

from typing import Any

import graphene

from ...kernel.ids import to_global
from ..views.links import photo_url


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
