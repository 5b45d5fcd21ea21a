"""A sold-out variant is ordered: proposed with reasons, mailed, confirmed, partly received."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from devshop import mailbox
from devshop.browser import Browser
from devshop.story import waiting
from devshop.story.stage import Outcome, Stage, check, in_channel

TITLE = "A sold-out variant reordered"
SUPPLIER = "orders@lakeside.example"
_SUPPLIER = """mutation($email: String!) {
  supplierCreate(name: "Lakeside Wholesale", email: $email, channel: MAIL, leadDays: 5) {
    supplier { id } errors { field message } } }"""
_ITEM = """mutation($variant: ID!, $supplier: ID!) {
  supplierItemSet(variantId: $variant, supplierId: $supplier, price: "3.20", currency: "USD", moq: 12,
    pack: 6, breaks: [{ quantity: 60, price: "2.90" }]) { supplierItem { id } errors { field message } } }"""
_RUN = "mutation { replenishmentRun { queued errors { field message } } }"
_RUNS = "{ restockRuns(first: 1) { edges { node { id state error done needs } } } }"
_SUGGESTED = """query($variant: ID!) { suggestions(first: 10, variantId: $variant) { edges { node {
  warehouseId quantity explanation purchaseOrderId } } } }"""
_LINES = "SELECT variant_id, warehouse_id, ordered FROM ops_restock_purchaseorderline ORDER BY 1, 2"
_APPROVE = """mutation($id: ID!) {
  purchaseOrderApprove(id: $id) { purchaseOrder { state } errors { field message } } }"""
_ORDER = """query($id: ID!) { purchaseOrder(id: $id) { number state expectedOn supplierReference
  lines { id ordered received } } }"""
_RECEIVE = """mutation($id: ID!, $lines: [ReceiptLineInput!]!) {
  purchaseOrderReceive(id: $id, reference: "LW-1001", lines: $lines) {
    purchaseOrder { state } errors { field message } } }"""
_STOCK = """query($id: ID!) { productVariant%s { stocks { quantity warehouse { id } } } }"""


def play(stage: Stage) -> Outcome:
    """From the forecast to goods on the shelf; a delivery note booked twice counts once."""
    restock = stage.plugin("restock")
    sold_out = waiting.sell_out(stage)
    waiting.ask(stage, sold_out)
    supplier = restock(_SUPPLIER, email=SUPPLIER)["supplierCreate"]["supplier"]["id"]
    restock(_ITEM, variant=sold_out.id, supplier=supplier)
    run = _look(stage)
    found = [edge["node"] for edge in restock(_SUGGESTED, variant=sold_out.id)["suggestions"]["edges"]]
    check(len(found) == 1 and found[0]["warehouseId"] == stage.far, f"suggested: {found}")
    order_id = found[0]["purchaseOrderId"]
    check(found[0]["quantity"] >= 12 and found[0]["quantity"] % 6 == 0, f"suggested: {found[0]}")
    day = _order(stage, order_id)
    waiting.promised(stage, sold_out, day)
    received = _receive(stage, order_id, sold_out.id)
    waiting.told(stage, sold_out)
    order = restock(_ORDER, id=order_id)["purchaseOrder"]
    check(order["state"] == "PARTLY_RECEIVED", f"the order is {order['state']}")
    return Outcome(
        f"{run['needs']} needs found, none twice. {sold_out.name}: “{found[0]['explanation'][0]}” PO"
        f" {order['number']} for {found[0]['quantity']} mailed with PDF, confirmed for {day},"
        f" {received} received; who waited for it got a mail",
        "restock GraphQL: suggestions, purchaseOrder, expectedBack\nthe mails, the supplier's page\n"
        "Postgres: warehouse_stock, ops_restock_stockmovement",
    )


def _look(stage: Stage) -> dict[str, Any]:
    """Let a worker look through the whole shop, and look again: the second time changes nothing."""
    restock = stage.plugin("restock")
    before = _newest(stage)
    restock(_RUN)

    def ended() -> dict[str, Any] | None:
        run = _newest(stage)
        done = run and run["state"] == "DONE" and (not before or run["id"] != before["id"])
        return run if done else None

    run = stage.until("a worker has looked through the shop", ended)
    drafted = stage.rows(_LINES)
    check(bool(drafted), f"nothing was drafted: {run}")
    again = json.loads(stage.manage("suggest_restock", "--json"))
    check(stage.rows(_LINES) == drafted, f"the second look changed the drafts: {again}")
    return run


def _newest(stage: Stage) -> dict[str, Any] | None:
    edges = stage.plugin("restock")(_RUNS)["restockRuns"]["edges"]
    return edges[0]["node"] if edges else None


def _order(stage: Stage, order_id: str) -> str:
    """Approve it; the supplier reads the mail and says on its page when they deliver."""
    restock = stage.plugin("restock")
    restock(_APPROVE, id=order_id)
    stage.until("the order was sent", lambda: _shown(stage, order_id)["state"] == "SENT")
    mails = list(mailbox.mails(stage.shop.mails, SUPPLIER))
    check(len(mails) == 1, f"{len(mails)} mails went to the supplier")
    files = mailbox.attached(mails[0])
    kinds = sorted((name.rpartition(".")[2], content[:4]) for name, content in files.items())
    check([kind for kind, _ in kinds] == ["csv", "pdf"], f"with the mail came {sorted(files)}")
    check(kinds[1][1] == b"%PDF", "the PDF is none")
    day = (datetime.now(UTC) + timedelta(days=6)).date().isoformat()
    page = Browser()
    page.open(mailbox.link(mails[0], "/orders/"))
    page.send(expectedOn=day, reference="LW-77")
    shown = _shown(stage, order_id)
    check((shown["expectedOn"], shown["supplierReference"]) == (day, "LW-77"), f"confirmed: {shown}")
    return day


def _shown(stage: Stage, order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = stage.plugin("restock")(_ORDER, id=order_id)["purchaseOrder"]
    return order


def _receive(stage: Stage, order_id: str, variant: str) -> int:
    """Six units come; the delivery note is booked twice and counts once."""
    restock, before = stage.plugin("restock"), on_shelf(stage, variant, stage.far)
    line = _shown(stage, order_id)["lines"][0]
    for _ in range(2):
        restock(_RECEIVE, id=order_id, lines=[{"lineId": line["id"], "quantity": 6}])
    after = on_shelf(stage, variant, stage.far)
    check(after == before + 6, f"{after} on the shelf, {before} before")
    booked = stage.rows(
        f"SELECT sum(quantity) AS units FROM ops_restock_stockmovement WHERE variant_id = '{variant}'"
    )
    check(booked[0]["units"] == 6, f"the ledger has {booked[0]['units']} units")
    stage.manage("restock_audit")
    return 6


def on_shelf(stage: Stage, variant: str, warehouse: str) -> int:
    """Read how many units lie in a warehouse, from Saleor."""
    found = stage.staff(_STOCK % in_channel("id: $id"), id=variant)["productVariant"]
    return next(int(row["quantity"]) for row in found["stocks"] if row["warehouse"]["id"] == warehouse)
