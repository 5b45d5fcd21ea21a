"""One unit comes back: asked for, approved, received, judged, restocked, refunded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from devshop.story.restocking import on_shelf
from devshop.story.stage import Outcome, Stage, check

TITLE = "One unit returned"
_ANSWER = "return { id number state lines { id received settled } } errors { field message code }"
_LINES = "query($id: ID!) { returnableLines(orderId: $id) { orderLineId sku available } }"
_REQUEST = """mutation($order: ID!, $line: ID!) {
  returnRequest(orderId: $order, lines: [{ orderLineId: $line, quantity: 1, reason: "Too big" }]) { %s } }"""
_APPROVE = "mutation($id: ID!) { returnApprove(id: $id) { %s } }"
_RECEIVE = """mutation($id: ID!, $warehouse: ID!, $line: ID!) {
  returnReceive(id: $id, warehouseId: $warehouse, lines: [{ returnLineId: $line, quantity: 1 }],
    idempotencyKey: "returned-parcel") { %s } }"""
_INSPECT = """mutation($id: ID!, $line: ID!) {
  returnInspect(id: $id, lines: [{ returnLineId: $line, quantity: 1, disposition: RESTOCK, grade: "A" }],
    idempotencyKey: "judged") { %s } }"""
_REFUND = """mutation($id: ID!) { returnRefund(id: $id, idempotencyKey: "refunded") {
  refund { id amounts { gross { amount } } } errors { field message code } } }"""
_REFUNDS = "query($id: ID!) { return(id: $id) { refunds { state amounts { gross { amount } } } } }"
_ORDER = "query($id: ID!) { order(id: $id) { paymentStatus totalCaptured { amount } } }"


def play(stage: Stage) -> Outcome:
    """Each thing that moves goods or money is asked for twice with one key, and happens once."""
    paid, shelf = _captured(stage), on_shelf(stage)
    number, rma = _bring_back(stage)
    check(on_shelf(stage) == shelf + 1, f"{on_shelf(stage)} on the shelf after one unit came back to {shelf}")
    desk = stage.plugin("returns")
    asked = [desk(_REFUND, id=rma)["returnRefund"]["refund"] for _ in range(2)]
    check(asked[0] == asked[1], "the refund's key did not hold")
    amount = Decimal(asked[0]["amounts"]["gross"]["amount"])
    stage.until("the gateway gave the money back", lambda: _settled(stage, rma))
    order = stage.staff(_ORDER, id=stage.order)["order"]
    check(amount > 0 and _captured(stage) == paid - amount, f"Saleor holds {_captured(stage)} of {paid}")
    check(order["paymentStatus"] == "PARTIALLY_REFUNDED", f"Saleor says {order['paymentStatus']}")
    _check_ledgers(stage, amount)
    return Outcome(
        f"{number}: 1 × {stage.variants[0].name} back in Chicago's stock ({shelf} → {shelf + 1}) and"
        f" USD {amount} refunded by a worker; asked for twice, done once",
        "Saleor GraphQL: order.totalCaptured, stocks\nPostgres: warehouse_stock, ops_returns ledgers",
    )


def _bring_back(stage: Stage) -> tuple[str, str]:
    """Request, approve, receive and restock one unit of the first line; return the return's number and id."""
    desk, sku = stage.plugin("returns"), stage.variants[0].sku
    lines = desk(_LINES, id=stage.order)["returnableLines"]
    line = next(each["orderLineId"] for each in lines if each["sku"] == sku and each["available"])
    rma = desk(_REQUEST % _ANSWER, order=stage.order, line=line)["returnRequest"]["return"]
    check(rma["state"] == "REQUESTED", f"the request is {rma['state']}")
    desk(_APPROVE % _ANSWER, id=rma["id"])
    inside = rma["lines"][0]["id"]
    for _ in range(2):
        desk(_RECEIVE % _ANSWER, id=rma["id"], warehouse=stage.near, line=inside)
    for _ in range(2):
        desk(_INSPECT % _ANSWER, id=rma["id"], line=inside)
    return rma["number"], rma["id"]


def _captured(stage: Stage) -> Decimal:
    return Decimal(str(stage.staff(_ORDER, id=stage.order)["order"]["totalCaptured"]["amount"]))


def _settled(stage: Stage, rma: str) -> bool:
    refunds: list[dict[str, Any]] = stage.plugin("returns")(_REFUNDS, id=rma)["return"]["refunds"]
    check(len(refunds) == 1 and refunds[0]["state"] != "FAILED", f"refunds: {refunds}")
    return bool(refunds[0]["state"] == "SUCCEEDED")


def _check_ledgers(stage: Stage, amount: Decimal) -> None:
    booked = stage.rows("SELECT sum(net + tax) AS minor FROM ops_returns_refundallocation")
    check(booked[0]["minor"] == int(amount * 100), f"the refund ledger has {booked}")
    restocked = stage.rows("SELECT warehouse_id, sum(moved) AS units FROM ops_returns_inspection GROUP BY 1")
    check(restocked == [{"warehouse_id": stage.near, "units": 1}], f"the inspection ledger has {restocked}")
