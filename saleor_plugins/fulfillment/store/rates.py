"""Rate cards, their rates and zones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ...kernel.errors import NotFound
from ..domain.rates.rows import Difference
from ..domain.rates.table import Rate as RateRow
from ..domain.rates.table import RateTable, ZonePlace
from ..models import Rate, RateCard, RateZone

WHERE = ("warehouse_id", "origin", "destination", "zone", "service")
AMOUNTS = ("base", "per_kg", "per_unit", "transit_days")
LIMITS = ("up_to_km", "up_to_grams")
ZONE = ("zone", "country", "postal_prefix", "warehouse_id")
# Rows written or read at once.
CHUNK = 2000


@lru_cache(maxsize=4)
def rate_table(key: UUID, revision: int) -> RateTable:
    """The card's rates and zones, ready to be asked; kept by its revision. Raises NotFound (``card``)."""
    found = RateCard.objects.filter(pk=key).values_list("name", "currency").first()
    if found is None:
        raise NotFound("No such rate card.", field="card")
    name, currency = found
    return RateTable(name, currency, tuple(rate_rows(key)), tuple(zone_rows(key)))


def rate_rows(key: UUID) -> Iterable[RateRow]:
    """The card's rates, in their order of entry."""
    return (rate for _, rate in _keyed_rates(key))


def _keyed_rates(key: UUID) -> Iterator[tuple[UUID, RateRow]]:
    columns = (*AMOUNTS, *WHERE, *LIMITS)
    rows = Rate.objects.filter(card_id=key).order_by("pk").values_list("pk", *columns)
    for pk, *row in rows.iterator(chunk_size=CHUNK):
        values = dict(zip(columns, row, strict=True))
        for limit in LIMITS:
            values[limit] = values[limit] or None
        yield pk, RateRow(**values)


def zone_rows(key: UUID) -> Iterable[ZonePlace]:
    """The card's zones, in their order of entry."""
    rows = RateZone.objects.filter(card_id=key).order_by("pk").values_list(*ZONE)
    return (ZonePlace(*row) for row in rows.iterator(chunk_size=CHUNK))


def table(name: str) -> RateTable | None:
    """The rates of the card called `name`, active or not; None when there is no such card."""
    found = RateCard.objects.filter(name=name).values_list("pk", "revision").first()
    return rate_table(*found) if found else None


def card(name: str) -> RateCard | None:
    """The rate card called `name`."""
    return RateCard.objects.filter(name=_findable(name)).first()


def _findable(name: str) -> str:
    """Postgres refuses a NUL instead of finding nothing."""
    return name.replace("\0", "\ufffd")


def add_card(name: str, currency: str) -> RateCard:
    """A new, inactive rate card."""
    return RateCard.objects.create(name=name, currency=currency)


def save_card(row: RateCard, **values: Any) -> None:
    """Change the card."""
    RateCard.objects.filter(pk=row.pk).update(**values)
    row.refresh_from_db()


def active_cards() -> list[RateCard]:
    """The cards that are switched on, by name."""
    return list(RateCard.objects.filter(is_active=True).order_by("name"))


def cards(name: str | None = None) -> list[RateCard]:
    """Every rate card, or the one called `name`, by name; `rate_count` and `zone_count` say how big it is."""
    rows = RateCard.objects.order_by("name")
    counted = {
        f"{each}_count": Coalesce(Subquery(_counted(model), output_field=IntegerField()), 0)
        for each, model in (("rate", Rate), ("zone", RateZone))
    }
    return list((rows if name is None else rows.filter(name=_findable(name))).annotate(**counted))


def _counted(model: Any) -> QuerySet[Any]:
    rows = model.objects.filter(card=OuterRef("pk")).order_by().values("card")
    return rows.annotate(count=Count("pk")).values("count")


def delete_card(row: RateCard) -> None:
    """Delete the card with its rates and zones."""
    Rate.objects.filter(card=row).delete()
    RateZone.objects.filter(card=row).delete()
    RateCard.objects.filter(pk=row.pk).delete()


