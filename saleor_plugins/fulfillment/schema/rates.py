"""Rate cards over GraphQL."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import graphene

from ...http.api import Mutation, require
from ...kernel.ids import own_key
from .. import store
from ..usecases import set_rates
from .names import PLUGINS, camel, field_enum
from .rate_files import RateCardCsv, RateCardImport, show_csv
from .rate_types import (
    RateCardType,
    RateInput,
    RateType,
    RateZoneInput,
    ShownCard,
    show_rate,
    shown_card,
    shown_cards,
)


class RateQueries(graphene.ObjectType):
    """What can be asked about rates."""

    rates = graphene.List(
        graphene.NonNull(RateCardType),
        card=graphene.String(description="Only this card."),
        description="Every rate card with its rates. None: built-in rates are used. Requires MANAGE_PLUGINS.",
    )
    rate_card_csv = graphene.Field(
        RateCardCsv,
        card=graphene.String(required=True, description="The rate card's name."),
        description="A rate card as CSV, its rates and its zones. Requires MANAGE_PLUGINS.",
    )

    @staticmethod
    def resolve_rates(root: Any, info: Any, card: str | None = None) -> list[ShownCard]:
        require(info, PLUGINS)
        return shown_cards(card)

    @staticmethod
    def resolve_rate_card_csv(root: Any, info: Any, card: str) -> RateCardCsv:
        require(info, PLUGINS)
        return show_csv(card)


class RateSet(Mutation):
    """Create or change the rate of one way, service and band. The first card is active at once."""

    permission = PLUGINS
    rate = graphene.Field(RateType)

    class Arguments:
        card = graphene.String(default_value="Standard", description="The rate card's name.")
        currency = graphene.String(description="Needed for a new card.")
        rate = RateInput(required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Set the rate."""
        stored = set_rates.set_rate(data["card"], data.get("currency"), camel(data["rate"]))
        return {"rate": str(stored.pk)}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RateSet:
        """The stored rate; null when it was deleted since."""
        row = store.rate(UUID(result["rate"]))
        return cls(rate=show_rate(row, row.card.currency) if row else None)


class CardChange(Mutation):
    """Base of what answers with a card as it is then."""

    class Meta:
        abstract = True

    permission = PLUGINS

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> Any:
        """The card as it is now."""
        return cls(card=shown_card(result["card"]))


class RatesReplace(CardChange):
    """Make a card's rates exactly these, or change nothing."""

    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name; created when new.")
        currency = graphene.String(required=True)
        rates = graphene.List(graphene.NonNull(RateInput), required=True)
        zones = graphene.List(graphene.NonNull(RateZoneInput), description="The zones too; else they stay.")
        activate = graphene.Boolean(default_value=True, description="Use this card from now on.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Replace the rates."""
        rows, zones = [camel(row) for row in data["rates"]], data.get("zones")
        places = None if zones is None else [camel(row) for row in zones]
        set_rates.replace_rates(
            data["card"], data["currency"], rows, activate=bool(data["activate"]), zones=places
        )
        return {"card": data["card"]}


class ZonesReplace(CardChange):
    """Make a card's zones exactly these, or change nothing."""

    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name; created when new.")
        currency = graphene.String(description="Needed for a new card.")
        zones = graphene.List(graphene.NonNull(RateZoneInput), required=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Replace the zones."""
        rows = [camel(row) for row in data["zones"]]
        set_rates.replace_zones(data["card"], data.get("currency"), rows)
        return {"card": data["card"]}


RateCardField = field_enum("RateCardField", ("validFrom", "validUntil"))


class RateCardSet(CardChange):
    """Create a card, or change the days it is valid on; what is left out stays as it is."""

    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name; created when new.")
        currency = graphene.String(description="Needed for a new card.")
        valid_from = graphene.Date(description="Its first day.")
        valid_until = graphene.Date(description="Its last day.")
        reset = graphene.List(graphene.NonNull(RateCardField), description="Days to take away.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Set its days."""
        dates = camel({name: data[name] for name in ("valid_from", "valid_until") if data.get(name)})
        dates |= dict.fromkeys(data.get("reset") or ())
        set_rates.set_card(data["card"], data.get("currency"), dates)
        return {"card": data["card"]}


class RateCardActivate(CardChange):
    """Make decisions use this card on its days, and no other; or switch it off."""

    card = graphene.Field(RateCardType)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name.")
        active = graphene.Boolean(default_value=True)

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Activate the card."""
        set_rates.activate_card(data["card"], active=bool(data["active"]))
        return {"card": data["card"]}


class RateCardDelete(Mutation):
    """Delete a card that is not active, with its rates and zones."""

    permission = PLUGINS
    deleted_card = graphene.String()

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Delete the card."""
        set_rates.delete_card(data["card"])
        return {"deleted_card": data["card"]}


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


class RateMutations(graphene.ObjectType):
    """What can be set about rates."""

    rate_set = RateSet.Field()
    rates_replace = RatesReplace.Field()
    zones_replace = ZonesReplace.Field()
    rate_card_set = RateCardSet.Field()
    rate_card_activate = RateCardActivate.Field()
    rate_card_import = RateCardImport.Field()
    rate_card_delete = RateCardDelete.Field()
    rate_delete = RateDelete.Field()
