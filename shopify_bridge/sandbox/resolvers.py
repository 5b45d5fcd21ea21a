"""From the stored documents to the fields of the schema."""

from __future__ import annotations

import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema

from . import fulfillments, inventory, metafields, orders, products
from .errors import UserError, UserErrors, bad_request
from .state import Doc, State

Resolver = Callable[..., Any]
MAX_PAGE = 250


def state_of(info: GraphQLResolveInfo) -> State:
    """The store of this request."""
    return info.context.state


def _listed(items: list[Any], first: int | None = None, after: str | None = None) -> Doc:
    """A connection over a list, whose cursors are positions."""
    limit = _limit(first)
    start = _position(after)
    nodes = items[start : start + limit]
    return _connection(
        [(start + i + 1, node) for i, node in enumerate(nodes)], start > 0, len(items) > start + limit
    )


def _stored(kind: str) -> Resolver:
    """A connection over all documents of a kind."""

    def resolve(
        _: Any, info: GraphQLResolveInfo, first: int | None = None, after: str | None = None, **args: Any
    ) -> Doc:
        limit, start = _limit(first), _position(after)
        rows = state_of(info).page(kind, start, limit + 1, newest=args.get("reverse", False))
        return _connection(rows[:limit], start > 0, len(rows) > limit)

    return resolve


def _limit(first: int | None) -> int:
    if first is None:
        raise bad_request("you must provide one of first or last", "BAD_REQUEST")
    if not 0 <= first <= MAX_PAGE:
        raise bad_request(f"first must be between 0 and {MAX_PAGE}", "BAD_REQUEST")
    return first


def _position(after: str | None) -> int:
    try:
        return int(base64.b64decode(after).decode()) if after else 0
    except ValueError:
        raise bad_request("Invalid cursor for current pagination sort.", "BAD_REQUEST") from None


def _cursor(position: int) -> str:
    return base64.b64encode(str(position).encode()).decode()


def _connection(rows: list[tuple[int, Any]], earlier: bool, more: bool) -> Doc:
    return {
        "nodes": [node for _, node in rows],
        "edges": [{"cursor": _cursor(position), "node": node} for position, node in rows],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": earlier,
            "startCursor": _cursor(rows[0][0]) if rows else None,
            "endCursor": _cursor(rows[-1][0]) if rows else None,
        },
    }


def _get(name: str = "id") -> Resolver:
    return lambda doc, info, **args: state_of(info).get(args.get("id") if doc is None else doc[name])


def _many(name: str) -> Resolver:
    return lambda doc, info, **args: _listed(state_of(info).many(doc[name]), **args)


def _bag(amount: Any, currency: str) -> Doc:
    money = {"amount": str(amount), "currencyCode": currency}
    return {"shopMoney": money, "presentmentMoney": money}


def _line(doc: Doc, order: Doc) -> Doc:
    """A line of an order (or its taxes, shipping) that still knows the order."""
    return doc | {"_order": order}


def _metafield(
    doc: Doc, _: GraphQLResolveInfo, key: str, namespace: str = metafields.DEFAULT_NAMESPACE
) -> Doc | None:
    return next((m for m in doc["metafields"] if (m["namespace"], m["key"]) == (namespace, key)), None)


def _metafields(doc: Doc, _: GraphQLResolveInfo, namespace: str | None = None, **args: Any) -> Doc:
    return _listed([m for m in doc["metafields"] if namespace in (None, m["namespace"])], **args)


def _owned(owner: str, kind: str) -> Resolver:
    """productByIdentifier and its kin."""

    def resolve(_: Any, info: GraphQLResolveInfo, identifier: Doc) -> Doc | None:
        state = state_of(info)
        if "id" in identifier:
            return state.get(identifier["id"])
        if "handle" in identifier:
            return state.get(state.named("handle", identifier["handle"]))
        try:
            return state.get(metafields.owner_of(state, owner, identifier["customId"]))
        except UserError as error:
            raise bad_request(str(error), "NOT_FOUND") from None

    return resolve


