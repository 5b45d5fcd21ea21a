"""A merchant's day with the router, over HTTP: rates, policy, orders, holds, parcels, the carrier, what if."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from standardwebhooks import Webhook

from devshop.client import fetch
from devshop.places import Failed

ERRORS = "errors { field message code }"
IMPORT = f"""mutation($rates: String!, $dryRun: Boolean) {{ rateCardImport(card: "Parcels", currency: "USD",
  rates: $rates, activate: true, dryRun: $dryRun) {{ rateChanges {{ added same }} card {{ active rateCount }} {ERRORS} }} }}"""
PROFILE = f"""mutation($id: ID!, $handling: Amount, $cutOff: String) {{
  warehouseProfileSet(warehouseId: $id, handlingPerParcel: $handling, cutOff: $cutOff) {{
    profile {{ handlingPerParcel {{ amount currency }} cutOff latitude positionSource }} {ERRORS} }} }}"""
POLICY = f"""mutation {{ routingPolicySet(promiseDays: 5, holdRules: [{{ rule: QUANTITY_ABOVE, quantity: 5 }}]) {{
  policy {{ promiseDays holdRules {{ rule quantity }} }} {ERRORS} }} }}"""
DECISION = """query($id: ID!) { routingDecision(orderId: $id) { version trigger plan { outcome promisedOn arrivesOn
  cost { amount currency } explanation parcels { warehouseId shipOn items { quantity } } } } }"""
HOLDS = "query($id: ID!) { holds(orderId: $id) { edges { node { code reason released } } } }"
RELEASE = f"mutation($id: ID!) {{ orderRelease(orderId: $id) {{ changed decision {{ version }} {ERRORS} }} }}"
HOLD = f'mutation($id: ID!) {{ orderHold(orderId: $id, reason: "Address?") {{ hold {{ code }} {ERRORS} }} }}'
REJECT = f"""mutation($id: ID!, $from: ID!) {{ orderReject(orderId: $id, warehouseId: $from, reason: "Flooded") {{
  changed decision {{ trigger plan {{ parcels {{ warehouseId }} rejected {{ warehouseId code }} }} }} {ERRORS} }} }}"""
WAVE_RUN = f"mutation {{ waveRun {{ wave {{ id state }} {ERRORS} }} }}"
WAVE = """query($id: ID!) { wave(id: $id) { state note orders method cost { amount } singleCost { amount }
  bound { amount } gap } }"""
SHIP = f"""mutation($id: ID!) {{ shipmentCreate(orderId: $id, idempotencyKey: "once") {{
  shipments {{ id state warehouseId packingSlipUrl(format: "pdf") }} {ERRORS} }} }}"""
CARRIER = f"""mutation {{ carrierSet(name: "Post", trackingUrl: "https://post.example.com/?n={{number}}") {{
  secret carrier {{ id reportUrl }} {ERRORS} }} }}"""
TRACK = f"""mutation($id: ID!, $carrier: ID!) {{
  shipmentTrackingSet(id: $id, trackingNumber: "PARCEL-1", carrierId: $carrier) {{
    shipment {{ trackingNumber carrierUrl }} {ERRORS} }} }}"""
SHIPMENTS = (
    "query($id: ID!) { shipments(orderId: $id) { state trackingNumber history { status source place } } }"
)
PAGE = "query($id: ID!) { trackingUrl(orderId: $id) }"
ORDER = (
    "query($id: ID!) { order(id: $id) { status fulfillments { status trackingNumber warehouse { id } } } }"
)
WHAT_IF = f"""mutation($close: ID!) {{ backtestRun(days: 1, stock: UNLIMITED,
  profiles: [{{ warehouseId: $close, shipsOrders: false }}]) {{ backtest {{ id state }} {ERRORS} }} }}"""
BACKTEST = """query($id: ID!) { backtest(id: $id) { state done total error result { orders changedOrders
  scenarios { name parcels cost { amount } warehouses { id units } } html } } }"""
SWITCH = """mutation($input: PluginUpdateInput!) { pluginUpdate(id: "saleor_plugins.fulfillment", input: $input) {
  pluginsErrors { field message } } }"""


def rates(story: Any) -> str:
    """The far warehouse is dear; light parcels cost less than heavy ones."""
    return "\n".join(
        [
            "warehouseId,destination,upToGrams,base,perKg,transitDays",
            f"{story.near.id},US,2000,4.50,,1",
            f"{story.near.id},US,,9.00,,1",
            f"{story.far.id},US,,12.00,1.00,4",
        ]
    )


@pytest.fixture
def shop(story: Any, payments: Any) -> Any:
    """Two warehouses, the far one first in Saleor's order; a gateway, a shipping method, a logged-in manager."""
    story.log_in("MANAGE_ORDERS", "MANAGE_PLUGINS", "MANAGE_PRODUCTS")
    story.far = story.w.make_warehouse("Far", city="Seattle", postal_code="98101")
    story.near = story.w.make_warehouse("Near", city="Chicago", postal_code="60611")
    story.shirt = story.w.make_variant(price=2500, stock={story.far: 50, story.near: 50}, weight_grams=500)
    story.w.make_shipping_method("Post", price=500)
    payments()
    return story


