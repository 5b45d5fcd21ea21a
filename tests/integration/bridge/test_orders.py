"""Orders and shipments in Shopify: totals equal, never twice."""

from __future__ import annotations

from typing import Any

import pytest

ORDERS = """{ orders(first: 3) { nodes { id name email note displayFinancialStatus displayFulfillmentStatus
  taxesIncluded tags
  totalPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
  totalDiscountsSet { shopMoney { amount } }
  shippingAddress { city countryCodeV2 provinceCode }
  metafield(namespace: "saleor", key: "saleor_id") { value }
  lineItems(first: 3) { nodes { sku quantity unfulfilledQuantity variant { id }
    originalUnitPriceSet { shopMoney { amount } } } }
  fulfillments(first: 5) { id trackingInfo(first: 3) { number } } } } }"""


def verbs(actions: list[Any]) -> list[str]:
    return [action.verb for action in actions]


@pytest.fixture
def variant(saleor, store, applied) -> Any:
    product = saleor.product(1, "Shirt", [{"sku": "S-M", "price": "19.99", "size": "M", "stock": [5, 3]}])
    applied()
    return product["variants"][0]


def test_an_order_arrives_with_lines_taxes_shipping_discount_and_payment(
    saleor, variant, store, planned, applied, admin
) -> None:
    order = saleor.order(
        7, [(variant, 2, "19.99", "21.99"), (variant, 1, "5.00", "5.50")], shipping=("4.00", "4.40")
    )
    if saleor.version == "v2":
        order["discount"] = "3.00"
    assert verbs(planned()) == ["order"]
    applied()
    (node,) = admin(ORDERS)["orders"]["nodes"]
    expected = "50.88" if saleor.version == "v2" else "53.88"
    assert node["totalPriceSet"]["shopMoney"]["amount"] == expected
    assert node["totalTaxSet"]["shopMoney"]["amount"] == "4.90"
    assert node["totalDiscountsSet"]["shopMoney"]["amount"] == ("3.00" if saleor.version == "v2" else "0.00")
    assert (node["name"], node["displayFinancialStatus"], node["taxesIncluded"]) == ("S-7", "PAID", False)
    assert (node["email"], node["shippingAddress"]) == (
        "buyer@example.com",
        {"city": "Boston", "countryCodeV2": "US", "provinceCode": "MA"},
    )
    assert all(line["variant"] for line in node["lineItems"]["nodes"])
    assert planned() == []
    assert applied() is None


def test_prices_with_taxes_are_sent_with_taxes(saleor, variant, store, planned, applied, admin) -> None:
    saleor.with_tax = True
    saleor.order(8, [(variant, 3, "8.13", "10.00")], shipping=("0.00", "0.00"))
    applied()
    (node,) = admin(ORDERS)["orders"]["nodes"]
    assert (node["taxesIncluded"], node["totalPriceSet"]["shopMoney"]["amount"]) == (True, "30.00")
    assert node["totalTaxSet"]["shopMoney"]["amount"] == "5.61"


def test_an_order_whose_total_would_differ_is_parked_with_the_difference(
    saleor, variant, store, planned, applied, admin
) -> None:
    from shopify_bridge.models import Change

    saleor.order(9, [(variant, 1, "10.00", "10.00")], off_by="0.01")
    (action,) = planned()
    assert (action.verb, action.reason) == (
        "refuse",
        "Shopify's total would be 1500, Saleor's is 1501 minor units of USD: -1",
    )
    applied()
    assert admin(ORDERS)["orders"]["nodes"] == []
    assert Change.objects.get(state="PARKED").reason == action.reason


def test_a_lost_answer_does_not_make_a_second_order(
    saleor, sandbox, variant, store, planned, applied, admin, settings
) -> None:
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.usecases.apply import record

    settings.BRIDGE_GRACE_SECONDS = 0
    saleor.order(10, [(variant, 1, "10.00", "10.00")])
    actions = planned()
    fates = iter(["", "lost"])
    sandbox.faults.draw = lambda: next(fates, "")
    record(store, actions)
    drain(strict=False)
    assert len(admin(ORDERS)["orders"]["nodes"]) == 1
    assert store.mappings.get(kind="order").gid is None
    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    drain()
    assert len(admin(ORDERS)["orders"]["nodes"]) == 1
    assert store.mappings.get(kind="order").gid == admin(ORDERS)["orders"]["nodes"][0]["id"]
    assert planned() == []


