"""The GraphQL API: whole flows."""

from __future__ import annotations

from saleor_plugins.fulfillment.models import Rate, RateCard
from saleor_plugins.fulfillment.usecases.route_order import route_order
from tests.integration.fulfillment.queries import (
    ACTIVATE,
    CANCEL,
    DECISION,
    DECISIONS,
    DELETE,
    DELIVER,
    PREVIEW,
    PROFILE,
    PROFILES,
    RATE_SET,
    RATES,
    REPLACE,
    ROUTE,
    SHIP,
    SHIPMENTS,
    TRACK,
    done,
    refused,
)


def test_from_preview_to_delivery(router, staff, order) -> None:
    plan = router.ask(PREVIEW, staff, id=order.id)["data"]["routingPreview"]
    assert (plan["outcome"], plan["cost"]) == ("ROUTED", {"amount": "6.00", "currency": "USD"})
    assert router.ask(DECISION, staff, id=order.id)["data"]["routingDecision"] is None
    routed = done(router.ask(ROUTE, staff, id=order.id), "routeOrder")
    assert routed["changed"] and routed["decision"]["plan"] == plan
    assert (routed["decision"]["version"], routed["decision"]["trigger"]) == (1, "MANUAL")
    again = done(router.ask(ROUTE, staff, id=order.id), "routeOrder")
    assert not again["changed"] and again["decision"] == routed["decision"]
    assert router.ask(DECISION, staff, id=order.id)["data"]["routingDecision"]["plan"] == plan
    shipped = done(router.ask(SHIP, staff, id=order.id, tracking="T1", key="ship-1"), "shipmentCreate")
    repeated = done(router.ask(SHIP, staff, id=order.id, tracking="T1", key="ship-1"), "shipmentCreate")
    assert shipped == repeated
    (parcel,) = shipped["shipments"]
    assert parcel["items"] == [{"lineId": order.lines[0].id, "quantity": 2}]
    assert router.shop.fulfillments(order.id)[0].id == parcel["fulfillmentId"]
    tracked = done(router.ask(TRACK, staff, id=parcel["id"], number="T2"), "shipmentTrackingSet")
    assert tracked["shipment"]["trackingNumber"] == "T2"
    assert router.shop.fulfillments(order.id)[0].tracking_number == "T2"
    assert (
        done(router.ask(DELIVER, staff, id=parcel["id"]), "shipmentDeliver")["shipment"]["state"]
        == "DELIVERED"
    )
    (listed,) = router.ask(SHIPMENTS, staff, id=order.id)["data"]["shipments"]
    assert (listed["id"], listed["state"]) == (parcel["id"], "DELIVERED")


def test_cancel_over_the_api(router, staff, order) -> None:
    route_order(order.id)
    (parcel,) = done(router.ask(SHIP, staff, id=order.id), "shipmentCreate")["shipments"]
    assert (
        done(router.ask(CANCEL, staff, id=parcel["id"]), "shipmentCancel")["shipment"]["state"] == "CANCELED"
    )
    assert refused(router.ask(CANCEL, staff, id=parcel["id"]), "shipmentCancel") == [("state", "CONFLICT")]
    assert sum(router.held(order.id).values()) == 2


def test_rates_change_the_decision(router, staff) -> None:
    a, b = router.w.make_warehouse("A"), router.w.make_warehouse("B")
    order = router.w.make_order([(router.w.make_variant(stock={a: 5, b: 5}, weight_grams=2000), 1)])
    answer = router.ask(RATE_SET, staff, currency="USD", rate={"base": "9.90", "perKg": 0.5})
    rate = done(answer, "rateSet")["rate"]
    assert (rate["base"], rate["perKg"]) == ({"amount": "9.90", "currency": "USD"}, {"amount": "0.50"})
    done(router.ask(RATE_SET, staff, rate={"base": 4, "warehouseId": b.id}), "rateSet")
    (card,) = router.ask(RATES, staff)["data"]["rates"]
    assert (card["name"], card["active"], len(card["rates"])) == ("Standard", True, 2)
    plan = done(router.ask(ROUTE, staff, id=order.id), "routeOrder")["decision"]["plan"]
    assert plan["parcels"][0]["warehouseId"] == b.id
    assert (plan["cost"]["amount"], plan["runnerUp"]["difference"]["amount"]) == ("4.00", "6.90")
    assert plan["rateTable"] == "Standard"
    done(router.ask(RATE_SET, staff, rate={"base": "40", "warehouseId": b.id}), "rateSet")
    assert Rate.objects.count() == 2
    plan = done(router.ask(ROUTE, staff, id=order.id), "routeOrder")["decision"]["plan"]
    assert plan["parcels"][0]["warehouseId"] == a.id
    done(router.ask(DELETE, staff, id=rate["id"]), "rateDelete")
    assert refused(router.ask(DELETE, staff, id=rate["id"]), "rateDelete") == [("id", "NOT_FOUND")]
    plan = router.ask(PREVIEW, staff, id=order.id)["data"]["routingPreview"]
    assert [(row["warehouseId"], row["code"]) for row in plan["rejected"]] == [(a.id, "NO_RATE")]