def test_a_merchants_day(shop: Any) -> None:
    switch_on(shop)
    enter_what_parcels_cost(shop)
    say_what_is_wanted(shop)
    first = an_order_is_routed(shop)
    second = a_large_order_is_held_until_it_is_released(shop)
    a_person_holds_an_order(shop, second)
    a_warehouse_rejects_an_order(shop, second)
    the_open_orders_are_decided_together(shop)
    ship(shop, first)
    the_carrier_reports(shop, first)
    the_shopper_looks_where_it_is(shop, first)
    what_if_the_near_one_were_closed(shop)
    everybody_who_listens_was_told(shop, first, second)


def switch_on(shop: Any) -> None:
    """Off, its address is not there; on, it answers; who may not, learns nothing."""
    assert fetch(shop.router.address, {"query": "{ __typename }"})[0] == 404
    shop.staff(SWITCH, input={"active": True})
    assert fetch(shop.router.address, {"query": "{ __typename }"})[0] == 200
    status, body = fetch(shop.router.address, {"query": "{ rates { name } }"})
    assert "PERMISSION_DENIED" in body.decode(), status


def enter_what_parcels_cost(shop: Any) -> None:
    """A bad line is named and changes nothing; a dry run says what would change; the real one does."""
    good = rates(shop)
    with pytest.raises(Failed, match=r"rates\.3\.base"):
        shop.router(IMPORT, rates=good.replace("9.00", "nine"))
    tried = shop.router(IMPORT, rates=good, dryRun=True)["rateCardImport"]
    assert tried["rateChanges"]["added"] == 3
    assert shop.router("{ rates { name } }")["rates"] == []
    done = shop.router(IMPORT, rates=good)["rateCardImport"]
    assert done["card"] == {"active": True, "rateCount": 3}
    again = shop.router(IMPORT, rates=good)["rateCardImport"]
    assert again["rateChanges"] == {"added": 0, "same": 3}


def say_what_is_wanted(shop: Any) -> None:
    """Handling and cut-off of a warehouse; a promise and a hold rule for all channels."""
    profile = shop.router(PROFILE, id=shop.near.id, handling="0.50", cutOff="23:59")
    found = profile["warehouseProfileSet"]["profile"]
    assert found["handlingPerParcel"] == {"amount": "0.50", "currency": "USD"}
    # Its coordinates are those of its city, found without a network.
    assert 41 < found["latitude"] < 43
    policy = shop.router(POLICY)["routingPolicySet"]["policy"]
    assert policy == {"promiseDays": 5, "holdRules": [{"rule": "QUANTITY_ABOVE", "quantity": 5}]}


def an_order_is_routed(shop: Any) -> Any:
    """Saleor promised it from anywhere; the worker moves it to where a parcel costs least, and says why."""
    order = shop.buy(shop.shirt, 2)
    assert sum(shop.held(order).values()) == 2
    shop.work()
    decision = shop.router(DECISION, id=order["id"])["routingDecision"]
    plan = decision["plan"]
    assert (decision["trigger"], plan["outcome"]) == ("EVENT", "ROUTED")
    assert plan["cost"] == {"amount": "5.00", "currency": "USD"}
    assert [row["warehouseId"] for row in plan["parcels"]] == [shop.near.id]
    assert plan["arrivesOn"] > plan["parcels"][0]["shipOn"]
    assert shop.held(order) == {shop.near.id: 2}
    assert any("5.00 USD" in note for note in shop.w.notes(order["id"]))
    return order


