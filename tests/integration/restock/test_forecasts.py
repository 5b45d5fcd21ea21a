"""Forecasts that are kept: once a week, once for a need, forgotten when they are old."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from saleor_plugins.restock.models import ForecastMade
from saleor_plugins.restock.store import forecasts

TODAY = date(2026, 3, 2)


def made(day: date, expected: float = 1.0, variant: str = "v") -> ForecastMade:
    return ForecastMade(
        variant_id=variant, warehouse_id="w", made_on=day, days=7, expected=expected, deviation=1.0
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ago", "due"), [(None, True), (0, True), (1, False), (6, False), (7, True), (-3, True)]
)
def test_they_are_due_once_a_week_and_while_todays_are_not_whole(ago: int | None, due: bool) -> None:
    if ago is not None:
        forecasts.keep([made(TODAY - timedelta(days=ago))])
    assert forecasts.due(TODAY) is due


@pytest.mark.django_db
def test_a_run_that_went_on_after_a_kill_keeps_what_was_said_first() -> None:
    forecasts.keep([made(TODAY, 1.0)])
    forecasts.keep([made(TODAY, 2.0), made(TODAY, 3.0, "w")])
    assert set(ForecastMade.objects.values_list("variant_id", "expected")) == {("v", 1.0), ("w", 3.0)}


@pytest.mark.django_db
def test_old_ones_are_forgotten() -> None:
    forecasts.keep([made(TODAY), made(TODAY - timedelta(days=1))])
    forecasts.forget_before(TODAY)
    assert ForecastMade.objects.get().made_on == TODAY
