"""Rate cards, profiles and policies while their twins change them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from saleor_plugins.fulfillment import store
from saleor_plugins.fulfillment.models import Rate, RateCard, WarehouseProfile
from saleor_plugins.fulfillment.usecases.import_rates import import_rates
from saleor_plugins.fulfillment.usecases.set_policy import set_policy
from saleor_plugins.fulfillment.usecases.set_profile import set_profile
from saleor_plugins.fulfillment.usecases.set_rates import activate_card, replace_rates, set_card, set_rate
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict
from saleor_plugins.platform import shop
from tests.integration.fulfillment.test_race import router, together  # noqa: F401


def test_two_imports_at_once_leave_one_of_the_two(router) -> None:  # noqa: F811
    def csv(base: int) -> str:
        return "base,service\n" + "".join(f"{base},S{n}\n" for n in range(300))

    results = together(*[lambda base=base: import_rates("DHL", "EUR", csv(base)) for base in range(1, 7)])
    assert not [found for found in results if isinstance(found, Exception)]
    assert sum(found.new for found in results) == 1
    rates = Rate.objects.filter(card__name="DHL")
    assert rates.count() == 300 and len(set(rates.values_list("base", flat=True))) == 1


def test_cards_activated_at_once_never_count_together(router) -> None:  # noqa: F811
    names = [f"Card {number}" for number in range(6)]
    results = together(*[lambda name=name: replace_rates(name, "EUR", [], activate=True) for name in names])
    assert not [found for found in results if isinstance(found, Exception)]
    assert RateCard.objects.filter(is_active=True).count() == 1
    results = together(*[lambda name=name: activate_card(name) for name in names])
    assert not [found for found in results if isinstance(found, Exception)]
    assert RateCard.objects.filter(is_active=True).count() == 1


def test_amounts_of_two_currencies_never_meet(router) -> None:  # noqa: F811
    here = router.w.make_warehouse()
    for _ in range(5):
        together(
            lambda: replace_rates("EU", "EUR", [{"base": "1"}], activate=True),
            lambda: set_profile(here.id, {"handlingPerParcel": "1", "currency": "USD"}),
            lambda: set_policy("", {"perDay": "1", "currency": "JPY"}),
        )
        card = RateCard.objects.filter(is_active=True).first()
        handling = {row.currency for row in WarehouseProfile.objects.all()} - {""}
        policies = {row.currency for row in store.policies()} - {""}
        if card:
            assert handling | policies <= {card.currency}
        WarehouseProfile.objects.all().delete()
        for row in store.policies():
            row.delete()
        RateCard.objects.all().delete()


@pytest.mark.django_db
def test_the_database_refuses_two_cards_of_a_day() -> None:
    set_card("A", "EUR", {"validUntil": "2026-06-30"})
    set_card("B", "EUR", {"validFrom": "2026-06-30"})
    with pytest.raises(IntegrityError), transaction.atomic():
        RateCard.objects.update(is_active=True)
    RateCard.objects.filter(name="B").update(valid_from="2026-07-01")
    RateCard.objects.update(is_active=True)


def active_rates(day: date) -> Any:
    """The rates that count on `day`."""
    card = store.revisions(day).card
    return card and store.rate_table(*card)


def most_parcels() -> int | None:
    """What the policy of a channel without its own says."""
    return store.rules_in(store.policies_revision(), "x").policy.most_parcels


@pytest.mark.django_db
def test_what_is_kept_in_memory_is_never_stale() -> None:
    def price() -> int | None:
        today = clock.day_of(clock.now(), shop().time_zone())
        found = active_rates(today)
        return found.rates[0].base if found and found.rates else None

    assert price() is None
    rate = set_rate("DHL", "EUR", {"base": "5"})
    assert price() == 500
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        set_rate("DHL", "EUR", {"base": "6"})
        assert price() == 600
        _ = 1 / 0
    assert price() == 500
    set_rate("DHL", "EUR", {"base": "7"})
    assert price() == 700
    Rate.objects.filter(pk=rate.pk).update(base=800)  # by whatever means
    assert price() == 800
    Rate.objects.all().delete()
    assert price() is None
    RateCard.objects.all().delete()
    assert price() is None


@pytest.mark.django_db
def test_policies_kept_in_memory_are_never_stale() -> None:
    set_policy("", {"mostParcels": 2})
    assert most_parcels() == 2
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        set_policy("", {"mostParcels": 3})
        assert most_parcels() == 3
        _ = 1 / 0
    assert most_parcels() == 2
    set_policy("", {"mostParcels": 4})
    assert most_parcels() == 4
    store.delete_policy("")
    assert most_parcels() is None


@pytest.mark.django_db
def test_a_card_counts_on_its_days_only() -> None:
    set_rate("Old", "EUR", {"base": "5"})
    set_card("Old", None, {"validUntil": "2026-12-31"})
    set_rate("New", "EUR", {"base": "6"})
    set_card("New", None, {"validFrom": "2027-01-01"})
    activate_card("New")
    named = {day: active_rates(date.fromisoformat(day)) for day in ("2020-01-01", "2026-12-31", "2027-01-01")}
    assert {day: found and found.name for day, found in named.items()} == {
        "2020-01-01": "Old",
        "2026-12-31": "Old",
        "2027-01-01": "New",
    }
    set_card("Old", None, {"validFrom": "2026-01-01"})
    assert active_rates(date(2025, 12, 31)) is None
    with pytest.raises(Conflict):
        set_card("Old", None, {"validUntil": None})
