"""Keys by which returns of one customer, household or card are found, and what they add up to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from saleor_plugins.returns import keys
from saleor_plugins.returns.models import OrderLedger, Return
from saleor_plugins.returns.store.history import Returned, customer_history
from saleor_plugins.returns.usecases.cancel_return import cancel_return

from .rooms import STAFF, Room

pytestmark = pytest.mark.django_db


def test_the_desk_keeps_keys_and_nobody_reads_from_them(room: Room) -> None:
    first = room.make_shipped(2, email="Jane@example.com", postal_code="10115", city="Berlin")
    second = room.make_shipped(1, email=" jane@EXAMPLE.com", postal_code="101 15", city="BERLIN")
    other = room.make_shipped(1, email="joe@example.com", postal_code="10117", city="Berlin")
    for order, card in ((first, "4242"), (second, "4242"), (other, "1111")):
        room.data.pay_with_card(order, card)
        room.request(order, 1)
    one, two, three = (OrderLedger.objects.get(pk=order.id) for order in (first, second, other))
    for name in ("customer_key", "payment_key"):
        found = [getattr(row, name) for row in (one, two, three)]
        assert found[0] == found[1] != found[2]
        assert all(len(key) == 64 for key in found)
    assert one.customer_key == keys.customer_key("JANE@example.com")
    assert "jane" not in "".join(map(str, vars(one).values())).lower()


def test_an_account_without_an_address_is_known_by_itself() -> None:
    assert keys.customer_key("", "VXNlcjox") == keys.customer_key(" ", "VXNlcjox") != ""
    assert keys.customer_key("") == ""


def test_what_a_customer_has_returned(room: Room) -> None:
    """Of all their orders, once; not what came to nothing, was long ago, or is somebody else's."""
    first = room.make_shipped(3, 2, email="jane@example.com", price=1000)
    second = room.make_shipped(5, email="JANE@example.com", price=300)
    stranger = room.make_shipped(4, email="joe@example.com")
    assert customer_history(first, 30) == Returned()
    room.request(first, 2, 1)
    room.request(stranger, 4)
    cancel_return(STAFF, room.request(second, 1).pk)
    room.request(second, 2)
    old = room.request(second, 1)
    Return.objects.filter(pk=old.pk).update(created=old.created - timedelta(days=31))
    assert customer_history(first, 30) == Returned(returns=2, units=5, value=3600, customers=1)
    assert customer_history(second, 32) == Returned(returns=3, units=6, value=3900, customers=1)
    with CaptureQueriesContext(connection) as queries:
        customer_history(second, 30)
    assert len(queries) == 1


def test_a_known_order_is_not_asked_for_its_payments_again(room: Room, monkeypatch: Any) -> None:
    order = room.make_shipped(3)
    room.request(order, 1)
    asked: list[str] = []
    kind = type(room.data.shop)
    usual = kind.payments
    monkeypatch.setattr(kind, "payments", lambda self, *a, **k: asked.append("x") or usual(self, *a, **k))
    room.request(order, 1)
    assert asked == []