def _mutation(result: str, call: Resolver, *, keyed: bool = False) -> Resolver:
    """Run a mutation: all of it, or userErrors and nothing."""

    def resolve(_: Any, info: GraphQLResolveInfo, **args: Any) -> Doc:
        state = state_of(info)
        try:
            with state.transaction():
                if not keyed:
                    return {result: call(info, **args), "userErrors": []}
                key = info.context.key_of(info.field_nodes[0])
                done = inventory.idempotently(state, key, info.field_name, args, lambda: call(info, **args))
                return {result: done, "userErrors": []}
        except UserError as error:
            return {result: None, "userErrors": [error.entry]}
        except UserErrors as errors:
            return {result: None, "userErrors": errors.entries}

    return resolve


def _level(item: Doc, location: str) -> Doc | None:
    level = item["levels"].get(location)
    if level is None:
        return None
    number = location.rsplit("/", 1)[-1]
    gid = f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item['id'].rsplit('/', 1)[-1]}"
    return level | {"id": gid, "isActive": True, "item": item["id"], "location": location}


def _quantities(level: Doc, _: GraphQLResolveInfo, names: list[str]) -> list[Doc]:
    known = {"available": level["available"], "on_hand": level["available"]}
    return [{"name": n, "quantity": known.get(n, 0), "updatedAt": level["updatedAt"]} for n in names]


def _locations(_: Any, info: GraphQLResolveInfo, includeInactive: bool = False, **args: Any) -> Doc:
    rows = [doc for _, doc in state_of(info).page("Location", 0, 1000) if doc["isActive"] or includeInactive]
    return _listed(sorted(rows, key=lambda doc: doc["name"]), args.get("first"), args.get("after"))


def _definitions(_: Any, info: GraphQLResolveInfo, ownerType: str, **args: Any) -> Doc:
    wanted = {"ownerType": ownerType} | {n: args[n] for n in ("key", "namespace") if n in args}
    rows = [doc for _, doc in state_of(info).page("MetafieldDefinition", 0, 10_000)]
    found = [doc for doc in rows if all(doc[name] == value for name, value in wanted.items())]
    return _listed(found, args.get("first"), args.get("after"))


def _open_fulfillment_orders(
    _: Any, info: GraphQLResolveInfo, includeClosed: bool = False, **args: Any
) -> Doc:
    rows = [doc for _, doc in state_of(info).page("FulfillmentOrder", 0, 100_000)]
    found = [doc for doc in rows if includeClosed or doc["status"] not in ("CLOSED", "CANCELLED")]
    return _listed(found, args.get("first"), args.get("after"))


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
    return next((_line(line, order) for line in lines if order and line["id"] == doc["lineItem"]), None)


def _total(name: str) -> Resolver:
    return lambda order, info: _bag(order["totals"][name], order["currencyCode"])


def _fo_line(field: str) -> Resolver:
    def resolve(doc: Doc, info: GraphQLResolveInfo) -> Any:
        if field == "lineItem":
            return _line_item(doc, info, doc["_owner"]["order"])
        line = _line_item(doc, info, doc["_owner"]["order"])
        return line and line["sku"]

    return resolve


def _option_value(variant: Doc, info: GraphQLResolveInfo) -> list[Doc]:
    product = state_of(info).get(variant["product"])
    assert product
    rows = []
    for option, value in zip(product["options"], variant["options"], strict=True):
        found = next(v for v in option["values"] if v["name"] == value)
        rows.append({"name": option["name"], "value": value, "optionValue": found | {"hasVariants": True}})
    return rows


def _inventory(product: Doc, info: GraphQLResolveInfo) -> int:
    state = state_of(info)
    items = state.many([variant["item"] for variant in state.many(product["variants"])])
    return sum(level["available"] for item in items for level in item["levels"].values())


def _cost(item: Doc, info: GraphQLResolveInfo) -> Doc | None:
    if item["cost"] is None:
        return None
    return {"amount": str(Decimal(str(item["cost"]))), "currencyCode": info.context.shop["currencyCode"]}


