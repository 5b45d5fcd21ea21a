"""When sold-out variants are back, for shoppers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import graphene

from ...kernel.errors import Invalid
from ..usecases.expected_back import expected_back

MAX_VARIANTS = 100


class ExpectedBack(graphene.ObjectType):
    """When a sold-out variant is expected back."""

    variant_id = graphene.ID(required=True)
    day = graphene.Date(description="Null: it can be bought now, is not sold here, or nobody knows.")


class ExpectedQueries:
    """For storefronts."""

    expected_back = graphene.List(
        graphene.NonNull(ExpectedBack),
        required=True,
        variant_ids=graphene.List(
            graphene.NonNull(graphene.ID), required=True, description=f"At most {MAX_VARIANTS}."
        ),
        channel=graphene.String(description="Its slug; required where the shop has channels."),
        country=graphene.String(description="Where it goes, as in US; without: wherever the channel ships."),
        description=(
            "The days on which sold-out variants can be bought again: the first on which more units arrive "
            "than orders wait for. One answer for each variant, in their order. Anybody may ask."
        ),
    )

    def resolve_expected_back(
        root, info: Any, variant_ids: Sequence[str], channel: str | None = None, country: str | None = None
    ) -> list[ExpectedBack]:
        if len(variant_ids) > MAX_VARIANTS:
            raise Invalid(f"At most {MAX_VARIANTS} at once.", field="variantIds")
        days: dict[str, date] = expected_back(variant_ids, channel or "", (country or "").upper())
        return [ExpectedBack(variant_id=key, day=days.get(key)) for key in variant_ids]
