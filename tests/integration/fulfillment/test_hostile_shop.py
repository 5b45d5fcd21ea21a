"""What a shop may hold that no test of the rules alone would meet: units of weight, addresses, reservations that end."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.apps import apps

from saleor_plugins.delivery import relay
from saleor_plugins.fulfillment.models import RateCard, RoutingDecision
from saleor_plugins.fulfillment.tasks.sweep import find_unrouted
from saleor_plugins.fulfillment.usecases.route_order import route_order
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.ids import from_global


def test_pounds_and_kilograms_are_the_same_grams(router) -> None:
    """Each variant in its own unit; the card counts kilograms."""
    from measurement.measures import Weight

    here = router.w.make_warehouse()
    RateCard.objects.create(name="By weight", currency="USD", is_active=True).rates.create(
        base=0, per_kg=1000
    )
    variants = [router.w.make_variant(stock={here: 5}) for _ in range(3)]
    for variant, weight in zip(variants, (Weight(lb=2), Weight(kg=2), Weight(oz=4)), strict=True):
        rows = apps.get_model("product.ProductVariant").objects
        rows.filter(pk=from_global(variant.id, "ProductVariant")).update(weight=weight)
    order = router.w.make_order([(variant, 1) for variant in variants])
    assert sorted(line.weight_grams for line in router.shop.order(order.id).lines) == [113, 907, 2000]
    assert route_order(order.id).decision.cost == 907 + 2000 + 113


@pytest.mark.parametrize("code", ["", "?", "00000-0000-00", "' OR 1=1 --", "１２３４５", "🏝", "x" * 20])
def test_an_address_whose_postal_code_is_none_is_routed_by_its_country(router, code: str) -> None:
    here = router.w.make_warehouse()
    card = RateCard.objects.create(name="Zones", currency="USD", is_active=True)
    card.zones.create(zone="Near", country="US", postal_prefix="123")
    card.rates.create(zone="Near", base=100)
    card.rates.create(base=900)
    shirt = router.w.make_variant(stock={here: 50}, weight_grams=100)
    near = router.w.make_order([(shirt, 1)], postal_code="12345")
    odd = router.w.make_order([(shirt, 1)], postal_code=code)
    assert route_order(near.id).decision.cost == 100
    decision = route_order(odd.id).decision
    # Full-width digits are digits.
    assert (decision.outcome, decision.cost) == ("ROUTED", 100 if code == "１２３４５" else 900)


def test_a_reservation_that_ends_frees_its_units(router) -> None:
    if not router.w.reservations:
        pytest.skip("Saleor 2.10 has no reservations.")
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 5})
    router.w.reserve(shirt, here, 4)
    order = router.w.make_order([(shirt, 3)], allocate=False)
    find_unrouted()
    relay.drain()
    assert RoutingDecision.objects.get().outcome == "PARTIAL"
    assert router.held(order.id) == {here.id: 1}
    reserved = apps.get_model("warehouse.Reservation").objects.all()
    reserved.update(reserved_until=clock.now() - timedelta(minutes=1))
    with time_machine.travel(clock.now() + timedelta(minutes=11)):
        find_unrouted()
        relay.drain()
    assert RoutingDecision.objects.latest("version").outcome == "ROUTED"
    assert router.held(order.id) == {here.id: 3}
