"""Photos of items, for storefronts of merchants' own; larger ones are posted as a form to ``photos/``."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Any

import graphene

from ...http.api import Mutation
from ...http.throttle import throttle
from ...kernel.errors import Invalid
from ...kernel.ids import own_key, to_global
from ..store.photos import find_photo
from ..usecases.photo_owner import photo_owner
from ..usecases.photos import add_photo, discard_photo
from .base import OWN
from .paper_types import ReturnPhoto

# Pictures are dear to decode: so many a minute of one client, by whichever way.
SCOPE, PER_MINUTE = "returns-photos", 60


class ReturnPhotoAdd(Mutation):
    __doc__ = f"""Adds a photo of an item to a request that is not sent yet, or to an open return. Name
    `orderId` for a request's first photo, and `draftId` from then on and in `returnRequest`. {OWN}"""

    class Arguments:
        order_id = graphene.ID()
        draft_id = graphene.ID()
        return_line_id = graphene.ID()
        order_line_id = graphene.ID(description="The item, for a request that is not sent yet.")
        content = graphene.String(required=True, description="A JPEG, PNG or WebP in base64.")

    photo = graphene.Field(ReturnPhoto)
    draft_id = graphene.ID()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        throttle(info.context, SCOPE, PER_MINUTE)
        line_id, content = data.pop("order_line_id", ""), data.pop("content")
        owner = photo_owner(info.context.asker, **data)
        photo = add_photo(owner, line_id or getattr(owner, "line_id", ""), BytesIO(decoded(content)))
        return {"photo": str(photo.pk), "draft": str(photo.draft_id or "")}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        draft = to_global("ReturnDraft", result["draft"]) if result["draft"] else None
        return cls(photo=find_photo(result["photo"]), draft_id=draft)


class ReturnPhotoRemove(Mutation):
    __doc__ = f"Deletes a photo of a request that is not sent yet. {OWN}"

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        discard_photo(info.context.asker, own_key(data["id"], "ReturnPhoto"))
        return {}


def decoded(content: str) -> bytes:
    """Raises Invalid (``content``) for what is no base64."""
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("Must be base64.", field="content") from None


class PhotoMutations(graphene.ObjectType):
    """Photos come and go."""

    return_photo_add = ReturnPhotoAdd.Field()
    return_photo_remove = ReturnPhotoRemove.Field()
