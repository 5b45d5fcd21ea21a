"""Amounts of one currency in another: only by rates the merchant has set."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from saleor_plugins.restock.models import ExchangeRate
from saleor_plugins.restock.store import catalogue, rates

from .rooms import Room

TODAY = date(2026, 3, 2)


def rate(currency: str, into: str, value: str, since: date = TODAY) -> ExchangeRate:
    return ExchangeRate.objects.create(currency=currency, into=into, rate=Decimal(value), since=since)


@pytest.mark.django_db
class TestConvert:
    """`convert`"""

    def test_both_ways(self) -> None:
        """A rate says the way back as well; the same currency needs none."""
        rate("USD", "EUR", "0.8")
        assert rates.convert(1000, "USD", "EUR", TODAY) == 800
        assert rates.convert(800, "EUR", "USD", TODAY) == 1000
        assert rates.convert(5, "PLN", "PLN", TODAY) == 5

    def test_none(self) -> None:
        """Without a rate there is no answer: not by a third currency, not before its day."""
        rate("USD", "EUR", "0.8")
        rate("EUR", "PLN", "4.3")
        assert rates.convert(100, "USD", "PLN", TODAY) is None
        assert rates.convert(100, "USD", "EUR", TODAY - timedelta(days=1)) is None

    def test_newest(self) -> None:
        """The last rate on the day counts, in whichever way it was set."""
        rate("USD", "EUR", "0.8", TODAY - timedelta(days=9))
        rate("EUR", "USD", "2", TODAY)
        rate("USD", "EUR", "0.1", TODAY + timedelta(days=1))
        assert rates.convert(100, "USD", "EUR", TODAY) == 50
        assert rates.convert(100, "USD", "EUR", TODAY - timedelta(days=1)) == 80
        rate("USD", "EUR", "0.7", TODAY)
        assert rates.convert(100, "USD", "EUR", TODAY) == 70
        assert rates.convert(100, "EUR", "USD", TODAY) == 200

    def test_decimals(self) -> None:
        """Currencies of other decimals; halves go to the even number."""
        rate("USD", "JPY", "150")
        rate("USD", "KWD", "0.3")
        assert rates.convert(1234, "USD", "JPY", TODAY) == 1851
        assert rates.convert(1000, "USD", "KWD", TODAY) == 3000
        assert rates.convert(1, "USD", "JPY", TODAY) == 2
        assert rates.convert(1851, "JPY", "USD", TODAY) == 1234

    def test_one_query(self) -> None:
        """However many rates there are."""
        for back in range(30):
            rate("USD", "EUR", "0.8", TODAY - timedelta(days=back))
        with CaptureQueriesContext(connection) as asked:
            found = rates.on(TODAY)
        assert len(asked) == 1
        assert found.convert(100, "USD", "EUR") == 80

    def test_senseless(self) -> None:
        """The database refuses rates of nothing, and of a currency in itself."""
        for currency, value in (("USD", "0"), ("EUR", "1")):
            with pytest.raises(IntegrityError), transaction.atomic():
                rate(currency, "EUR", value)


class TestOffers:
    """`catalogue.offers`"""

    def test_terms(self, room: Room) -> None:
        """Breaks, minimum, both SKUs; lead days of the line, the supplier, the default."""
        variant = room.data.make_variant()
        item = room.sells(variant, moq=6, pack=3)
        (terms,) = catalogue.offers([variant.id], 9)[variant.id]
        assert (terms.lead_days, terms.breaks, [each.price for each in terms.prices]) == (9, (), [400])
        room.supplier.lead_days, room.supplier.minimum, room.supplier.minimum_currency = 5, 10_000, "USD"
        room.supplier.save()
        item.breaks, item.supplier_sku = [[10, 350], [100, 300]], "A-1"
        item.save()
        (terms,) = catalogue.offers([variant.id], 9)[variant.id]
        assert (terms.lead_days, terms.supplier_sku) == (5, "A-1")
        assert (terms.supplier_minimum, terms.minimum_currency) == (10_000, "USD")
        assert [(each.quantity, each.price) for each in terms.prices] == [(1, 400), (10, 350), (100, 300)]
        item.lead_days = 0
        item.save()
        assert catalogue.offers([variant.id], 9)[variant.id][0].lead_days == 0

    def test_inactive(self, room: Room) -> None:
        """Neither inactive lines nor those of inactive suppliers."""
        variant = room.data.make_variant()
        item = room.sells(variant)
        item.active = False
        item.save()
        assert catalogue.offers([variant.id], 7) == {}
        item.active, room.supplier.active = True, False
        item.save()
        room.supplier.save()
        assert catalogue.offers([variant.id], 7) == {}
