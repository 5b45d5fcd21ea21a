"""Two years tell a season: learned once a week by a run over the shop, told in the suggestion."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Variant
from saleor_plugins.restock.models import DailyDemand, DemandCursor, ShopFigure, Suggestion
from saleor_plugins.restock.store import figures
from saleor_plugins.restock.usecases.suggest import suggest

from .rooms import Room

At = Callable[[datetime], None]
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TODAY = date(2026, 11, 2)
DAYS = 2 * 365 + 10


def units(day: date) -> int:
    """Eight a day in November and December, one otherwise."""
    return 8 if day.month in (11, 12) else 1


@pytest.fixture
def festive(room: Room, at: At) -> Variant:
    at(NOW)
    toys = room.data.make_category("Toys")
    variant: Variant = room.data.make_variant(stock={room.house: 3}, category=toys)
    room.sells(variant)
    _sold(variant, DAYS)
    return variant


def _sold(variant: Variant, days: int) -> None:
    past = [TODAY - timedelta(days=back) for back in range(1, days + 1)]
    DailyDemand.objects.bulk_create(
        DailyDemand(variant_id=variant.id, country="US", day=day, units=units(day)) for day in past
    )
    DemandCursor.objects.update_or_create(
        pk=1, defaults={"zone": shop().time_zone(), "since": past[-1], "through": TODAY, "full_on": TODAY}
    )


def test_a_run_learns_the_season_and_says_so(room: Room, festive: Variant) -> None:
    suggest()
    product = shop().products_of([festive.product_id])[0]
    weeks = figures.seasons()[product.category_id or ""]
    assert len(weeks) == 52
    assert weeks[46] > 2 * weeks[20]
    found = Suggestion.objects.get()
    assert any("time of the year" in sentence for sentence in found.explanation)
    without = Suggestion.objects.get().target
    ShopFigure.objects.filter(kind=ShopFigure.SEASON).exclude(key="").delete()
    suggest(variant_ids=[festive.id])
    assert Suggestion.objects.get().target < without


def test_it_is_learned_once_a_week(room: Room, festive: Variant, at: At) -> None:
    suggest()
    assert figures.seasons_learned() == TODAY
    ShopFigure.objects.filter(kind=ShopFigure.SEASON).exclude(key="").delete()
    at(NOW + timedelta(days=6))
    suggest()
    assert figures.seasons() == {}
    at(NOW + timedelta(days=7))
    suggest()
    assert len(figures.seasons()) == 1


def test_a_year_tells_none(room: Room, at: At) -> None:
    at(NOW)
    variant = room.data.make_variant(stock={room.house: 3})
    _sold(variant, 500)
    suggest()
    assert not ShopFigure.objects.filter(kind=ShopFigure.SEASON).exists()
