"""Rate cards, their rates and zones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from ...kernel.errors import NotFound
from ..domain.rates import Rate as RateRow
from ..domain.rates import RateTable, ZonePlace
from ..models import Rate, RateCard, RateZone
from .revisions import revisions

WHERE = ("warehouse_id", "origin", "destination", "zone", "service")
AMOUNTS = ("base", "per_kg", "per_unit", "transit_days")
LIMITS = ("up_to_km", "up_to_grams")
ZONE = ("zone", "country", "postal_prefix", "warehouse_id")
# Rows written or read at once.
CHUNK = 2000


@lru_cache(maxsize=8)
def rate_table(key: UUID, revision: int) -> RateTable:
    """The card's rates and zones, ready to be asked; kept by its revision. Raises NotFound (``card``)."""
    found = RateCard.objects.filter(pk=key).values_list("name", "currency").first()
    if found is None:
        raise NotFound("No such rate card.", field="card")
    return RateTable(*found, tuple(rate_rows(key)), tuple(zone_rows(key)))


def rate_rows(key: UUID) -> Iterable[RateRow]:
    """The card's rates, in their order of entry."""
    columns = (*AMOUNTS, *WHERE, *LIMITS)
    rows = Rate.objects.filter(card_id=key).order_by("pk").values_list(*columns)
    for row in rows.iterator(chunk_size=CHUNK):
        values = dict(zip(columns, row, strict=True))
        for limit in LIMITS:
            values[limit] = values[limit] or None
        yield RateRow(**values)


def zone_rows(key: UUID) -> Iterable[ZonePlace]:
    """The card's zones, in their order of entry."""
    rows = RateZone.objects.filter(card_id=key).order_by("pk").values_list(*ZONE)
    return (ZonePlace(*row) for row in rows.iterator(chunk_size=CHUNK))


def table(name: str) -> RateTable | None:
    """The rates of the card called `name`, active or not; None when there is no such card."""
    found = RateCard.objects.filter(name=name).values_list("pk", "revision").first()
    return rate_table(*found) if found else None


def active_rates(day: date) -> RateTable | None:
    """The rates that count on `day`, None when the merchant has none."""
    found = revisions(day).card
    return rate_table(*found) if found else None


def card(name: str, *, lock: bool = False) -> RateCard | None:
    """The rate card called `name`."""
    rows = RateCard.objects.select_for_update() if lock else RateCard.objects.all()
    return rows.filter(name=name).first()


def add_card(name: str, currency: str, **values: Any) -> RateCard:
    """A new, inactive rate card."""
    return RateCard.objects.create(name=name, currency=currency, **values)


def save_card(row: RateCard, **values: Any) -> None:
    """Change the card."""
    RateCard.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def active_cards() -> list[RateCard]:
    """The cards that are switched on, by name."""
    return list(RateCard.objects.filter(is_active=True).order_by("name"))


def cards() -> list[RateCard]:
    """Every rate card, by name."""
    return list(RateCard.objects.order_by("name"))


def overlapping(row: RateCard) -> QuerySet[RateCard]:
    """The other active cards that are valid on a day of `row`'s."""
    others = RateCard.objects.filter(is_active=True).exclude(pk=row.pk)
    if row.valid_from:
        others = others.filter(Q(valid_until=None) | Q(valid_until__gte=row.valid_from))
    if row.valid_until:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lte=row.valid_until))
    return others


def activate(row: RateCard) -> None:
    """Switch `row` on, and off what is valid on the same days. The caller holds the cards' lock."""
    overlapping(row).update(is_active=False)
    save_card(row, is_active=True)


def lock_cards() -> None:
    """Let nobody else change which card counts until the transaction ends."""
    list(RateCard.objects.order_by("pk").select_for_update().values_list("pk"))


def _columns(rate: RateRow) -> dict[str, Any]:
    values = {name: getattr(rate, name) for name in (*WHERE, *AMOUNTS)}
    return {**values, **{name: getattr(rate, name) or 0 for name in LIMITS}}


def save_rate(row: RateCard, rate: RateRow) -> Rate:
    """Create or change the rate of `row` for the same places, service and band."""
    values = _columns(rate)
    amounts = {name: values.pop(name) for name in AMOUNTS}
    stored, _ = Rate.objects.update_or_create(card=row, **values, defaults=amounts)
    return stored


def replace_rates(row: RateCard, rates: Iterable[RateRow]) -> None:
    """Make the card's rates exactly `rates`."""
    Rate.objects.filter(card=row).delete()
    Rate.objects.bulk_create((Rate(card=row, **_columns(rate)) for rate in rates), batch_size=CHUNK)


def replace_zones(row: RateCard, places: Iterable[ZonePlace]) -> None:
    """Make the card's zones exactly `places`."""
    RateZone.objects.filter(card=row).delete()
    RateZone.objects.bulk_create(
        (RateZone(card=row, **{name: getattr(place, name) for name in ZONE}) for place in places),
        batch_size=CHUNK,
    )


def rate(key: UUID) -> Rate | None:
    """The rate with its card."""
    return Rate.objects.select_related("card").filter(pk=key).first()


def rates_of(row: RateCard, limit: int, after: UUID | None = None) -> Sequence[Rate]:
    """Up to `limit` rates of the card, in their order of entry, from after one of them."""
    rows = row.rates.order_by("pk")
    return list((rows if after is None else rows.filter(pk__gt=after))[:limit])


def count_rates(row: RateCard) -> int:
    """How many rates the card has."""
    return row.rates.count()


def zones_of(row: RateCard) -> list[RateZone]:
    """The card's zones, by name and place."""
    return list(row.zones.order_by("zone", "warehouse_id", "country", "postal_prefix"))


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (field ``id``)."""
    if not Rate.objects.filter(pk=key).delete()[0]:
        raise NotFound("No such rate.", field="id")