def test_an_order_without_an_answer_is_left_alone_for_a_while(
    saleor, sandbox, variant, store, planned, admin, settings
) -> None:
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.usecases.apply import record

    settings.BRIDGE_GRACE_SECONDS = 3600
    saleor.order(11, [(variant, 1, "10.00", "10.00")])
    actions = planned()
    real, state = sandbox.store.execute, {"lose": True}

    def execute(body: Any) -> Any:
        if "orderCreate" in body["query"] and state["lose"]:
            return {"errors": [{"message": "?", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}
        return real(body)

    sandbox.store.execute = execute
    record(store, actions)
    drain(strict=False)
    state["lose"] = False
    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    drain(strict=False)
    assert admin(ORDERS)["orders"]["nodes"] == []
    settings.BRIDGE_GRACE_SECONDS = 0
    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    drain()
    assert len(admin(ORDERS)["orders"]["nodes"]) == 1


def test_orders_of_a_store_that_was_mirrored_before_are_linked(
    saleor, variant, store, planned, applied, admin
) -> None:
    saleor.order(12, [(variant, 1, "10.00", "10.00")])
    applied()
    store.mappings.filter(kind="order").delete()
    (action,) = planned()
    assert action.reason == "is in Shopify already, to be linked"
    applied()
    assert len(admin(ORDERS)["orders"]["nodes"]) == 1


def test_shipments_follow_with_tracking_in_parts(saleor, variant, store, planned, applied, admin) -> None:
    order = saleor.order(13, [(variant, 3, "10.00", "10.00")])
    saleor.ship(order, {0: 1}, "TRACK-1")
    assert verbs(planned()) == ["order", "ship"]
    applied()
    (node,) = admin(ORDERS)["orders"]["nodes"]
    assert node["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert node["lineItems"]["nodes"][0]["unfulfilledQuantity"] == 2
    assert node["fulfillments"][0]["trackingInfo"] == [{"number": "TRACK-1"}]
    second = saleor.ship(order, {0: 2})
    assert verbs(planned()) == ["ship"]
    applied()
    second["tracking"] = "TRACK-2"
    assert verbs(planned()) == ["track"]
    applied()
    (node,) = admin(ORDERS)["orders"]["nodes"]
    assert node["displayFulfillmentStatus"] == "FULFILLED"
    assert [f["trackingInfo"] for f in node["fulfillments"]] == [
        [{"number": "TRACK-1"}],
        [{"number": "TRACK-2"}],
    ]
    assert planned() == []


def test_a_lost_answer_does_not_ship_twice(
    saleor, sandbox, variant, store, planned, applied, admin, settings
) -> None:
    from saleor_plugins.delivery.models import Delivery
    from saleor_plugins.delivery.relay import drain
    from saleor_plugins.kernel import clock
    from shopify_bridge.usecases.apply import record

    settings.BRIDGE_GRACE_SECONDS = 0
    order = saleor.order(14, [(variant, 4, "10.00", "10.00")])
    applied()
    saleor.ship(order, {0: 2}, "T")
    actions = planned()
    fates = iter(["", "error-after"])
    sandbox.faults.draw = lambda: next(fates, "")
    record(store, actions)
    drain(strict=False)
    Delivery.objects.filter(state="PENDING").update(due_at=clock.now())
    drain()
    (node,) = admin(ORDERS)["orders"]["nodes"]
    assert len(node["fulfillments"]) == 1 and node["lineItems"]["nodes"][0]["unfulfilledQuantity"] == 2
    assert planned() == []


def test_no_personal_data_is_stored(saleor, variant, store, applied) -> None:
    import json

    from saleor_plugins.delivery.models import Event
    from shopify_bridge.models import Change, Mapping

    saleor.order(15, [(variant, 1, "10.00", "10.00")], email="canary@example.com")
    applied()
    stored = json.dumps([list(m.objects.values()) for m in (Change, Mapping, Event)], default=str)
    assert "S-M" not in stored or "canary" not in stored
    for canary in ("canary@example.com", "Buyer", "1 Main St", "02101"):
        assert canary not in stored
