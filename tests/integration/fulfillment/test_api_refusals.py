"""Bad input is refused by field, and nothing is changed."""

from __future__ import annotations

import pytest

from saleor_plugins.fulfillment.models import RateCard, RoutingDecision, Shipment, WarehouseProfile
from saleor_plugins.kernel.ids import new_id, to_global
from saleor_plugins.platform.port import OrderStatus
from tests.integration.fulfillment.queries import (
    CANCEL,
    PREVIEW,
    PROFILE,
    RATE_SET,
    ROUTE,
    SHIP,
    TRACK,
    refused,
)


@pytest.mark.parametrize(
    ("change", "rate", "field"),
    [
        ({}, {"base": "NaN"}, "base"),
        ({}, {"base": "Infinity"}, "base"),
        ({}, {"base": "-1"}, "base"),
        ({}, {"base": "1.005"}, "base"),
        ({}, {"base": "1e30"}, "base"),
        ({}, {"base": ""}, "base"),
        ({}, {"base": "5", "perKg": "-1"}, "perKg"),
        ({}, {"base": "5", "perUnit": "abc"}, "perUnit"),
        ({}, {"base": "5", "origin": "Germany"}, "origin"),
        ({}, {"base": "5", "destination": "us"}, "destination"),
        ({}, {"base": "5", "warehouseId": "V2FyZWhvdXNlOjE="}, "warehouseId"),
        ({"currency": None}, {"base": "5"}, "currency"),
        ({"currency": "usd"}, {"base": "5"}, "currency"),
        ({"card": " "}, {"base": "5"}, "card"),
        ({"card": "x" * 101}, {"base": "5"}, "card"),
    ],
)
def test_bad_rates_name_the_field(router, staff, change: dict, rate: dict, field: str) -> None:
    answer = router.ask(RATE_SET, staff, **{"card": "Card", "currency": "USD", **change}, rate=rate)
    assert [name for name, _ in refused(answer, "rateSet")] == [field]
    assert not RateCard.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"parcel": "1"}, "currency"),
        ({"parcel": "1", "currency": "euro"}, "currency"),
        ({"parcel": "-1", "currency": "USD"}, "handlingPerParcel"),
        ({"unit": "x", "currency": "USD"}, "handlingPerUnit"),
        ({"priority": 10**7}, "priority"),
        ({"id": "rubbish"}, "warehouseId"),
    ],
)
def test_bad_profiles_name_the_field(router, staff, values: dict, field: str) -> None:
    here = router.w.make_warehouse()
    answer = router.ask(PROFILE, staff, **{"id": here.id, **values})
    assert [name for name, _ in refused(answer, "warehouseProfileSet")] == [field]
    assert not WarehouseProfile.objects.exists()


def test_bad_orders_and_shipments_name_the_field(router, staff, order) -> None:
    for wrong in ("rubbish", "", to_global("Order", 10**6), to_global("Product", 1)):
        assert refused(router.ask(ROUTE, staff, id=wrong), "routeOrder") == [("orderId", "NOT_FOUND")]
        assert refused(router.ask(SHIP, staff, id=wrong), "shipmentCreate") == [("orderId", "NOT_FOUND")]
        preview = router.ask(PREVIEW, staff, id=wrong)
        assert preview["errors"][0]["extensions"]["exception"] == {"code": "NOT_FOUND", "field": "orderId"}
    assert refused(router.ask(SHIP, staff, id=order.id), "shipmentCreate") == [("orderId", "CONFLICT")]
    here = router.shop.warehouses()[0].id
    item = {"lineId": order.lines[0].id, "warehouseId": here, "quantity": 1}
    for items, field in (
        ([], "items"),
        ([{**item, "quantity": 0}], "quantity"),
        ([{**item, "quantity": -1}], "quantity"),
        ([{**item, "quantity": 3}], "quantity"),
        ([{**item, "lineId": "x"}], "lineId"),
        ([{**item, "warehouseId": "x"}], "warehouseId"),
    ):
        answer = router.ask(SHIP, staff, id=order.id, items=items)
        assert [name for name, _ in refused(answer, "shipmentCreate")] == [field]
    unknown = (to_global("Shipment", new_id()), to_global("Shipment", "no-uuid"))
    for wrong, code in (("rubbish", "GRAPHQL_ERROR"), *((each, "NOT_FOUND") for each in unknown)):
        assert refused(router.ask(CANCEL, staff, id=wrong), "shipmentCancel") == [("id", code)]
        assert refused(router.ask(TRACK, staff, id=wrong, number="1"), "shipmentTrackingSet") == [
            ("id", code)
        ]
    router.w.set_status(order, OrderStatus.CANCELED)
    assert refused(router.ask(ROUTE, staff, id=order.id), "routeOrder") == [("orderId", "CONFLICT")]
    assert not Shipment.objects.exists() and not RoutingDecision.objects.exists()