def a_large_order_is_held_until_it_is_released(shop: Any) -> Any:
    """The rule keeps it from being routed; what Saleor promised stays promised; a person lets it go."""
    order = shop.buy(shop.shirt, 6)
    before = shop.held(order)
    shop.work()
    (hold,) = [edge["node"] for edge in shop.router(HOLDS, id=order["id"])["holds"]["edges"]]
    assert (hold["code"], hold["released"]) == ("QUANTITY_ABOVE", None)
    assert shop.router(DECISION, id=order["id"])["routingDecision"] is None
    assert shop.held(order) == before
    with pytest.raises(Failed):
        shop.router(SHIP.replace('"once"', '"too soon"'), id=order["id"])
    assert shop.router(RELEASE, id=order["id"])["orderRelease"]["changed"]
    # 3 kg are too heavy for the light parcel: 9.00 and 0.50 of handling.
    plan = shop.router(DECISION, id=order["id"])["routingDecision"]["plan"]
    assert plan["cost"]["amount"] == "9.50"
    assert shop.held(order) == {shop.near.id: 6}
    shop.work()
    (hold,) = [edge["node"] for edge in shop.router(HOLDS, id=order["id"])["holds"]["edges"]]
    assert hold["released"], "it is not held again by the same rule"
    return order


def a_person_holds_an_order(shop: Any, order: Any) -> None:
    """Nothing of it is shipped meanwhile; taken back, the plan that stood still stands."""
    shop.router(HOLD, id=order["id"])
    with pytest.raises(Failed):
        shop.router(SHIP.replace('"once"', '"meanwhile"'), id=order["id"])
    shop.router(RELEASE, id=order["id"])
    assert shop.held(order) == {shop.near.id: 6}


def a_warehouse_rejects_an_order(shop: Any, order: Any) -> None:
    """It moves to the next best at once, and does not come back."""
    found = shop.router(REJECT, id=order["id"], **{"from": shop.near.id})["orderReject"]
    assert found["changed"]
    assert [row["warehouseId"] for row in found["decision"]["plan"]["parcels"]] == [shop.far.id]
    codes = {row["warehouseId"]: row["code"] for row in found["decision"]["plan"]["rejected"]}
    assert codes[shop.near.id] == "REJECTED"
    assert shop.held(order) == {shop.far.id: 6}
    shop.work()
    assert shop.held(order) == {shop.far.id: 6}


def the_open_orders_are_decided_together(shop: Any) -> None:
    """A wave costs no more than the orders one by one, and proves how good it is."""
    orders = [shop.buy(shop.shirt, 1) for _ in range(3)]
    shop.work()
    run = shop.router(WAVE_RUN)["waveRun"]["wave"]
    shop.work()
    wave = shop.router(WAVE, id=run["id"])["wave"]
    assert wave["state"] == "DONE", wave["note"]
    assert wave["orders"] >= len(orders)
    bound, cost, single = (Decimal(wave[key]["amount"]) for key in ("bound", "cost", "singleCost"))
    assert bound <= cost <= single
    assert all(sum(shop.held(order).values()) == 1 for order in orders)


def ship(shop: Any, order: Any) -> None:
    """Asked twice with one key, one parcel leaves; Saleor shows it; its slip is a PDF behind a signed link."""
    first, second = (shop.router(SHIP, id=order["id"])["shipmentCreate"]["shipments"] for _ in range(2))
    assert [row["id"] for row in first] == [row["id"] for row in second]
    assert [row["warehouseId"] for row in first] == [shop.near.id]
    found = shop.staff(ORDER, id=order["id"])["order"]
    assert found["status"] == "FULFILLED"
    assert [row["warehouse"]["id"] for row in found["fulfillments"]] == [shop.near.id]
    assert shop.held(order) == {}
    (stock,) = [row for row in shop.w.shop.stocks([shop.shirt.id]) if row.warehouse_id == shop.near.id]
    assert stock.on_hand == 48
    status, content, headers = shop.get(first[0]["packingSlipUrl"])
    assert (status, content[:5], headers["Content-Type"]) == (200, b"%PDF-", "application/pdf")
    shop.parcel = first[0]["id"]


