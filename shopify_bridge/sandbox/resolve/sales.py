"""Orders, fulfilment orders and fulfilments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from graphql import GraphQLResolveInfo

from .. import orders
from ..state import Doc
from .common import Fields, Resolver, bag, get, listed, many, metafield, metafields, state_of, within


def _status(order: Doc, info: GraphQLResolveInfo) -> str:
    lines = [line for doc in state_of(info).many(order["fulfillmentOrders"]) for line in doc["lines"]]
    left, total = sum(line["remaining"] for line in lines), sum(line["total"] for line in lines)
    return "FULFILLED" if not left else "UNFULFILLED" if left == total else "PARTIALLY_FULFILLED"


def _unfulfilled(line: Doc, info: GraphQLResolveInfo) -> int:
    rows = [row for doc in state_of(info).many(line["_order"]["fulfillmentOrders"]) for row in doc["lines"]]
    return sum(row["remaining"] for row in rows if row["lineItem"] == line["id"])


def _line_item(doc: Doc, info: GraphQLResolveInfo, order_id: str) -> Doc | None:
    order = state_of(info).get(order_id)
    lines = order["lineItems"] if order else []
    return next((within(line, order) for line in lines if order and line["id"] == doc["lineItem"]), None)


def _total(name: str) -> Resolver:
    return lambda order, info: bag(order["totals"][name], order["currencyCode"])


def _fo_line(field: str) -> Resolver:
    def resolve(doc: Doc, info: GraphQLResolveInfo) -> Any:
        if field == "lineItem":
            return _line_item(doc, info, doc["_owner"]["order"])
        line = _line_item(doc, info, doc["_owner"]["order"])
        return line and line["sku"]

    return resolve


def _assigned(doc: Doc, info: GraphQLResolveInfo) -> Doc:
    place = state_of(info).get(doc["location"])
    assert place
    return {"name": place["name"], "location": place}


FIELDS: Fields = {
    "Order": {
        "metafield": metafield,
        "metafields": metafields,
        "customer": get("customer"),
        "displayFulfillmentStatus": _status,
        "totalPriceSet": _total("total"),
        "subtotalPriceSet": _total("subtotal"),
        "totalTaxSet": _total("tax"),
        "totalShippingPriceSet": _total("shipping"),
        "totalDiscountsSet": _total("discounts"),
        "totalReceivedSet": lambda doc, info: bag(orders.received(doc), doc["currencyCode"]),
        "lineItems": lambda doc, info, **args: listed(
            [within(line, doc) for line in doc["lineItems"]], **args
        ),
        "shippingLines": lambda doc, info, **args: listed(
            [within(line, doc) for line in doc["shippingLines"]], **args
        ),
        "taxLines": lambda doc, info: [within(line, doc) for line in doc["taxLines"]],
        "transactions": lambda doc, info, first=None: [within(t, doc) for t in doc["transactions"]][:first],
        "fulfillments": lambda doc, info, first=None: state_of(info).many(doc["fulfillments"])[:first],
        "fulfillmentOrders": many("fulfillmentOrders"),
    },
    "LineItem": {
        "product": get("product"),
        "variant": get("variant"),
        "unfulfilledQuantity": _unfulfilled,
        "originalUnitPriceSet": lambda doc, info: bag(doc["price"], doc["_order"]["currencyCode"]),
        "originalTotalSet": lambda doc, info: bag(
            Decimal(doc["price"]) * doc["quantity"], doc["_order"]["currencyCode"]
        ),
        "taxLines": lambda doc, info, first=None: [within(t, doc["_order"]) for t in doc["taxLines"]][:first],
    },
    "ShippingLine": {
        "originalPriceSet": lambda doc, info: bag(doc["price"], doc["_order"]["currencyCode"]),
        "taxLines": lambda doc, info: [within(t, doc["_order"]) for t in doc["taxLines"]],
    },
    "TaxLine": {"priceSet": lambda doc, info: bag(doc["price"], doc["_order"]["currencyCode"])},
    "OrderTransaction": {"amountSet": lambda doc, info: bag(doc["amount"], doc["_order"]["currencyCode"])},
    "FulfillmentOrder": {
        "order": get("order"),
        "orderName": lambda doc, info: (state_of(info).get(doc["order"]) or {}).get("name"),
        "assignedLocation": _assigned,
        "lineItems": lambda doc, info, **args: listed(
            [line | {"_owner": doc} for line in doc["lines"]], **args
        ),
    },
    "FulfillmentOrderLineItem": {
        "lineItem": _fo_line("lineItem"),
        "sku": _fo_line("sku"),
        "remainingQuantity": lambda doc, info: doc["remaining"],
        "totalQuantity": lambda doc, info: doc["total"],
    },
    "Fulfillment": {
        "order": get("order"),
        "location": get("location"),
        "trackingInfo": lambda doc, info, first=None: doc["tracking"][:first],
        "totalQuantity": lambda doc, info: sum(line["quantity"] for line in doc["lines"]),
        "fulfillmentLineItems": lambda doc, info, **args: listed(
            [line | {"_owner": doc} for line in doc["lines"]], **args
        ),
    },
    "FulfillmentLineItem": {"lineItem": _fo_line("lineItem")},
}
