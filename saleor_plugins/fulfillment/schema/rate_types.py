"""The GraphQL types of rate cards, and how cards become them: many cards in as many queries as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import graphene

from ...kernel.errors import Invalid
from ...kernel.ids import own_key, to_global
from .. import store
from ..domain.rates.rows import Difference
from ..models import Rate, RateCard, RateZone
from .show import money
from .types import Amount, Money

MOST_ROWS = 1000


class RateType(graphene.ObjectType):
    """The price of a parcel; an empty place means any."""

    class Meta:
        name = "Rate"

    id = graphene.ID(required=True)
    warehouse_id = graphene.ID()
    origin = graphene.String(required=True)
    destination = graphene.String(required=True)
    zone = graphene.String(required=True)
    service = graphene.String(required=True, description="The shipping method's name; case does not matter.")
    up_to_km = graphene.Int(description="The end of a distance band, as the crow flies; null is no limit.")
    up_to_grams = graphene.Int(description="The end of a weight band; null is no limit.")
    base = graphene.Field(Money, required=True)
    per_kg = graphene.Field(Money, required=True)
    per_unit = graphene.Field(Money, required=True)
    transit_days = graphene.Int(description="Working days on the road; null is not known.")


class RateZoneType(graphene.ObjectType):
    """A country, or the part of it whose postal codes begin alike, that belongs to a zone."""

    class Meta:
        name = "RateZone"

    id = graphene.ID(required=True)
    zone = graphene.String(required=True)
    country = graphene.String(required=True)
    postal_prefix = graphene.String(required=True)
    warehouse_id = graphene.ID(description="The warehouse from which it is seen so; null is every one.")


def _rows(kind: Any, what: str) -> graphene.Field:
    return graphene.List(
        graphene.NonNull(kind),
        required=True,
        first=graphene.Int(default_value=100, description=f"How many, from 1 to {MOST_ROWS}."),
        after=graphene.ID(description=f"Begin after this {what}."),
        description="In their order of entry. With `after`, ask for one card.",
    )


class RateCardType(graphene.ObjectType):
    """A table of rates in one currency."""

    class Meta:
        name = "RateCard"

    name = graphene.String(required=True)
    currency = graphene.String(required=True)
    active = graphene.Boolean(required=True, description="Whether decisions use it on its days.")
    valid_from = graphene.Date(description="Its first day; null is any.")
    valid_until = graphene.Date(description="Its last day; null is any.")
    rate_count = graphene.Int(required=True)
    zone_count = graphene.Int(required=True)
    rates = _rows(RateType, "rate")
    zones = _rows(RateZoneType, "zone")

    @staticmethod
    def resolve_rates(root: ShownCard, info: Any, first: int, after: str | None = None) -> list[RateType]:
        rows = root.shelf.rates(*_window(first, after, "Rate"))
        return [show_rate(row, root.currency) for row in rows[root.row.pk]]

    @staticmethod
    def resolve_zones(root: ShownCard, info: Any, first: int, after: str | None = None) -> list[RateZoneType]:
        rows = root.shelf.zones(*_window(first, after, "RateZone"))
        return [_zone(row) for row in rows[root.row.pk]]


class Shelf:
    """The cards of one answer: their rows are read together, however many cards there are."""

    def __init__(self, rows: Sequence[RateCard]):
        self.keys = [row.pk for row in rows]
        self._read: dict[tuple, dict[UUID, list[Any]]] = {}

    def rates(self, limit: int, after: UUID | None) -> dict[UUID, list[Rate]]:
        """The window of each card's rates."""
        if ("rates", limit, after) not in self._read:
            self._read["rates", limit, after] = store.first_rates(self.keys, limit, after)
        return self._read["rates", limit, after]

    def zones(self, limit: int, after: UUID | None) -> dict[UUID, list[RateZone]]:
        """The window of each card's zones."""
        if ("zones", limit, after) not in self._read:
            self._read["zones", limit, after] = store.first_zones(self.keys, limit, after)
        return self._read["zones", limit, after]


class ShownCard:
    """A card on its shelf."""

    def __init__(self, row: RateCard, shelf: Shelf):
        self.row, self.shelf = row, shelf
        self.name, self.currency, self.active = row.name, row.currency, row.is_active
        self.valid_from, self.valid_until = row.valid_from, row.valid_until
        self.rate_count: int = row.rate_count  # type: ignore[attr-defined]
        self.zone_count: int = row.zone_count  # type: ignore[attr-defined]


def _window(first: int, after: str | None, kind: str) -> tuple[int, UUID | None]:
    if not 1 <= first <= MOST_ROWS:
        raise Invalid(f"Must be from 1 to {MOST_ROWS}.", field="first")
    return first, own_key(after, kind, field="after") if after else None


def show_rate(row: Rate, currency: str) -> RateType:
    """A rate of a card in `currency`."""
    return RateType(
        id=to_global("Rate", row.pk),
        warehouse_id=row.warehouse_id or None,
        origin=row.origin,
        destination=row.destination,
        zone=row.zone,
        service=row.service,
        up_to_km=row.up_to_km or None,
        up_to_grams=row.up_to_grams or None,
        base=money(row.base, currency),
        per_kg=money(row.per_kg, currency),
        per_unit=money(row.per_unit, currency),
        transit_days=row.transit_days,
    )


def _zone(row: RateZone) -> RateZoneType:
    return RateZoneType(
        id=to_global("RateZone", row.pk),
        zone=row.zone,
        country=row.country,
        postal_prefix=row.postal_prefix,
        warehouse_id=row.warehouse_id or None,
    )


def shown_cards(name: str | None = None) -> list[ShownCard]:
    """Every card, or the one called `name`."""
    rows = store.cards(name.strip() if name is not None else None)
    shelf = Shelf(rows)
    return [ShownCard(row, shelf) for row in rows]


def shown_card(name: str) -> ShownCard | None:
    """The card called `name` as it is now."""
    return next(iter(shown_cards(name)), None)


class RowChanges(graphene.ObjectType):
    """How many rows an import changes."""

    added = graphene.Int(required=True)
    changed = graphene.Int(required=True)
    removed = graphene.Int(required=True)
    same = graphene.Int(required=True)


def row_changes(change: Difference) -> dict[str, int]:
    """The fields of `RowChanges`."""
    names = ("added", "changed", "removed")
    return {**{name: len(getattr(change, name)) for name in names}, "same": change.same}


class RateInput(graphene.InputObjectType):
    """The price of a parcel. Leave out a place to mean any; amounts are in the card's currency."""

    warehouse_id = graphene.ID(description="Parcels from this warehouse: its id, or its name.")
    origin = graphene.String(description="Parcels from any warehouse in this country.")
    destination = graphene.String(description="Parcels to this country.")
    zone = graphene.String(description="Parcels to this zone of the card.")
    service = graphene.String(description="Orders with the shipping method of this name.")
    up_to_km = graphene.Int(description="Parcels that go no farther. 0 or nothing: any distance.")
    up_to_grams = graphene.Int(description="Parcels that are no heavier. 0 or nothing: any weight.")
    base = Amount(required=True, description="Per parcel.")
    per_kg = Amount(description="Per kilogram.")
    per_unit = Amount(description="Per unit.")
    transit_days = graphene.Int(description="Working days on the road.")


class RateZoneInput(graphene.InputObjectType):
    """A country, or a part of it, that belongs to a zone."""

    zone = graphene.String(required=True)
    country = graphene.String(required=True)
    postal_prefix = graphene.String(description="How its postal codes begin; the longest that fits counts.")
    warehouse_id = graphene.ID(description="Seen from this warehouse only: its id, or its name.")
