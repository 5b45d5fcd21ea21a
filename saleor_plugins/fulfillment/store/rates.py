"""Rate cards, their rates and zones."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from ...kernel.errors import NotFound
from ..domain.rates import Rate as RateRow
from ..domain.rates import RateTable
from ..models import Rate, RateCard


def active_rates() -> RateTable | None:
    """The active rate card, None when the merchant has none."""
    card = RateCard.objects.filter(is_active=True).prefetch_related("rates").first()
    if card is None:
        return None
    rates = tuple(
        RateRow(row.base, row.per_kg, row.per_unit, row.warehouse_id, row.origin, row.destination)
        for row in card.rates.all()
    )
    return RateTable(card.name, card.currency, rates)


def card(name: str, *, lock: bool = False) -> RateCard | None:
    """The rate card called `name`."""
    rows = RateCard.objects.select_for_update() if lock else RateCard.objects.all()
    return rows.filter(name=name).first()


def add_card(name: str, currency: str) -> RateCard:
    """A new, inactive rate card."""
    return RateCard.objects.create(name=name, currency=currency)


def has_active_card() -> bool:
    """Whether decisions use a card of the merchant's."""
    return RateCard.objects.filter(is_active=True).exists()


def cards() -> list[RateCard]:
    """Every rate card, by name, with its rates."""
    return list(RateCard.objects.order_by("name").prefetch_related("rates"))


def activate(row: RateCard) -> None:
    """Make `row` the card that decisions use."""
    RateCard.objects.exclude(pk=row.pk).filter(is_active=True).update(is_active=False)
    RateCard.objects.filter(pk=row.pk).update(is_active=True)


def save_rate(row: RateCard, rate: RateRow) -> Rate:
    """Create or change the rate of `row` for the same places."""
    where = {"warehouse_id": rate.warehouse_id, "origin": rate.origin, "destination": rate.destination}
    amounts = {"base": rate.base, "per_kg": rate.per_kg, "per_unit": rate.per_unit}
    stored, _ = Rate.objects.update_or_create(card=row, **where, defaults=amounts)
    return stored


def replace_rates(row: RateCard, rates: Iterable[RateRow]) -> None:
    """Make the card's rates exactly `rates`."""
    Rate.objects.filter(card=row).delete()
    Rate.objects.bulk_create(
        Rate(
            card=row,
            warehouse_id=rate.warehouse_id,
            origin=rate.origin,
            destination=rate.destination,
            base=rate.base,
            per_kg=rate.per_kg,
            per_unit=rate.per_unit,
        )
        for rate in rates
    )


def rate(key: UUID) -> Rate | None:
    """The rate with its card."""
    return Rate.objects.select_related("card").filter(pk=key).first()


def delete_rate(key: UUID) -> None:
    """Delete a rate. Raises NotFound (field ``id``)."""
    if not Rate.objects.filter(pk=key).delete()[0]:
        raise NotFound("No such rate.", field="id")
