"""Kits: what is sold as one and bought as parts."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation, connection, connection_field, page, require
from ..domain.kits import Part
from ..store import kits
from ..usecases.kits import set_kit
from .base import NEEDS, PERMISSION, given, own_id


class KitPart(graphene.ObjectType):
    """Units of a variant in one unit of a kit."""

    id = graphene.ID(required=True)
    kit_id = graphene.ID(required=True, description="The variant that is sold.")
    part_id = graphene.ID(required=True, description="The variant that is in it.")
    quantity = graphene.Int(required=True)
    resolve_id = own_id("KitPart")


KitPartConnection = connection(KitPart)


class KitPartInput(graphene.InputObjectType):
    """A part of a kit."""

    variant_id = graphene.ID(required=True)
    quantity = graphene.Int(default_value=1, description="Units of it in one unit of the kit.")


class KitQueries:
    """What kits are made of."""

    kit_parts = connection_field(
        KitPartConnection,
        f"Parts of kits, newest first. {NEEDS}",
        kit_id=graphene.ID(),
        part_id=graphene.ID(),
    )

    def resolve_kit_parts(root, info: Any, first: int, after: str | None = None, **where: Any) -> Any:
        require(info, PERMISSION)
        return page(KitPartConnection, kits.all_parts().filter(**given(where)), first, after)


class KitSet(Mutation):
    """Says what a variant is made of: its sales are demand for the parts, and it is never bought itself."""

    class Arguments:
        variant_id = graphene.ID(required=True)
        parts = graphene.List(
            graphene.NonNull(KitPartInput),
            required=True,
            description="All of them; without any the variant is no kit. A kit is no part of a kit.",
        )

    permission = PERMISSION
    kit_parts = graphene.List(graphene.NonNull(KitPart))

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        kit = data["variant_id"]
        set_kit(kit, [Part(kit, part["variant_id"], part["quantity"]) for part in data["parts"]])
        return {"id": kit}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(kit_parts=list(kits.all_parts().filter(kit_id=result["id"]).order_by("pk")))


class KitMutations:
    """What kits are made of."""

    kit_set = KitSet.Field()
