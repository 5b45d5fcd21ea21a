"""orderCreate: totals from lines, discounts, shipping and taxes, as the store computes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from . import metafields, promises
from .errors import UserError
from .state import Doc, State, instant
from .variants import primary

_THREE = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
_NONE = {
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "UYI",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
}
_ADDRESS = (
    "address1",
    "address2",
    "city",
    "company",
    "countryCode",
    "firstName",
    "lastName",
    "phone",
    "provinceCode",
    "zip",
)


def order_create(state: State, shop: Doc, given: Doc, options: Doc) -> Doc:
    """Make an order with its fulfilment order; it is not idempotent, as Shopify's is not."""
    currency = given.get("currency") or shop["currencyCode"]
    if not given.get("lineItems"):
        raise UserError("Line items must have at least one line item", "order", "lineItems", code="INVALID")
    _taxes_once(given)
    wanted = given.get("metafields") or []
    metafields.check(state, "ORDER", None, wanted, "order", "metafields", code="INVALID")
    now = instant()
    order: Doc = {
        "id": state.gid("Order"),
        "number": state.number("order", 1001),
        "currencyCode": currency,
        "taxesIncluded": bool(given.get("taxesIncluded")),
        "test": bool(given.get("test")),
        "note": given.get("note"),
        "email": given.get("email"),
        "tags": given.get("tags") or [],
        "customAttributes": given.get("customAttributes") or [],
        "cancelledAt": None,
        "metafields": [],
        "createdAt": now,
        "updatedAt": now,
        "processedAt": given.get("processedAt") or now,
        "discountCodes": [],
        "fulfillments": [],
    }
    order["name"] = given.get("name") or f"#{order['number']}"
    order["lineItems"] = [_line(state, item, currency, str(i)) for i, item in enumerate(given["lineItems"])]
    order["shippingLines"] = [
        _shipping(state, item, currency, str(i)) for i, item in enumerate(given.get("shippingLines") or [])
    ]
    order["taxLines"] = [_tax(item, currency, "order", "taxLines") for item in given.get("taxLines") or []]
    order["shippingAddress"] = _address(state, given.get("shippingAddress"))
    order["billingAddress"] = _address(state, given.get("billingAddress"))
    order["customer"] = _customer(state, given)
    order["transactions"] = [
        _transaction(state, item, currency, now) for item in given.get("transactions") or []
    ]
    _total(order, given.get("discountCode") or {}, currency)
    order["displayFinancialStatus"] = given.get("financialStatus") or _paid(order)
    order["fulfillmentOrders"] = [_fulfillment_order(state, order)["id"]]
    metafields.write(state, "ORDER", order, wanted, replace=False)
    if options.get("inventoryBehaviour", "BYPASS") != "BYPASS":
        promises.claim(state, order, obeying=options["inventoryBehaviour"].endswith("OBEYING_POLICY"))
    return state.put("Order", order)


def money(bag: Doc | None, currency: str, *where: str) -> Decimal:
    """The shop amount of a MoneyBagInput; refuses other currencies and too many decimals."""
    if bag is None:
        return Decimal(0)
    shop = bag["shopMoney"]
    amount = Decimal(str(shop["amount"]))
    if shop["currencyCode"] != currency:
        raise UserError("Currency must be the order's.", *where, code="INVALID")
    if amount != amount.quantize(quantum(currency)):
        raise UserError(f"Amount has too many decimals for {currency}.", *where, code="INVALID")
    return amount


def quantum(currency: str) -> Decimal:
    """The smallest unit of a currency."""
    return Decimal(1) if currency in _NONE else Decimal("0.001") if currency in _THREE else Decimal("0.01")


def _taxes_once(given: Doc) -> None:
    by_line = any(line.get("taxLines") for line in [*given["lineItems"], *(given.get("shippingLines") or [])])
    if by_line and given.get("taxLines"):
        raise UserError(
            "Tax lines can be specified on the order or its lines, but not both.",
            "order",
            "taxLines",
            code="INVALID",
        )


def _line(state: State, item: Doc, currency: str, index: str) -> Doc:
    where = ("order", "lineItems", index)
    variant = state.get(item["variantId"]) if item.get("variantId") else None
    if item.get("variantId") and not variant:
        raise UserError("Variant does not exist.", *where, "variantId", code="INVALID")
    product = state.get(variant["product"]) if variant else None
    title = item.get("title") or (product or {}).get("title")
    if not title:
        raise UserError("Title can't be blank", *where, "title", code="INVALID")
    if item["quantity"] < 1:
        raise UserError("Quantity must be greater than 0", *where, "quantity", code="INVALID")
    price = (
        money(item["priceSet"], currency, *where, "priceSet")
        if item.get("priceSet")
        else Decimal((variant or {}).get("price", "0"))
    )
    return {
        "id": state.gid("LineItem"),
        "title": title,
        "name": title,
        "quantity": item["quantity"],
        "sku": item.get("sku") or (variant or {}).get("sku"),
        "variantTitle": item.get("variantTitle"),
        "price": str(price),
        "variant": item.get("variantId"),
        "product": (variant or {}).get("product"),
        "requiresShipping": bool(item.get("requiresShipping")),
        "taxable": item.get("taxable", True),
        "taxLines": [_tax(tax, currency, *where, "taxLines") for tax in item.get("taxLines") or []],
        "customAttributes": [{"key": p["name"], "value": p["value"]} for p in item.get("properties") or []],
    }


