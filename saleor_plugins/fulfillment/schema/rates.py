"""The mutations of what a merchant tells the router: rates and warehouse profiles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation
from ...kernel.ids import own_key
from .. import store
from ..models import WarehouseProfile
from ..usecases import set_rates
from ..usecases.set_profile import set_profile
from .show import show_card, show_profile, show_rate
from .types import Amount, RateCardType, RateType, WarehouseProfileType

PLUGINS = "MANAGE_PLUGINS"


class RateInput(graphene.InputObjectType):
    """The price of a parcel. Leave out a place to mean any; amounts are in the card's currency."""

    warehouse_id = graphene.ID(description="Parcels from this warehouse.")
    origin = graphene.String(description="Parcels from any warehouse in this country.")
    destination = graphene.String(description="Parcels to this country.")
    base = Amount(required=True, description="Per parcel.")
    per_kg = Amount(description="Per kilogram.")
    per_unit = Amount(description="Per unit.")


def _rate(row: dict[str, Any]) -> dict[str, Any]:
    names = {"warehouse_id": "warehouseId", "per_kg": "perKg", "per_unit": "perUnit"}
    return {names.get(key, key): value for key, value in row.items()}


class RateSet(Mutation):
    """Create or change the rate between two places. The first card is active at once."""

    permission = PLUGINS
    rate = graphene.Field(RateType)

    class Arguments:
        card = graphene.String(default_value="Standard", description="The rate card's name.")
        currency = graphene.String(description="Needed for a new card.")
        rate = RateInput(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Set the rate."""
        stored = set_rates.set_rate(data["card"], data.get("currency"), _rate(data["rate"]))
        return {"rate": str(stored.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RateSet:
        """The stored rate; null when it was deleted since."""
        row = store.rate(UUID(result["rate"]))
        return cls(rate=show_rate(row, row.card.currency) if row else None)


class RatesReplace(Mutation):
    """Make a card's rates exactly these, or change nothing."""

    permission = PLUGINS
    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name; created when new.")
        currency = graphene.String(required=True)
        rates = graphene.List(graphene.NonNull(RateInput), required=True)
        activate = graphene.Boolean(default_value=True, description="Use this card from now on.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Replace the rates."""
        rows = [_rate(row) for row in data["rates"]]
        set_rates.replace_rates(data["card"], data["currency"], rows, activate=data["activate"])
        return {"card": data["card"]}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RatesReplace:
        """The card as it is now."""
        return cls(card=_shown_card(result["card"]))


class RateCardActivate(Mutation):
    """Make decisions use this card."""

    permission = PLUGINS
    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Activate the card."""
        set_rates.activate_card(data["card"])
        return {"card": data["card"]}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RateCardActivate:
        """The card as it is now."""
        return cls(card=_shown_card(result["card"]))


def _shown_card(name: str) -> RateCardType | None:
    row = store.card(name.strip())
    return show_card(row) if row else None


class RateDelete(Mutation):
    """Delete a rate."""

    permission = PLUGINS
    deleted_id = graphene.ID()

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Delete the rate."""
        set_rates.delete_rate(own_key(data["id"], "Rate"))
        return {"deleted_id": data["id"]}


class WarehouseProfileSet(Mutation):
    """Say how a warehouse takes part in routing; what is left out stays as it is."""

    permission = PLUGINS
    profile = graphene.Field(WarehouseProfileType)

    class Arguments:
        warehouse_id = graphene.ID(required=True)
        priority = graphene.Int()
        ships_orders = graphene.Boolean()
        handling_per_parcel = Amount(description="Set both handling costs together: one left out is 0.")
        handling_per_unit = Amount()
        currency = graphene.String(description="Of the handling costs; the active rate card's by default.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Store the profile."""
        return {"warehouse_id": set_profile(**data).pk}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> WarehouseProfileSet:
        """The profile as it is now."""
        return cls(profile=show_profile(WarehouseProfile.objects.get(pk=result["warehouse_id"])))


class RateMutations(graphene.ObjectType):
    """What a merchant can set."""

    rate_set = RateSet.Field()
    rates_replace = RatesReplace.Field()
    rate_card_activate = RateCardActivate.Field()
    rate_delete = RateDelete.Field()
    warehouse_profile_set = WarehouseProfileSet.Field()
