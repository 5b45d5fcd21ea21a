"""A variant runs low near the shopper: proposed, approved, received."""

from __future__ import annotations

from devshop.story.stage import Outcome, Stage, check, in_channel, key

TITLE = "A low variant reordered"
_SUPPLIER = """mutation {
  supplierCreate(name: "Lakeside Wholesale") { supplier { id } errors { field message } } }"""
_ITEM = """mutation($variant: ID!, $supplier: ID!) {
  supplierItemSet(variantId: $variant, supplierId: $supplier, price: "3.20", currency: "USD",
    pack: 6, leadDays: 3) { supplierItem { id } errors { field message } } }"""
_POLICY = """mutation($variant: ID!, $warehouse: ID!) {
  reorderPolicySet(variantId: $variant, warehouseId: $warehouse, minimum: 10, maximum: 30) {
    reorderPolicy { id } errors { field message } } }"""
_RUN = """mutation($variant: ID!, $warehouse: ID!) {
  replenishmentRun(warehouseId: $warehouse, variantIds: [$variant]) {
    suggestions { onHand position quantity explanation }
    purchaseOrders { id number state lines { id ordered } } errors { field message } } }"""
_APPROVE = """mutation($id: ID!) {
  purchaseOrderApprove(id: $id) { purchaseOrder { state } errors { field message } } }"""
_RECEIVE = """mutation($id: ID!, $lines: [ReceiptLineInput!]!) {
  purchaseOrderReceive(id: $id, reference: "LW-1001", lines: $lines) {
    purchaseOrder { state } errors { field message } } }"""
_STOCK = """query($id: ID!) { productVariant%s { stocks { quantity warehouse { id } } } }"""


def play(stage: Stage) -> Outcome:
    """From a minimum that is not kept to goods on the shelf; a delivery note booked twice counts once."""
    restock, variant = stage.plugin("restock"), stage.variants[0]
    supplier = restock(_SUPPLIER)["supplierCreate"]["supplier"]["id"]
    restock(_ITEM, variant=variant.id, supplier=supplier)
    restock(_POLICY, variant=variant.id, warehouse=stage.near)
    before = on_shelf(stage)
    proposal = restock(_RUN, variant=variant.id, warehouse=stage.near)["replenishmentRun"]
    check(len(proposal["purchaseOrders"]) == 1, f"proposed: {proposal}")
    order = proposal["purchaseOrders"][0]
    line = order["lines"][0]
    check(order["state"] == "DRAFT" and line["ordered"] % 6 == 0, f"proposed: {order}")
    restock(_APPROVE, id=order["id"])
    lines = [{"lineId": line["id"], "quantity": line["ordered"]}]
    for _ in range(2):
        received = restock(_RECEIVE, id=order["id"], lines=lines)["purchaseOrderReceive"]["purchaseOrder"]
    check(received["state"] == "RECEIVED", f"the order is {received['state']}")
    check(on_shelf(stage) == before + line["ordered"], f"{on_shelf(stage)} on the shelf")
    _check_ledger(stage, line["ordered"])
    return Outcome(
        f"{variant.name} in Chicago: {before} on hand, PO {order['number']} for {line['ordered']} proposed,"
        f" approved, received: {before + line['ordered']} on hand",
        "Saleor GraphQL: productVariant.stocks\nPostgres: warehouse_stock, ops_restock_stockmovement",
    )


def on_shelf(stage: Stage) -> int:
    """Read how many units of the first variant are near the shopper, from Saleor and from Postgres."""
    arguments = in_channel("id: $id")
    found = stage.staff(_STOCK % arguments, id=stage.variants[0].id)["productVariant"]
    shown = next(int(row["quantity"]) for row in found["stocks"] if row["warehouse"]["id"] == stage.near)
    stored = stage.rows(
        f"SELECT quantity FROM warehouse_stock WHERE warehouse_id = '{key(stage.near)}'"
        f" AND product_variant_id = {key(stage.variants[0].id)}"
    )
    check(stored == [{"quantity": shown}], f"Saleor shows {shown}, Postgres has {stored}")
    return shown


def _check_ledger(stage: Stage, units: int) -> None:
    variant = stage.variants[0].id
    booked = stage.rows(
        f"SELECT sum(quantity) AS units FROM ops_restock_stockmovement WHERE variant_id = '{variant}'"
    )
    check(booked[0]["units"] == units, f"the ledger has {booked[0]['units']} units")
