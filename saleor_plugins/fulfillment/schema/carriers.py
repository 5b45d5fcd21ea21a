"""Carriers: who may report what happens to parcels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...delivery import secrets
from ...http.api import Mutation, require
from ...kernel.ids import own_key
from .. import store
from ..usecases.carrier_set import rotate_secret, set_carrier
from .parcel_types import CarrierType
from .show_parcels import show_carrier

PLUGINS = "MANAGE_PLUGINS"


class CarrierQueries(graphene.ObjectType):
    """What can be asked about carriers."""

    carriers = graphene.List(
        graphene.NonNull(CarrierType), description="Every carrier, by name. Requires MANAGE_PLUGINS."
    )

    @staticmethod
    def resolve_carriers(root: Any, info: Any) -> Any:
        require(info, PLUGINS)
        return [show_carrier(row, info) for row in store.carriers()]


class CarrierMutation(Mutation):
    """Base of what is done to a carrier."""

    class Meta:
        abstract = True

    permission = PLUGINS

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        """The carrier as it is now, and a secret that was just made."""
        row = store.carrier(UUID(result["id"]))
        # Sealed, because the answers to idempotency keys are stored.
        secret = secrets.decrypt(result["sealed"]) if result.get("sealed") else None
        return cls(carrier=show_carrier(row, info), secret=secret)


class CarrierSet(CarrierMutation):
    """Make a carrier, or change what is given. A new one's secret is answered here, and never again."""

    carrier = graphene.Field(CarrierType)
    secret = graphene.String(description="whsec_...: signs reports. Only for a new carrier.")

    class Arguments:
        id = graphene.ID(description="Left out, a new one is made.")
        name = graphene.String()
        tracking_url = graphene.String(description="https address with {number} in it.")
        is_active = graphene.Boolean()
        api = graphene.String(description="karrio's name of it, for labels and scans; empty for none.")
        api_settings = graphene.String(description="What karrio's package asks for, as JSON; never shown.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Store it."""
        named = data.pop("id", None)
        row, new = set_carrier(own_key(named, "Carrier") if named else None, **data)
        return {"id": str(row.pk), "sealed": secrets.encrypt(row.secret) if new else None}


class CarrierRotateSecret(CarrierMutation):
    """Give a carrier a new secret, answered here and never again. The old one is good for 24 hours more."""

    carrier = graphene.Field(CarrierType)
    secret = graphene.String()

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Replace it."""
        row = rotate_secret(own_key(data["id"], "Carrier"))
        return {"id": str(row.pk), "sealed": secrets.encrypt(row.secret)}


class CarrierMutations(graphene.ObjectType):
    """What can be done with carriers."""

    carrier_set = CarrierSet.Field()
    carrier_rotate_secret = CarrierRotateSecret.Field()