def test_cards_are_replaced_and_activated_whole(router, staff) -> None:
    rows = [{"base": "5", "destination": "US"}, {"base": "15"}]
    card = done(router.ask(REPLACE, staff, card="DHL", currency="EUR", rates=rows), "ratesReplace")["card"]
    assert card["active"] and len(card["rates"]) == 2
    done(router.ask(REPLACE, staff, card="UPS", currency="USD", rates=rows[:1]), "ratesReplace")
    assert {row["name"]: row["active"] for row in router.ask(RATES, staff)["data"]["rates"]} == {
        "DHL": False,
        "UPS": True,
    }
    assert done(router.ask(ACTIVATE, staff, card="DHL"), "rateCardActivate")["card"]["active"]
    assert RateCard.objects.get(is_active=True).name == "DHL"
    bad = [*rows, {"base": "x"}, {"base": "5", "destination": "US"}, {"base": "1", "origin": "de"}]
    answer = router.ask(REPLACE, staff, card="DHL", currency="EUR", rates=bad)
    assert refused(answer, "ratesReplace") == [
        ("rates.2.base", "INVALID"),
        ("rates.3", "UNIQUE"),
        ("rates.4.origin", "INVALID"),
    ]
    assert Rate.objects.filter(card__name="DHL").count() == 2


def test_profiles(router, staff) -> None:
    here = router.w.make_warehouse()
    profile = done(
        router.ask(PROFILE, staff, id=here.id, priority=3, parcel="1.50", currency="USD"),
        "warehouseProfileSet",
    )["profile"]
    assert profile == {
        "warehouseId": here.id,
        "priority": 3,
        "shipsOrders": True,
        "handlingPerParcel": {"amount": "1.50", "currency": "USD"},
    }
    done(router.ask(PROFILE, staff, id=here.id, ships=False), "warehouseProfileSet")
    (listed,) = router.ask(PROFILES, staff)["data"]["warehouseProfiles"]
    assert listed == {**profile, "shipsOrders": False}
    answer = router.ask(REPLACE, staff, card="EU", currency="EUR", rates=[{"base": "5"}])
    assert refused(answer, "ratesReplace") == [("currency", "CONFLICT")]
    assert not RateCard.objects.exists()


def test_the_ledger_is_paged(router, staff) -> None:
    here = router.w.make_warehouse()
    shirt = router.w.make_variant(stock={here: 50})
    ids = [router.w.make_order([(shirt, 1)]).id for _ in range(5)]
    for order_id in ids:
        route_order(order_id)
    seen, after = [], None
    for _ in range(3):
        found = router.ask(DECISIONS, staff, first=2, after=after)["data"]["routingDecisions"]
        seen += [edge["node"]["orderId"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
    assert seen == ids[::-1]
    assert not found["pageInfo"]["hasNextPage"]
    one = router.ask(DECISIONS, staff, id=ids[0])["data"]["routingDecisions"]
    assert [edge["node"]["orderId"] for edge in one["edges"]] == [ids[0]]
    for values, field in (({"first": 0}, "first"), ({"first": 101}, "first"), ({"after": "x"}, "after")):
        (error,) = router.ask(DECISIONS, staff, **values)["errors"]
        assert error["extensions"]["exception"]["field"] == field
