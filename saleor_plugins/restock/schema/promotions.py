"""Promotions: days on which more sells than usual."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ...kernel.ids import own_key
from ..store import promotions
from ..usecases.promotions import Terms, delete_promotion, save_promotion
from .base import NEEDS, PERMISSION, given, own_id


class Promotion(graphene.ObjectType):
    """Days on which a variant, or all of a category, sells more than usual."""

    id = graphene.ID(required=True)
    name = graphene.String(required=True)
    variant_id = graphene.ID()
    category_id = graphene.ID(description="With every category below it.")
    since = graphene.Date(required=True, description="The first of the shop's days.")
    until = graphene.Date(required=True, description="The last one.")
    uplift = graphene.String(description="How many times as much sells; null: learned from earlier ones.")
    resolve_id = own_id("Promotion")

    def resolve_variant_id(row, info: Any) -> str | None:
        return row.variant_id or None

    def resolve_category_id(row, info: Any) -> str | None:
        return row.category_id or None


PromotionConnection = connection(Promotion)


class PromotionQueries:
    """When more sells than usual."""

    promotions = connection_field(
        PromotionConnection,
        f"Promotions, newest first. {NEEDS}",
        variant_id=graphene.ID(),
        category_id=graphene.ID(),
    )

    def resolve_promotions(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(PromotionConnection, promotions.all_promotions().filter(**given(where)), first, after)


class PromotionSave(Mutation):
    """Adds a promotion, or makes an existing one like this."""

    class Arguments:
        id = graphene.ID(description="Of an existing one.")
        name = graphene.String(required=True)
        variant_id = graphene.ID(description="Either this or a category.")
        category_id = graphene.ID()
        since = graphene.Date(required=True)
        until = graphene.Date(required=True)
        uplift = graphene.String(description="As in 1.5; without: learned from earlier promotions.")

    permission = PERMISSION
    promotion = graphene.Field(Promotion)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        asked = data.pop("id", None)
        key = own_key(asked, "Promotion") if asked else None
        return {"id": str(save_promotion(Terms(**given(data)), key).pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(promotion=promotions.all_promotions().filter(pk=result["id"]).first())


class PromotionDelete(Mutation):
    """Forgets a promotion."""

    class Arguments:
        id = graphene.ID(required=True)

    permission = PERMISSION

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        delete_promotion(own_key(data["id"], "Promotion"))
        return {}


class PromotionMutations:
    """When more sells than usual."""

    promotion_save = PromotionSave.Field()
    promotion_delete = PromotionDelete.Field()
