"""Every query and mutation of the room, asking for all there is."""

from __future__ import annotations

from typing import Any

ERRORS = "errors { field message code }"
PLAN = """
  outcome country cost { amount currency } optimal bound { amount } rateTable explanation
  parcels { warehouseId warehouseName cost { amount } base { amount } weight { amount } units { amount }
            handling { amount } items { lineId quantity } }
  unsourced { lineId name quantity code reason }
  leftAlone { lineId name code reason }
  rejected { warehouseId warehouseName code reason covers cost { amount } difference { amount } }
  runnerUp { without warehouses cost { amount } difference { amount } short proven }
"""
SHIPMENT = "id orderId fulfillmentId warehouseId trackingNumber state created items { lineId quantity }"
CARD = "name currency active rates { id warehouseId origin destination base { amount } perKg { amount } }"

ROUTE = f"""mutation($id: ID!) {{
  routeOrder(orderId: $id) {{ changed 
    decision {{ id version trigger plan {{ {PLAN} }} }} {ERRORS} }} }}"""
PREVIEW = f"query($id: ID!) {{ routingPreview(orderId: $id) {{ {PLAN} }} }}"
DECISION = f"query($id: ID!) {{ routingDecision(orderId: $id) {{ id version plan {{ {PLAN} }} }} }}"
DECISIONS = """query($id: ID, $first: Int, $after: String) {
  routingDecisions(orderId: $id, first: $first, after: $after) {
  edges { cursor node { id orderId version } } pageInfo { hasNextPage endCursor } } }"""
SHIPMENTS = f"query($id: ID!) {{ shipments(orderId: $id) {{ {SHIPMENT} }} }}"
RATES = f"{{ rates {{ {CARD} }} }}"
PROFILES = "{ warehouseProfiles { warehouseId priority shipsOrders handlingPerParcel { amount currency } } }"
RATE_SET = f"""mutation($card: String, $currency: String, $rate: RateInput!) {{
  rateSet(card: $card, currency: $currency, rate: $rate) {{
    rate {{ id base {{ amount currency }} perKg {{ amount }} destination }} {ERRORS} }} }}"""
REPLACE = f"""mutation($card: String!, $currency: String!, $rates: [RateInput!]!) {{
  ratesReplace(card: $card, currency: $currency, rates: $rates) {{
    card {{ {CARD} }} {ERRORS} }} }}"""
ACTIVATE = (
    f"""mutation($card: String!) {{ rateCardActivate(card: $card) {{ card {{ name active }} {ERRORS} }} }}"""
)
DELETE = f"mutation($id: ID!) {{ rateDelete(id: $id) {{ deletedId {ERRORS} }} }}"
PROFILE = f"""mutation(
  $id: ID!, $priority: Int, $ships: Boolean, $parcel: Amount, $unit: Amount, $currency: String
) {{
  warehouseProfileSet(warehouseId: $id, priority: $priority, shipsOrders: $ships, handlingPerParcel: $parcel,
    handlingPerUnit: $unit, currency: $currency) {{
    profile {{ warehouseId priority shipsOrders handlingPerParcel {{ amount currency }} }} {ERRORS} }} }}"""
SHIP = f"""mutation($id: ID!, $tracking: String, $items: [ShipmentItemInput!], $key: String) {{
  shipmentCreate(orderId: $id, trackingNumber: $tracking, items: $items, idempotencyKey: $key) {{
    shipments {{ {SHIPMENT} }} {ERRORS} }} }}"""
TRACK = f"""mutation($id: ID!, $number: String!) {{
  shipmentTrackingSet(id: $id, trackingNumber: $number) {{
    shipment {{ {SHIPMENT} }} {ERRORS} }} }}"""
DELIVER = f"""mutation($id: ID!) {{ shipmentDeliver(id: $id) {{ shipment {{ state }} {ERRORS} }} }}"""
CANCEL = f"""mutation($id: ID!) {{ shipmentCancel(id: $id) {{
    shipment {{ {SHIPMENT} }} {ERRORS} }} }}"""


def done(answer: dict[str, Any], name: str) -> dict[str, Any]:
    """The payload of a mutation that went well."""
    assert "errors" not in answer, answer
    payload = answer["data"][name]
    assert payload["errors"] == [], payload
    return payload


def refused(answer: dict[str, Any], name: str) -> list[tuple[str | None, str]]:
    """Field and code of why a mutation did not."""
    assert "errors" not in answer, answer
    return [(error["field"], error["code"]) for error in answer["data"][name]["errors"]]
