"""Freight and duty: booked once, at the day's rate, borne to the minor unit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from saleor_plugins.kernel.errors import Conflict, Invalid, KeyReused, NotFound, OpsError, Required
from saleor_plugins.kernel.ids import new_id
from saleor_plugins.restock.domain.landed import share
from saleor_plugins.restock.domain.order import Arrival
from saleor_plugins.restock.models import ExchangeRate, LandedCost
from saleor_plugins.restock.store.costs import average_costs, line_weights
from saleor_plugins.restock.usecases.book_cost import book_cost
from saleor_plugins.restock.usecases.cancel_order import cancel_order
from saleor_plugins.restock.usecases.receive_order import receive_order

from .rooms import Room


def test_a_bill_is_borne_to_the_last_cent(room: Room) -> None:
    order, (one, two, three) = room.make_approved(1, 1, 1)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 1) for line in (one, two, three)])
    book_cost(order.pk, "bill", "FREIGHT", "1.00", by="VXNlcjox")
    weights = line_weights([order.pk])[order.pk]
    assert sorted(share(100, "VALUE", weights).values()) == [33, 33, 34]
    costs = average_costs([line.variant_id for line in (one, two, three)])
    assert sorted(minor for minor, _ in costs.values()) == [433, 433, 434]
    assert LandedCost.objects.get().booked_by == "VXNlcjox"


def test_a_bill_in_another_currency_counts_at_the_rate_of_the_day_for_good(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    receive_order(order.pk, "note", [Arrival(str(line.pk), 10)])
    with pytest.raises(Invalid, match="EUR to USD") as caught:
        book_cost(order.pk, "bill", "DUTY", "10.00", currency="EUR")
    assert caught.value.field == "currency"
    ExchangeRate.objects.create(currency="EUR", into="USD", rate="1.2", since="2020-01-01")
    assert book_cost(order.pk, "bill", "DUTY", "10.00", currency="EUR").converted == 1200
    assert average_costs([line.variant_id]) == {line.variant_id: (520, "USD")}
    ExchangeRate.objects.update(rate="9")
    assert average_costs([line.variant_id]) == {line.variant_id: (520, "USD")}
    ExchangeRate.objects.create(currency="USD", into="JPY", rate="150", since="2020-01-01")
    assert book_cost(order.pk, "yen", "OTHER", "150", currency="JPY", share_by="UNITS").converted == 100


def test_a_bill_is_booked_once_and_corrected_below_zero(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    first = book_cost(order.pk, " bill ", "FREIGHT", "12.34")
    assert book_cost(order.pk, "bill", "FREIGHT", "12.34").pk == first.pk
    with pytest.raises(KeyReused) as caught:
        book_cost(order.pk, "bill", "FREIGHT", "12.35")
    assert caught.value.field == "reference"
    with pytest.raises(Invalid, match="more than was booked"):
        book_cost(order.pk, "less", "FREIGHT", "-12.35")
    book_cost(order.pk, "less", "FREIGHT", "-12.34")
    receive_order(order.pk, "note", [Arrival(str(line.pk), 10)])
    assert average_costs([line.variant_id]) == {line.variant_id: (400, "USD")}


def test_a_bill_for_an_order_that_never_came_is_borne_by_nobody(room: Room) -> None:
    order, (line,) = room.make_approved(10)
    cancel_order(order.pk)
    book_cost(order.pk, "bill", "FREIGHT", "12.34")
    assert average_costs([line.variant_id]) == {}


def test_bills_that_cannot_be_booked(room: Room) -> None:
    order, _ = room.make_approved(10)
    draft = room.make_draft(3)
    cases: list[tuple[tuple[Any, ...], dict[str, Any], type[OpsError], str]] = [
        ((order.pk, " ", "FREIGHT", "1"), {}, Required, "reference"),
        ((order.pk, "x" * 101, "FREIGHT", "1"), {}, Invalid, "reference"),
        ((order.pk, "b", "GIFT", "1"), {}, Invalid, "kind"),
        ((order.pk, "b", "FREIGHT", "0.00"), {}, Invalid, "amount"),
        ((order.pk, "b", "FREIGHT", "1.234"), {}, Invalid, "amount"),
        ((order.pk, "b", "FREIGHT", "NaN"), {}, Invalid, "amount"),
        ((order.pk, "b", "FREIGHT", "1e9"), {}, Invalid, "amount"),
        ((order.pk, "b", "FREIGHT", "1"), {"currency": "usd"}, Invalid, "currency"),
        ((order.pk, "b", "FREIGHT", "1"), {"share_by": "WEIGHT"}, Invalid, "by"),
        ((draft.pk, "b", "FREIGHT", "1"), {}, Conflict, "state"),
        ((new_id(), "b", "FREIGHT", "1"), {}, NotFound, "id"),
    ]
    for arguments, options, kind, field in cases:
        with pytest.raises(kind) as caught:
            book_cost(*arguments, **options)
        assert caught.value.field == field, arguments
    assert not LandedCost.objects.exists()


@pytest.mark.parametrize(
    "change", ["UPDATE ops_restock_landedcost SET amount = 1", "DELETE FROM ops_restock_landedcost"]
)
def test_what_was_booked_stays(room: Room, change: str) -> None:
    order, _ = room.make_approved(10)
    book_cost(order.pk, "bill", "FREIGHT", "12.34")
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
