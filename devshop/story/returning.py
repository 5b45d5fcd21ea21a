"""One unit comes back: asked for in the portal, approved, received, judged, restocked, refunded."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from devshop.browser import Browser
from devshop.story.sale import SHOPPER
from devshop.story.stage import Outcome, Stage, check, in_channel, key

TITLE = "One unit returned"
_ANSWER = "return { id number state lines { id received settled } } errors { field message code }"
_LINES = "query($id: ID!) { returnableLines(orderId: $id) { orderLineId sku available } }"
_ASKED = """query($order: ID!) { returns(orderId: $order, first: 10) { edges { node {
  id number state lines { id reasonCode resolution } } } } }"""
_NUMBER = "query($id: ID!) { order(id: $id) { number } }"
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
_STOCK = """query($id: ID!) { productVariant%s { stocks { quantity warehouse { id } } } }"""
_CODE = re.compile(r"\b[2-9CFGHJMPQRVWX]{4}-[2-9CFGHJMPQRVWX]{4}\b")
_ORDER = "query($id: ID!) { order(id: $id) { paymentStatus totalCaptured { amount } } }"


def play(stage: Stage) -> Outcome:
    """Each thing that moves goods or money is asked for twice with one key, and happens once."""
    paid, shelf = _captured(stage), _on_shelf(stage)
    number, rma = _bring_back(stage)
    now = _on_shelf(stage)
    check(now == shelf + 1, f"{now} on the shelf after one unit came back to {shelf}")
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
        f" USD {amount} refunded by a worker; asked for in the portal, with a mailed code",
        "the portal's pages and mail\nSaleor GraphQL: order.totalCaptured, stocks\n"
        "Postgres: warehouse_stock, ops_returns ledgers",
    )


def _bring_back(stage: Stage) -> tuple[str, str]:
    """Approve, receive and restock what the shopper asked for; return the return's number and id."""
    desk = stage.plugin("returns")
    rma = _ask(stage)
    desk(_APPROVE % _ANSWER, id=rma["id"])
    inside = rma["lines"][0]["id"]
    for _ in range(2):
        desk(_RECEIVE % _ANSWER, id=rma["id"], warehouse=stage.near, line=inside)
    for _ in range(2):
        desk(_INSPECT % _ANSWER, id=rma["id"], line=inside)
    return rma["number"], rma["id"]


def _ask(stage: Stage) -> dict[str, Any]:
    """What a shopper does in the portal for one unit of the first line; return the return it became."""
    desk, sku = stage.plugin("returns"), stage.variants[0].sku
    lines = desk(_LINES, id=stage.order)["returnableLines"]
    line = next(each["orderLineId"] for each in lines if each["sku"] == sku and each["available"])
    shopper = _sign_in(stage)
    shopper.send(item=line)
    shopper.send(reason="TOO_LARGE")
    shopper.send(outcome="REFUND")
    shopper.send(seen=shopper.forms[-1].values["seen"])
    found = [edge["node"] for edge in desk(_ASKED, order=stage.order)["returns"]["edges"]]
    check(len(found) == 1 and found[0]["number"] in shopper.text, f"the portal says {shopper.text[:200]}")
    rma: dict[str, Any] = found[0]
    why = [(each["reasonCode"], each["resolution"]) for each in rma["lines"]]
    check(rma["state"] == "REQUESTED" and why == [("TOO_LARGE", "REFUND")], f"{rma['state']}, {why}")
    return rma


def _sign_in(stage: Stage) -> Browser:
    """Come into the portal with the order's number, a mail address and the code that is mailed to it."""
    shopper, number = Browser(), stage.staff(_NUMBER, id=stage.order)["order"]["number"]
    shopper.open(f"{stage.shop.address}/plugins/saleor_plugins.returns/portal/")
    shopper.send(orderNumber=number, email=SHOPPER)
    shopper.send(code=stage.until("the portal's code was mailed", lambda: _mailed_code(stage)))
    check(number in shopper.text, f"the portal does not show order {number}: {shopper.text[:200]}")
    return shopper


def _mailed_code(stage: Stage) -> str | None:
    for mail in stage.shop.mails.iterdir():
        if found := _CODE.search(mail.read_text()):
            return found[0]
    return None


def _on_shelf(stage: Stage) -> int:
    """Read how many units of the first variant are near the shopper, from Saleor and from Postgres."""
    variant = stage.variants[0].id
    found = stage.staff(_STOCK % in_channel("id: $id"), id=variant)["productVariant"]
    shown = next(int(row["quantity"]) for row in found["stocks"] if row["warehouse"]["id"] == stage.near)
    stored = stage.rows(
        f"SELECT quantity FROM warehouse_stock WHERE warehouse_id = '{key(stage.near)}'"
        f" AND product_variant_id = {key(variant)}"
    )
    check(stored == [{"quantity": shown}], f"Saleor shows {shown}, Postgres has {stored}")
    return shown


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
