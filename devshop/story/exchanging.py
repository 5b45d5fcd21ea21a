"""One unit is exchanged: what it earned pays for a new order, the difference is paid or given back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from devshop.environments import has_saleor3
from devshop.story.stage import Outcome, Stage, check

TITLE = "One unit exchanged"
_STEP = "return { id number state lines { id } } errors { field message code }"
_LINES = "query($id: ID!) { returnableLines(orderId: $id) { orderLineId sku available } }"
_REQUEST = """mutation($order: ID!, $line: ID!, $wanted: ID!) {
  returnRequest(orderId: $order, lines: [{ orderLineId: $line, quantity: 1, reasonCode: DEFECTIVE,
    resolution: EXCHANGE, exchangeVariantId: $wanted }]) { %s } }"""
_APPROVE = "mutation($id: ID!) { returnApprove(id: $id) { %s } }"
_RECEIVE = """mutation($id: ID!, $warehouse: ID!, $line: ID!) {
  returnReceive(id: $id, warehouseId: $warehouse, lines: [{ returnLineId: $line, quantity: 1 }]) {
    %s } }"""
_INSPECT = """mutation($id: ID!, $line: ID!) { returnInspect(id: $id,
    lines: [{ returnLineId: $line, quantity: 1, disposition: REFURBISH, grade: "C" }]) { %s } }"""
_EXCHANGE = """mutation($id: ID!) { returnExchange(id: $id, idempotencyKey: "exchanged") {
  newOrderId difference { amount currency } refund { id amounts { gross { amount } } }
  errors { field message code } } }"""
_CLOSE = "mutation($id: ID!) { returnClose(id: $id) { %s } }"
_REFUNDS = "query($id: ID!) { return(id: $id) { refunds { state } } }"
_ORDER = """query($id: ID!) { order(id: $id) { number status userEmail total { gross { amount } }
  totalCaptured { amount } lines { quantity %s { gross { amount } } } } }"""
_DECISION = "query($id: ID!) { routingDecision(orderId: $id) { plan { outcome } } }"


def play(stage: Stage) -> Outcome:
    """Ask for another article, send one back, get the new order; then every ledger is audited."""
    desk, wanted = stage.plugin("returns"), stage.variants[0]
    paid = _captured(stage, stage.order)
    number, rma = _bring_back(stage)
    made = [desk(_EXCHANGE, id=rma)["returnExchange"] for _ in range(2)]
    check(made[0] == made[1], "the exchange's key did not hold")
    earned = Decimal(made[0]["refund"]["amounts"]["gross"]["amount"])
    difference = Decimal(made[0]["difference"]["amount"])
    order, price = _new_order(stage, made[0]["newOrderId"])
    check(price == earned + difference, f"new goods for {price}, {earned} earned, {difference} between")
    due = Decimal(str(order["total"]["gross"]["amount"]))
    check(due == max(difference, Decimal(0)), f"Saleor wants {due}, the difference is {difference}")
    stage.until("all of it is settled", lambda: _settled(stage, rma))
    back = max(-difference, Decimal(0))
    check(_captured(stage, stage.order) == paid - back, "Saleor's payment did not give back the difference")
    stage.until("the new order is routed", lambda: _routed(stage, made[0]["newOrderId"]))
    desk(_CLOSE % _STEP, id=rma)
    stage.manage("returns_audit", "--strict")
    between = f"{due} to pay" if due else f"{back} given back"
    return Outcome(
        f"{number}: 1 × {stage.variants[1].name} ({earned:.2f}) for 1 × {wanted.name} ({price:.2f}): order"
        f" {order['number']}, USD {between}; the audit finds no difference",
        "Saleor GraphQL: both orders\nfulfillment GraphQL: routingDecision\nmanage.py returns_audit",
    )


def _new_order(stage: Stage, order_id: str) -> tuple[dict[str, Any], Decimal]:
    """The order, and what its goods cost; 3.x takes the credit off the unit prices that it shows."""
    shown = "undiscountedUnitPrice" if has_saleor3() else "unitPrice"
    order = stage.staff(_ORDER % shown, id=order_id)["order"]
    prices = [Decimal(str(row[shown]["gross"]["amount"])) * row["quantity"] for row in order["lines"]]
    return order, sum(prices, Decimal(0))


def _bring_back(stage: Stage) -> tuple[str, str]:
    """One unit of the second line, asked for, approved, received and judged; the return's number and id."""
    desk = stage.plugin("returns")
    lines = desk(_LINES, id=stage.order)["returnableLines"]
    sku = stage.variants[1].sku
    line = next(each["orderLineId"] for each in lines if each["sku"] == sku and each["available"])
    rma: dict[str, Any] = desk(_REQUEST % _STEP, order=stage.order, line=line, wanted=stage.variants[0].id)[
        "returnRequest"
    ]["return"]
    inside = rma["lines"][0]["id"]
    desk(_APPROVE % _STEP, id=rma["id"])
    desk(_RECEIVE % _STEP, id=rma["id"], warehouse=stage.near, line=inside)
    desk(_INSPECT % _STEP, id=rma["id"], line=inside)
    return rma["number"], rma["id"]


def _captured(stage: Stage, order_id: str) -> Decimal:
    return Decimal(str(stage.staff(_ORDER % "unitPrice", id=order_id)["order"]["totalCaptured"]["amount"]))


def _settled(stage: Stage, rma: str) -> bool:
    refunds = stage.plugin("returns")(_REFUNDS, id=rma)["return"]["refunds"]
    check(len(refunds) == 1 and refunds[0]["state"] != "FAILED", f"refunds: {refunds}")
    return bool(refunds[0]["state"] == "SUCCEEDED")


def _routed(stage: Stage, order_id: str) -> bool:
    found = stage.plugin("fulfillment")(_DECISION, id=order_id)["routingDecision"]
    return bool(found and found["plan"]["outcome"] == "ROUTED")