_QUERY: dict[str, Resolver] = {
    "shop": lambda _, info: info.context.shop,
    "locations": _locations,
    "metafieldDefinitions": _definitions,
    "product": _get(),
    "order": _get(),
    "inventoryItem": _get(),
    "node": _get(),
    "nodes": lambda _, info, ids: [state_of(info).get(gid) for gid in ids],
    "products": _stored("Product"),
    "productVariants": _stored("ProductVariant"),
    "orders": _stored("Order"),
    "inventoryItems": _stored("InventoryItem"),
    "productsCount": lambda _, info: {"count": state_of(info).count("Product")},
    "fulfillmentOrders": _open_fulfillment_orders,
    "productByIdentifier": _owned("PRODUCT", "Product"),
    "orderByIdentifier": _owned("ORDER", "Order"),
}

_MUTATIONS: dict[str, Resolver] = {
    "productSet": _mutation(
        "product",
        lambda info, input, identifier=None, synchronous=True: products.product_set(
            state_of(info), identifier, input
        ),
    ),
    "metafieldDefinitionCreate": _mutation(
        "createdDefinition", lambda info, definition: metafields.define(state_of(info), definition)
    ),
    "metafieldsSet": _mutation(
        "metafields", lambda info, metafields: _set_values(state_of(info), metafields)
    ),
    "inventorySetQuantities": _mutation(
        "inventoryAdjustmentGroup",
        lambda info, input: inventory.set_quantities(state_of(info), input),
        keyed=True,
    ),
    "inventoryActivate": _mutation(
        "inventoryLevel",
        lambda info, **args: inventory.activate(
            state_of(info), args["inventoryItemId"], args["locationId"], args.get("available")
        ),
        keyed=True,
    ),
    "orderCreate": _mutation(
        "order",
        lambda info, order, options=None: orders.order_create(
            state_of(info), info.context.shop, order, options or {}
        ),
    ),
    "fulfillmentCreate": _mutation(
        "fulfillment",
        lambda info, fulfillment, message=None: fulfillments.create(state_of(info), fulfillment),
    ),
    "fulfillmentTrackingInfoUpdate": _mutation(
        "fulfillment",
        lambda info, **args: fulfillments.set_tracking(
            state_of(info), args["fulfillmentId"], args["trackingInfoInput"]
        ),
    ),
}


def _set_values(state: State, given: list[Doc]) -> list[Doc]:
    return metafields.set_values(state, given)


