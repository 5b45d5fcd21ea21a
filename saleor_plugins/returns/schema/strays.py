"""Parcels that nobody can place: written down, given to a return, dismissed."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation
from ...kernel.ids import own_key, to_global
from ..access import PERMISSION
from ..store import strays
from ..usecases.stray_parcels import add_stray, dismiss_stray, match_stray
from . import parcel_types


class StrayMutation(Mutation):
    """Base of all: answers the parcel as it is then."""

    class Meta:
        abstract = True

    permission: str | None = PERMISSION

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        return cls(stray_parcel=strays.find(own_key(result["id"], "StrayParcel")))


def stray_field() -> graphene.Field:
    return graphene.Field(parcel_types.StrayParcel)


class ReturnStrayAdd(StrayMutation):
    """Writes down a parcel that nobody can place."""

    class Arguments:
        warehouse_id = graphene.ID(required=True)
        tracking_number = graphene.String()
        note = graphene.String(description="What it is, and what is in it.")

    stray_parcel = stray_field()
    # Not required: a refusal has none to show.
    return_ids = graphene.List(
        graphene.NonNull(graphene.ID), description="Returns that wait for a parcel with this tracking number."
    )

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        names = ("warehouse_id", "tracking_number", "note")
        stray = add_stray(info.context.asker, *(data.get(name) or "" for name in names))
        return {"id": to_global("StrayParcel", stray.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        payload = super().answer(info, result)
        found = strays.candidates(payload.stray_parcel.tracking_number)
        payload.return_ids = [to_global("Return", rma.pk) for rma in found]
        return payload


class ReturnStrayMatch(StrayMutation):
    """Says which return a parcel is of; returnReceive then takes in what is in it."""

    class Arguments:
        id = graphene.ID(required=True)
        return_id = graphene.ID(required=True)

    stray_parcel = stray_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        key = own_key(data["id"], "StrayParcel")
        match_stray(info.context.asker, key, own_key(data["return_id"], "Return", field="returnId"))
        return {"id": data["id"]}


class ReturnStrayDismiss(StrayMutation):
    """Says that a parcel is of no return, and what became of it."""

    class Arguments:
        id = graphene.ID(required=True)
        reason = graphene.String(required=True)

    stray_parcel = stray_field()

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        dismiss_stray(info.context.asker, own_key(data["id"], "StrayParcel"), data["reason"])
        return {"id": data["id"]}


class StrayMutations(graphene.ObjectType):
    """What becomes of parcels that nobody can place."""

    return_stray_add = ReturnStrayAdd.Field()
    return_stray_match = ReturnStrayMatch.Field()
    return_stray_dismiss = ReturnStrayDismiss.Field()