def the_carrier_reports(shop: Any, order: Any) -> None:
    """Signed reports move the parcel, once; forged ones are refused."""
    made = shop.router(CARRIER)["carrierSet"]
    found = shop.router(TRACK, id=shop.parcel, carrier=made["carrier"]["id"])["shipmentTrackingSet"][
        "shipment"
    ]
    assert found == {"trackingNumber": "PARCEL-1", "carrierUrl": "https://post.example.com/?n=PARCEL-1"}
    saleors = shop.staff(ORDER, id=order["id"])["order"]["fulfillments"]
    assert [row["trackingNumber"] for row in saleors] == ["PARCEL-1"]
    url, now = made["carrier"]["reportUrl"], datetime.now(UTC)
    scan = {"trackingNumber": "PARCEL-1", "status": "DELIVERED", "at": now.isoformat(), "place": "Chicago"}
    body = {"events": [scan]}

    def signed(secret: str, message: str) -> dict[str, str]:
        return {
            "webhook_id": message,
            "webhook_timestamp": str(int(now.timestamp())),
            "webhook_signature": Webhook(secret).sign(message, now, json.dumps(body)),
        }

    forged = "whsec_" + "A" * 43 + "="
    assert shop.post(url, body, **signed(forged, "m1"))[0] == 401
    assert shop.post(url, body, **signed(made["secret"], "m1")) == (200, {"status": "accepted"})
    assert shop.post(url, body, **signed(made["secret"], "m1")) == (200, {"status": "duplicate"})
    shop.work()
    (parcel,) = shop.router(SHIPMENTS, id=order["id"])["shipments"]
    assert parcel["state"] == "DELIVERED"
    reported = [row for row in parcel["history"] if row["source"] == "CARRIER"]
    assert reported == [{"status": "DELIVERED", "source": "CARRIER", "place": "Chicago"}]


def the_shopper_looks_where_it_is(shop: Any, order: Any) -> None:
    """A signed link opens a public page without a name; a forged one opens nothing."""
    url = shop.router(PAGE, id=order["id"])["trackingUrl"]
    status, content, headers = shop.get(url)
    page = content.decode()
    assert status == 200
    assert "PARCEL-1" in page
    assert re.search("delivered", page, re.IGNORECASE)
    assert not any(word in page for word in ("Ada", "Wacker", "ada@example.com"))
    assert "noindex" in page + str(headers)
    middle = len(url) - 12
    forged = f"{url[:middle]}{'A' if url[middle] != 'A' else 'B'}{url[middle + 1 :]}"
    assert shop.get(forged)[0] == 404


def what_if_the_near_one_were_closed(shop: Any) -> None:
    """The same five orders, all from far away: dearer, and nothing has changed."""
    before = [(row.id, row.on_hand, row.allocated) for row in shop.w.shop.stocks([shop.shirt.id])]
    run = shop.router(WHAT_IF, close=shop.near.id)["backtestRun"]["backtest"]
    assert run["state"] == "QUEUED"
    shop.work()
    found = shop.router(BACKTEST, id=run["id"])["backtest"]
    assert (found["state"], found["done"], found["error"]) == ("DONE", 5, None)
    columns = {row["name"]: row for row in found["result"]["scenarios"]}
    # Today: 5.00 for each of the four light orders, 9.50 for that of six. Far: 12.00 and 1.00 a kilogram.
    assert columns["today"]["cost"]["amount"] == "29.50"
    assert columns["proposed"]["cost"]["amount"] == f"{5 * 12 + 11 * 0.5:.2f}"
    assert [row["id"] for row in columns["proposed"]["warehouses"]] == [shop.far.id]
    assert found["result"]["changedOrders"] == 5
    assert "<svg" in found["result"]["html"]
    assert [(row.id, row.on_hand, row.allocated) for row in shop.w.shop.stocks([shop.shirt.id])] == before


def everybody_who_listens_was_told(shop: Any, first: Any, second: Any) -> None:
    """Each step left its event, in order, with the order's id."""
    about = {
        topic: [row["orderId"] for row in shop.happened(topic)]
        for topic in ("order.routed", "order.held", "order.released", "order.rerouted", "shipment.delivered")
    }
    assert about["order.routed"][0] == first["id"]
    assert about["order.held"] == [second["id"]] * 2
    assert about["order.released"] == [second["id"]] * 2
    assert second["id"] in about["order.rerouted"]
    assert about["shipment.delivered"] == [first["id"]]