def _shipping(state: State, item: Doc, currency: str, index: str) -> Doc:
    where = ("order", "shippingLines", index)
    price = money(item["priceSet"], currency, *where)
    if price < 0:
        raise UserError("Price can't be negative", *where, code="INVALID")
    return {
        "id": state.gid("ShippingLine"),
        "title": item["title"],
        "code": item.get("code"),
        "price": str(price),
        "taxLines": [_tax(tax, currency, *where, "taxLines") for tax in item.get("taxLines") or []],
    }


def _tax(item: Doc, currency: str, *where: str) -> Doc:
    return {
        "title": item["title"],
        "rate": float(item["rate"]),
        "price": str(money(item.get("priceSet"), currency, *where)),
    }


def _total(order: Doc, discount: Doc, currency: str) -> None:
    lines = sum((Decimal(line["price"]) * line["quantity"] for line in order["lineItems"]), Decimal(0))
    shipping = sum((Decimal(line["price"]) for line in order["shippingLines"]), Decimal(0))
    taxes = [tax for line in [*order["lineItems"], *order["shippingLines"]] for tax in line["taxLines"]]
    tax = sum((Decimal(item["price"]) for item in taxes + order["taxLines"]), Decimal(0))
    fixed: Doc = discount.get("itemFixedDiscountCode") or {}
    # Assumed: a fixed code takes nothing below zero.
    off = min(money(fixed.get("amountSet"), currency, "order", "discountCode"), lines)
    if fixed:
        order["discountCodes"] = [fixed["code"]]
    total = lines - off + shipping + (Decimal(0) if order["taxesIncluded"] else tax)
    amounts = {"subtotal": lines - off, "shipping": shipping, "tax": tax, "discounts": off, "total": total}
    unit = quantum(currency)
    order["totals"] = {name: str(amount.quantize(unit, ROUND_HALF_UP)) for name, amount in amounts.items()}


def _paid(order: Doc) -> str:
    got = received(order)
    if got <= 0:
        return "PENDING"
    return "PAID" if got >= Decimal(order["totals"]["total"]) else "PARTIALLY_PAID"


def received(order: Doc) -> Decimal:
    """What successful sales and captures brought in."""
    done = [t for t in order["transactions"] if t["status"] == "SUCCESS" and t["kind"] in ("SALE", "CAPTURE")]
    return sum((Decimal(item["amount"]) for item in done), Decimal(0))


def _transaction(state: State, item: Doc, currency: str, now: str) -> Doc:
    amount = money(item["amountSet"], currency, "order", "transactions")
    return {
        "id": state.gid("OrderTransaction"),
        "kind": item.get("kind") or "SALE",
        "amount": str(amount),
        "status": item.get("status") or "SUCCESS",
        "gateway": item.get("gateway"),
        "createdAt": now,
        "test": bool(item.get("test")),
    }


def _address(state: State, given: Doc | None) -> Doc | None:
    if not given:
        return None
    return {name: given.get(name) for name in _ADDRESS} | {
        "id": state.gid("MailingAddress"),
        "countryCodeV2": given.get("countryCode"),
    }


def _customer(state: State, given: Doc) -> str | None:
    wanted = (given.get("customer") or {}).get("toUpsert") or {}
    email = wanted.get("email")
    if not email:
        return None
    gid = state.named("customer", email.lower()) or state.gid("Customer")
    state.put("Customer", {"id": gid, **{n: wanted.get(n) for n in ("email", "firstName", "lastName")}})
    state.name("customer", email.lower(), gid)
    return gid


def _fulfillment_order(state: State, order: Doc) -> Doc:
    """Assumed: one fulfilment order at the primary location; Shopify's routing may split it."""
    now = instant()
    lines = [
        {
            "id": state.gid("FulfillmentOrderLineItem"),
            "lineItem": line["id"],
            "total": line["quantity"],
            "remaining": line["quantity"],
        }
        for line in order["lineItems"]
    ]
    return state.put(
        "FulfillmentOrder",
        {
            "id": state.gid("FulfillmentOrder"),
            "order": order["id"],
            "status": "OPEN",
            "lines": lines,
            "location": primary(state)["id"],
            "createdAt": now,
            "updatedAt": now,
        },
    )
