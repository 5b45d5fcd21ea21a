"""Rate cards as CSV over GraphQL."""

from __future__ import annotations

from typing import Any

import graphene

from ...http.api import Mutation
from ..usecases.import_rates import Imported, export_rates, export_zones, import_rates
from .names import PLUGINS
from .rate_types import RateCardType, RowChanges, row_changes, shown_card


class RateCardCsv(graphene.ObjectType):
    """A rate card as `import_rates` and `rateCardImport` read it."""

    rates = graphene.String(required=True)
    zones = graphene.String(required=True)


def show_csv(card: str) -> RateCardCsv:
    """The card called `card`. Raises NotFound (``card``)."""
    return RateCardCsv(rates="".join(export_rates(card)), zones="".join(export_zones(card)))


class RateCardImport(Mutation):
    """Make a card's rates, and its zones if given, exactly those of CSV files, or change nothing."""

    permission = PLUGINS
    card = graphene.Field(RateCardType)
    rate_changes = graphene.Field(RowChanges)
    zone_changes = graphene.Field(RowChanges)

    class Arguments:
        card = graphene.String(required=True, description="The rate card's name; created when new.")
        currency = graphene.String(description="Needed for a new card.")
        rates = graphene.String(required=True, description="CSV with a header, as rateCardCsv writes it.")
        zones = graphene.String(description="CSV with a header; without it the zones stay.")
        activate = graphene.Boolean(default_value=False, description="Use this card from now on.")
        dry_run = graphene.Boolean(default_value=False, description="Only say what would change.")

    @classmethod
    def perform(cls, info: Any, **data: Any) -> dict[str, Any]:
        """Import."""
        done: Imported = import_rates(
            data["card"],
            data.get("currency"),
            data["rates"],
            zones=data.get("zones"),
            activate=bool(data["activate"]),
            dry_run=bool(data["dry_run"]),
        )
        zones = row_changes(done.zones) if done.zones else None
        return {"card": done.card, "rates": row_changes(done.rates), "zones": zones}

    @classmethod
    def answer(cls, info: Any, result: dict[str, Any]) -> RateCardImport:
        """The card as it is now, and what changed."""
        zones = result["zones"]
        return cls(
            card=shown_card(result["card"]),
            rate_changes=RowChanges(**result["rates"]),
            zone_changes=RowChanges(**zones) if zones else None,
        )
