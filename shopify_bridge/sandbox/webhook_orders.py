"""What orders/* say: the REST-shaped JSON of an order.

Without fulfilments, refunds and returns, which the sandbox tells nobody; what it does not know of an order
is null, empty or no.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .state import Doc, State
from .webhook_payloads import number

_NULLS = (
    *("app_id", "browser_ip", "cancel_reason", "cart_token", "checkout_token", "client_details", "closed_at"),
    *("confirmation_number", "customer_locale", "device_id", "fulfillment_status", "landing_site"),
    *("landing_site_ref", "location_id", "merchant_of_record_app_id", "payment_terms", "phone", "po_number"),
    *("reference", "referring_site", "source_identifier", "source_url", "user_id"),
    *("current_total_additional_fees_set", "current_total_duties_set"),
    *("original_total_additional_fees_set", "original_total_duties_set"),
)
_EMPTY = (
    "discount_applications",
    "fulfillments",
    "line_item_groups",
    "payment_gateway_names",
    "refunds",
    "returns",
)
_NO = ("buyer_accepts_marketing", "duties_included", "estimated_taxes", "tax_exempt")


def order(state: State, doc: Doc, base_url: str) -> Doc:
    """orders/create, updated, paid and cancelled."""
    totals, currency = doc["totals"], doc["currencyCode"]
    lines = sum((Decimal(line["price"]) * line["quantity"] for line in doc["lineItems"]), Decimal(0))
    names = {
        **dict.fromkeys(("subtotal_price", "current_subtotal_price"), totals["subtotal"]),
        **dict.fromkeys(("total_price", "current_total_price"), totals["total"]),
        **dict.fromkeys(("total_tax", "current_total_tax"), totals["tax"]),
        **dict.fromkeys(("total_discounts", "current_total_discounts"), totals["discounts"]),
        "total_line_items_price": str(lines),
    }
    sets = {f"{name}_set": amount for name, amount in names.items()} | {
        **dict.fromkeys(("current_shipping_price_set", "total_shipping_price_set"), totals["shipping"]),
        "total_cash_rounding_payment_adjustment_set": "0.00",
        "total_cash_rounding_refund_adjustment_set": "0.00",
    }
    amounts = {name: str(amount) for name, amount in names.items()}
    return (
        dict.fromkeys(_NULLS)
        | {name: [] for name in _EMPTY}
        | dict.fromkeys(_NO, False)
        | amounts
        | {name: _bag(amount, currency) for name, amount in sets.items()}
        | _itself(doc, base_url)
        | _people(state, doc)
        | {
            "line_items": [_line(line, currency) for line in doc["lineItems"]],
            "shipping_lines": [_shipping(line, currency) for line in doc["shippingLines"]],
            "tax_lines": [_tax(line, currency) for line in doc["taxLines"]],
            "discount_codes": [
                {"code": code, "amount": str(totals["discounts"]), "type": "fixed_amount"}
                for code in doc["discountCodes"]
            ],
            "note_attributes": [
                {"name": item["key"], "value": item["value"]} for item in doc["customAttributes"]
            ],
        }
    )


def _itself(doc: Doc, base_url: str) -> Doc:
    token = f"{number(doc['id']):032x}"
    return {
        "id": number(doc["id"]),
        "admin_graphql_api_id": doc["id"],
        "name": doc["name"],
        "number": doc["number"],
        "order_number": doc["number"],
        "token": token,
        "order_status_url": f"{base_url}/orders/{token}",
        "confirmed": True,
        "test": doc["test"],
        "note": doc["note"],
        "tags": ", ".join(doc["tags"]),
        "currency": doc["currencyCode"],
        "presentment_currency": doc["currencyCode"],
        "taxes_included": doc["taxesIncluded"],
        "financial_status": doc["displayFinancialStatus"].lower(),
        "cancelled_at": doc["cancelledAt"],
        "created_at": doc["createdAt"],
        "updated_at": doc["updatedAt"],
        "processed_at": doc["processedAt"],
        "source_name": "api",
        "merchant_business_entity_id": "1",
        "total_outstanding": "0.00"
        if doc["displayFinancialStatus"] == "PAID"
        else str(doc["totals"]["total"]),
        "total_tip_received": "0.00",
        "total_weight": 0,
    }


def _people(state: State, doc: Doc) -> Doc:
    email = doc["email"] or ""
    found: Doc = {"email": email, "contact_email": email}
    for name, field in (("billing_address", "billingAddress"), ("shipping_address", "shippingAddress")):
        if doc[field]:
            found[name] = _address(doc[field])
    customer = state.get(doc["customer"]) if doc.get("customer") else None
    if customer:
        found["customer"] = _customer(customer, doc)
    return found


def _customer(customer: Doc, doc: Doc) -> Doc:
    home = _address(doc["billingAddress"] or doc["shippingAddress"] or {})
    own = number(customer["id"])
    del home["latitude"], home["longitude"]
    return {
        "id": own,
        "admin_graphql_api_id": customer["id"],
        "email": customer.get("email") or "",
        "first_name": customer.get("firstName") or "",
        "last_name": customer.get("lastName") or "",
        "state": "disabled",
        "currency": doc["currencyCode"],
        "created_at": doc["createdAt"],
        "updated_at": doc["updatedAt"],
        **dict.fromkeys(("multipass_identifier", "note", "phone")),
        "tax_exempt": False,
        "tax_exemptions": [],
        "verified_email": True,
        "default_address": home
        | {"id": own, "customer_id": own, "country_name": home["country"], "default": True},
    }


def _address(given: Doc) -> Doc:
    country = given.get("countryCode") or ""
    first, last = given.get("firstName") or "", given.get("lastName") or ""
    return {
        "first_name": first,
        "last_name": last,
        "name": f"{first} {last}".strip(),
        "company": given.get("company"),
        "address1": given.get("address1") or "",
        "address2": given.get("address2"),
        "city": given.get("city") or "",
        "zip": given.get("zip") or "",
        "province": given.get("provinceCode") or "",
        "province_code": given.get("provinceCode") or "",
        "country": country,
        "country_code": country,
        "phone": given.get("phone") or "",
        "latitude": None,
        "longitude": None,
    }


def _line(line: Doc, currency: str) -> Doc:
    return {
        "id": number(line["id"]),
        "admin_graphql_api_id": line["id"],
        "title": line["title"],
        "name": line["name"],
        "sku": line["sku"] or "",
        "quantity": line["quantity"],
        "current_quantity": line["quantity"],
        "fulfillable_quantity": line["quantity"],
        "price": str(line["price"]),
        "price_set": _bag(line["price"], currency),
        "total_discount": "0.00",
        "total_discount_set": _bag("0.00", currency),
        "variant_id": number(line["variant"]) if line["variant"] else None,
        "product_id": number(line["product"]) if line["product"] else None,
        "product_exists": bool(line["product"]),
        "variant_title": line["variantTitle"],
        "requires_shipping": line["requiresShipping"],
        "taxable": line["taxable"],
        "tax_lines": [_tax(tax, currency) for tax in line["taxLines"]],
        "properties": [{"name": i["key"], "value": i["value"]} for i in line["customAttributes"]],
        "fulfillment_service": "manual",
        "gift_card": False,
        "grams": 0,
        **dict.fromkeys(("fulfillment_status", "variant_inventory_management", "vendor")),
        **{name: [] for name in ("attributed_staffs", "discount_allocations", "duties")},
    }


def _shipping(line: Doc, currency: str) -> Doc:
    price = _bag(line["price"], currency)
    return {
        "id": number(line["id"]),
        "title": line["title"],
        "code": line["code"],
        "price": str(line["price"]),
        "discounted_price": str(line["price"]),
        **dict.fromkeys(("price_set", "discounted_price_set", "current_discounted_price_set"), price),
        **dict.fromkeys(("carrier_identifier", "phone", "requested_fulfillment_service_id", "source")),
        "discount_allocations": [],
        "tax_lines": [_tax(tax, currency) for tax in line["taxLines"]],
        "is_removed": False,
    }


def _tax(tax: Doc, currency: str) -> Doc:
    return {
        "title": tax["title"],
        "rate": float(tax["rate"]),
        "price": str(tax["price"]),
        "price_set": _bag(tax["price"], currency),
        "channel_liable": False,
    }


def _bag(amount: Any, currency: str) -> Doc:
    money = {"amount": str(amount), "currency_code": currency}
    return {"shop_money": money, "presentment_money": money}