_FIELDS: dict[str, dict[str, Resolver]] = {
    "QueryRoot": _QUERY,
    "Mutation": _MUTATIONS,
    "Product": {
        "variants": _many("variants"),
        "media": _many("media"),
        "metafield": _metafield,
        "metafields": _metafields,
        "options": lambda doc, info, first=None: doc["options"][:first],
        "variantsCount": lambda doc, info: {"count": len(doc["variants"])},
        "totalInventory": _inventory,
    },
    "ProductOption": {
        "values": lambda doc, info: [value["name"] for value in doc["values"]],
        "optionValues": lambda doc, info: [value | {"hasVariants": True} for value in doc["values"]],
    },
    "ProductVariant": {
        "metafield": _metafield,
        "metafields": _metafields,
        "selectedOptions": _option_value,
        "title": lambda doc, info: " / ".join(doc["options"]),
        "product": _get("product"),
        "displayName": lambda doc, info: " / ".join(doc["options"]),
        "inventoryItem": _get("item"),
        "inventoryQuantity": lambda doc, info: sum(
            level["available"]
            for level in (state_of(info).get(doc["item"]) or {"levels": {}})["levels"].values()
        ),
    },
    "MediaImage": {
        "mediaErrors": lambda doc, info: doc["errors"],
        "image": lambda doc, info: (
            {"altText": doc["alt"], "url": info.context.file_url(doc)} if doc["status"] == "READY" else None
        ),
    },
    "InventoryItem": {
        "variant": _get("variant"),
        "measurement": lambda doc, info: {"weight": doc["weight"]},
        "sku": lambda doc, info: (state_of(info).get(doc["variant"]) or {}).get("sku"),
        "unitCost": _cost,
        "inventoryLevel": lambda doc, info, locationId: _level(doc, locationId),
        "inventoryLevels": lambda doc, info, **args: _listed(
            [_level(doc, place) for place in doc["levels"]], **args
        ),
    },
    "InventoryLevel": {"item": _get("item"), "location": _get("location"), "quantities": _quantities},
    "InventoryChange": {"item": _get("item"), "location": _get("location")},
    "InventoryActivatePayload": {
        "inventoryLevel": lambda doc, info: (
            doc["inventoryLevel"]
            and _level(
                state_of(info).get(doc["inventoryLevel"]["item"]) or {"levels": {}},
                doc["inventoryLevel"]["location"],
            )
        )
    },
    "Order": {
        "metafield": _metafield,
        "metafields": _metafields,
        "customer": _get("customer"),
        "displayFulfillmentStatus": _status,
        "totalPriceSet": _total("total"),
        "subtotalPriceSet": _total("subtotal"),
        "totalTaxSet": _total("tax"),
        "totalShippingPriceSet": _total("shipping"),
        "totalDiscountsSet": _total("discounts"),
        "totalReceivedSet": lambda doc, info: _bag(orders.received(doc), doc["currencyCode"]),
        "lineItems": lambda doc, info, **args: _listed(
            [_line(line, doc) for line in doc["lineItems"]], **args
        ),
        "shippingLines": lambda doc, info, **args: _listed(
            [_line(line, doc) for line in doc["shippingLines"]], **args
        ),
        "taxLines": lambda doc, info: [_line(line, doc) for line in doc["taxLines"]],
        "transactions": lambda doc, info, first=None: [_line(t, doc) for t in doc["transactions"]][:first],
        "fulfillments": lambda doc, info, first=None: state_of(info).many(doc["fulfillments"])[:first],
        "fulfillmentOrders": _many("fulfillmentOrders"),
    },
    "LineItem": {
        "product": _get("product"),
        "variant": _get("variant"),
        "unfulfilledQuantity": _unfulfilled,
        "originalUnitPriceSet": lambda doc, info: _bag(doc["price"], doc["_order"]["currencyCode"]),
        "originalTotalSet": lambda doc, info: _bag(
            Decimal(doc["price"]) * doc["quantity"], doc["_order"]["currencyCode"]
        ),
        "taxLines": lambda doc, info, first=None: [_line(t, doc["_order"]) for t in doc["taxLines"]][:first],
    },
    "ShippingLine": {
        "originalPriceSet": lambda doc, info: _bag(doc["price"], doc["_order"]["currencyCode"]),
        "taxLines": lambda doc, info: [_line(t, doc["_order"]) for t in doc["taxLines"]],
    },
    "TaxLine": {"priceSet": lambda doc, info: _bag(doc["price"], doc["_order"]["currencyCode"])},
    "OrderTransaction": {"amountSet": lambda doc, info: _bag(doc["amount"], doc["_order"]["currencyCode"])},
    "FulfillmentOrder": {
        "order": _get("order"),
        "orderName": lambda doc, info: (state_of(info).get(doc["order"]) or {}).get("name"),
        "assignedLocation": lambda doc, info: (lambda place: {"name": place["name"], "location": place})(
            state_of(info).get(doc["location"])
        ),
        "lineItems": lambda doc, info, **args: _listed(
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
        "order": _get("order"),
        "location": _get("location"),
        "trackingInfo": lambda doc, info, first=None: doc["tracking"][:first],
        "totalQuantity": lambda doc, info: sum(line["quantity"] for line in doc["lines"]),
        "fulfillmentLineItems": lambda doc, info, **args: _listed(
            [line | {"_owner": doc} for line in doc["lines"]], **args
        ),
    },
    "FulfillmentLineItem": {"lineItem": _fo_line("lineItem")},
}


def attach(schema: GraphQLSchema) -> GraphQLSchema:
    """Give every field of the schema its resolver; the others read the document."""
    for name, fields in _FIELDS.items():
        for field, resolver in fields.items():
            schema.type_map[name].fields[field].resolve = resolver  # type: ignore[attr-defined]
    for name in ("Node", "Media"):
        schema.type_map[name].resolve_type = _kind  # type: ignore[attr-defined]
    return schema


def _kind(doc: Doc, *_: Any) -> str:
    return doc["id"].split("/")[3]
