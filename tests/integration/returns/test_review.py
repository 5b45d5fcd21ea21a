"""Orders whose totals do not explain each other: a person says what was paid."""

from __future__ import annotations

import pytest
from django.db import transaction

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.errors import Conflict, Invalid, PermissionDenied, Required
from saleor_plugins.returns.domain.credit import Charge
from saleor_plugins.returns.models import LedgerEntry, OrderLedger, ReturnableLine
from saleor_plugins.returns.usecases.estimate_refund import estimate_refund
from saleor_plugins.returns.usecases.refund_return import refund_return
from saleor_plugins.returns.usecases.review_order import review_order
from tests.integration.returns.rooms import MANAGER, STAFF


@pytest.fixture
def room(committed_room):
    return committed_room


@pytest.fixture
def order(room):
    """Two units of 10.00; the stored total says 25.00, which nothing explains."""
    from saleor.order.models import Order

    from saleor_plugins.kernel.ids import from_global

    order = room.make_shipped(2, price=1000)
    key = from_global(order.id, "Order")
    Order.objects.filter(pk=key).update(total_net_amount=25, total_gross_amount=25)
    return room.data.shop.order(order.id)


def test_nothing_is_computed_until_somebody_looked(room, order):
    with pytest.raises(Conflict) as caught:
        estimate_refund(STAFF, order.id, [(order.lines[0].id, 1)])
    assert caught.value.code == "NEEDS_REVIEW"
    rma = room.accepted(order, 1)
    with pytest.raises(Conflict) as caught:
        refund_return(STAFF, rma.pk)
    assert caught.value.code == "NEEDS_REVIEW"
    line = order.lines[0].id
    with pytest.raises(PermissionDenied):
        review_order(STAFF, order.id, [(line, Charge(2000))], reason="Counted.")
    with pytest.raises(Required):
        review_order(MANAGER, order.id, [(line, Charge(2000))])
    with pytest.raises(Invalid) as refused:
        review_order(MANAGER, order.id, [(line, Charge(1800, 100))], Charge(101), "Counted.")
    assert refused.value.code == "ABOVE_CAPTURED"
    with pytest.raises(Invalid):
        review_order(MANAGER, order.id, [(line, Charge(2000, -1))], reason="Counted.")
    review_order(MANAGER, order.id, [(line, Charge(1700, 100))], Charge(200), "Counted.")
    assert LedgerEntry.objects.get(verb="review").data["reason"] == "Counted."
    with pytest.raises(Conflict) as caught:
        review_order(MANAGER, order.id, [(line, Charge(2000))], reason="Again.")
    assert caught.value.code == "NOT_IN_REVIEW"
    refund_return(STAFF, rma.pk)
    drain()
    assert room.payment(order).refunded == 900


def test_the_database_keeps_what_was_paid_once_it_was_credited(room):
    order = room.make_shipped(2, price=1000, shipping=300)
    room.refunded(order, 1)
    with pytest.raises(Exception, match="refused"), transaction.atomic():
        ReturnableLine.objects.update(paid_net=5)
    with pytest.raises(Exception, match="refused"), transaction.atomic():
        OrderLedger.objects.update(shipping_net=5)