def overlapping(row: RateCard) -> QuerySet[RateCard]:
    """The other active cards that are valid on a day of `row`'s."""
    others = RateCard.objects.filter(is_active=True).exclude(pk=row.pk)
    if row.valid_from:
        others = others.filter(Q(valid_until=None) | Q(valid_until__gte=row.valid_from))
    if row.valid_until:
        others = others.filter(Q(valid_from=None) | Q(valid_from__lte=row.valid_until))
    return others


def activate(row: RateCard) -> None:
    """Switch `row` on, and off what is valid on the same days. The caller holds the settings' lock."""
    overlapping(row).update(is_active=False)
    save_card(row, is_active=True)


def spelled(row: RateCard, column: str, name: str) -> str:
    """How the card already spells a service or zone, told apart without case."""
    known = Rate.objects.filter(card=row).order_by().values_list(column, flat=True).distinct()
    return next((each for each in known if each.casefold() == name.casefold()), name)


def save_rate(row: RateCard, rate: RateRow) -> Rate:
    """Create or change the rate of `row` for the same places, service and band."""
    values = _columns(rate)
    for column in ("service", "zone"):
        values[column] = spelled(row, column, values[column])
    amounts = {name: values.pop(name) for name in AMOUNTS}
    stored, _ = Rate.objects.update_or_create(card=row, **values, defaults=amounts)
    return stored


def change_rates(row: RateCard, change: Difference) -> None:
    """Make the card's rates what they should be; those that stay the same are left alone."""
    gone = {rate.key for rate in (*change.removed, *change.changed)}
    if gone:
        keys = [key for key, rate in _keyed_rates(row.pk) if rate.key in gone]
        for part in _parts(keys):
            Rate.objects.filter(pk__in=part).delete()
    new = (Rate(card=row, **_columns(rate)) for rate in (*change.changed, *change.added))
    Rate.objects.bulk_create(new, batch_size=CHUNK)


def change_zones(row: RateCard, change: Difference) -> None:
    """Make the card's zones what they should be; those that stay the same are left alone."""
    gone = {place.key for place in (*change.removed, *change.changed)}
    if gone:
        rows = RateZone.objects.filter(card=row).values_list("pk", *ZONE)
        keys = [key for key, *place in rows if ZonePlace(*place).key in gone]
        for part in _parts(keys):
            RateZone.objects.filter(pk__in=part).delete()
    new = (
        RateZone(card=row, **{name: getattr(place, name) for name in ZONE})
        for place in (*change.changed, *change.added)
    )
    RateZone.objects.bulk_create(new, batch_size=CHUNK)


def _columns(rate: RateRow) -> dict[str, Any]:
    values = {name: getattr(rate, name) for name in (*WHERE, *AMOUNTS)}
    return {**values, **{name: getattr(rate, name) or 0 for name in LIMITS}}


def _parts(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (keys[at : at + CHUNK] for at in range(0, len(keys), CHUNK))


def rate(key: UUID) -> Rate | None:
    """The rate with its card."""
    return Rate.objects.select_related("card").filter(pk=key).first()


def first_rates(cards: Collection[UUID], limit: int, after: UUID | None = None) -> dict[UUID, list[Rate]]:
    """Up to `limit` rates of each card, in their order of entry, from after one of them."""
    return _first(Rate, cards, limit, after)


def first_zones(cards: Collection[UUID], limit: int, after: UUID | None = None) -> dict[UUID, list[RateZone]]:
    """Up to `limit` zone places of each card, in their order of entry, from after one of them."""
    return _first(RateZone, cards, limit, after)


def _first(model: Any, cards: Collection[UUID], limit: int, after: UUID | None) -> dict[UUID, list[Any]]:
    table = model._meta.db_table
    rows = model.objects.raw(
        f"SELECT row.* FROM unnest(%s::uuid[]) AS card (id) CROSS JOIN LATERAL (SELECT * FROM {table}"  # noqa: S608
        " WHERE card_id = card.id AND id > %s::uuid ORDER BY id LIMIT %s) AS row ORDER BY row.id",
        [[str(key) for key in cards], str(after or UUID(int=0)), limit],
    )
    found: dict[UUID, list[Any]] = {key: [] for key in cards}
    for row in rows:
        found[row.card_id].append(row)
    return found


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (field ``id``)."""
    if not Rate.objects.filter(pk=key).delete()[0]:
        raise NotFound("No such rate.", field="id")
