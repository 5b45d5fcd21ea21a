"""fulfillmentCreate and its tracking."""

from __future__ import annotations

from . import promises
from .errors import UserError
from .state import Doc, State, instant

MAX_LINES = 512


def create(state: State, given: Doc) -> Doc:
    """Ship lines of fulfilment orders of one order and one location; not idempotent, as Shopify's is not."""
    groups = given["lineItemsByFulfillmentOrder"]
    orders = [_open(state, group["fulfillmentOrderId"], str(index)) for index, group in enumerate(groups)]
    if not orders:
        raise UserError(
            "Must have at least one fulfillment order.", "fulfillment", "lineItemsByFulfillmentOrder"
        )
    if len({(doc["order"], doc["location"]) for doc in orders}) > 1:
        raise UserError("All fulfillment orders must belong to the same order and location.", "fulfillment")
    lines: list[Doc] = []
    for doc, group in zip(orders, groups, strict=True):
        lines += _take(state, doc, group.get("fulfillmentOrderLineItems"))
    if len(lines) > MAX_LINES:
        raise UserError("A fulfillment has at most 512 lines.", "fulfillment")
    now = instant()
    order = state.get(orders[0]["order"])
    assert order
    shipped: dict[str, int] = {}
    for line in lines:
        shipped[line["lineItem"]] = shipped.get(line["lineItem"], 0) + line["quantity"]
    promises.ship(state, order, shipped)
    fulfillment = {
        "id": state.gid("Fulfillment"),
        "order": order["id"],
        "location": orders[0]["location"],
        "lines": lines,
        "status": "SUCCESS",
        "name": f"{order['name']}-F{len(order['fulfillments']) + 1}",
        "createdAt": now,
        "updatedAt": now,
        "tracking": _tracking(given.get("trackingInfo")),
        "fulfillmentOrders": [doc["id"] for doc in orders],
    }
    state.put(
        "Order", order | {"fulfillments": [*order["fulfillments"], fulfillment["id"]], "updatedAt": now}
    )
    return state.put("Fulfillment", fulfillment)


def _open(state: State, gid: str, index: str) -> Doc:
    doc = state.get(gid)
    if not doc:
        raise UserError(
            "Fulfillment order does not exist.", "fulfillment", "lineItemsByFulfillmentOrder", index
        )
    if doc["status"] not in ("OPEN", "IN_PROGRESS"):
        raise UserError(
            f"Fulfillment order has an unfulfillable status= {doc['status'].lower()}.",
            "fulfillment",
            "lineItemsByFulfillmentOrder",
            index,
        )
    return doc


def _take(state: State, doc: Doc, wanted: list[Doc] | None) -> list[Doc]:
    """The lines to ship of one fulfilment order, all that remain when none are named."""
    by_id = {line["id"]: line for line in doc["lines"]}
    asked = wanted or [
        {"id": line["id"], "quantity": line["remaining"]} for line in doc["lines"] if line["remaining"]
    ]
    taken = []
    for item in asked:
        line = by_id.get(item["id"])
        if not line or item["quantity"] < 1 or item["quantity"] > line["remaining"]:
            raise UserError("Invalid fulfillment order line item quantity requested.", "fulfillment")
        line["remaining"] -= item["quantity"]
        taken.append(
            {
                "id": state.gid("FulfillmentLineItem"),
                "lineItem": line["lineItem"],
                "quantity": item["quantity"],
            }
        )
    done = not any(line["remaining"] for line in doc["lines"])
    state.put(
        "FulfillmentOrder", doc | {"status": "CLOSED" if done else "IN_PROGRESS", "updatedAt": instant()}
    )
    return taken


def set_tracking(state: State, gid: str, given: Doc) -> Doc:
    """fulfillmentTrackingInfoUpdate."""
    doc = state.get(gid)
    if not doc or "tracking" not in doc:
        raise UserError("Fulfillment does not exist.", "fulfillmentId")
    return state.put("Fulfillment", doc | {"tracking": _tracking(given), "updatedAt": instant()})


def _tracking(given: Doc | None) -> list[Doc]:
    if not given:
        return []
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    padded = [*urls, *[None] * len(numbers)]
    return [
        {"company": given.get("company"), "number": n, "url": u}
        for n, u in zip(numbers, padded, strict=False)
    ]
