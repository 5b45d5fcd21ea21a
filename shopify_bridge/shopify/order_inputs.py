"""A mapped order as orderCreate's input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..domain.model import Line, Order, Person
from ..domain.orders import MappedLine, MappedOrder, tax_rate
from .inputs import Input, metafield, money

# Shopify's lines carry Saleor's line in a property; the underscore hides it from shoppers.
LINE_PROPERTY = "_saleor_line"
_CODE = re.compile(r"[A-Z0-9]{1,3}\Z")


def order_input(order: Order, mapped: MappedOrder, person: Person, variants: Mapping[str, str]) -> Input:
    """orderCreate's input; `variants` are Shopify's ids by Saleor's, where they are mirrored."""
    lines = {line.key: line for line in order.lines}
    given: Input = {
        "currency": order.currency,
        "name": f"S-{order.number}",
        "sourceName": "saleor",
        "sourceIdentifier": order.number,
        "tags": ["saleor"],
        "processedAt": order.created.isoformat(),
        "taxesIncluded": mapped.taxes_included,
        "metafields": [metafield(order.key)],
        "lineItems": [
            _line(part, lines[part.key], order.currency, variants, mapped.taxes_included)
            for part in mapped.lines
        ],
        "shippingLines": _shipping(order, mapped),
        **_person(person),
    }
    if mapped.discount:
        code = {"code": order.discount_name[:255], "amountSet": _bag(mapped.discount, order.currency)}
        given["discountCode"] = {"itemFixedDiscountCode": code}
    if order.paid > 0:
        given["transactions"] = [
            {
                "kind": "SALE",
                "status": "SUCCESS",
                "gateway": "saleor",
                "amountSet": _bag(order.paid, order.currency),
            }
        ]
    return given


def _bag(minor: int, currency: str) -> Input:
    return {"shopMoney": {"amount": money(minor, currency), "currencyCode": currency}}


def _line(part: MappedLine, line: Line, currency: str, variants: Mapping[str, str], included: bool) -> Input:
    given: Input = {
        "title": line.title,
        "variantTitle": line.variant_title or None,
        "sku": line.sku or None,
        "quantity": part.quantity,
        "priceSet": _bag(part.unit, currency),
        "requiresShipping": line.ships,
        "taxable": part.tax > 0,
        "properties": [{"name": LINE_PROPERTY, "value": line.key}],
    }
    if line.variant_key in variants:
        given["variantId"] = variants[line.variant_key]
    if part.tax:
        net = part.unit * part.quantity - (part.tax if included else 0)
        given["taxLines"] = [_tax(net, part.tax, currency)]
    return given


def _shipping(order: Order, mapped: MappedOrder) -> list[Input]:
    if not mapped.shipping and not mapped.shipping_tax and not any(line.ships for line in order.lines):
        return []
    given: Input = {
        "title": order.shipping_name,
        "code": order.shipping_name,
        "priceSet": _bag(mapped.shipping, order.currency),
    }
    if mapped.shipping_tax:
        given["taxLines"] = [_tax(order.shipping_net, mapped.shipping_tax, order.currency)]
    return [given]


def _tax(net: int, tax: int, currency: str) -> Input:
    return {"title": "Tax", "rate": tax_rate(net, tax), "priceSet": _bag(tax, currency)}


def _person(person: Person) -> Input:
    given: Input = {}
    if person.email:
        given["email"] = person.email
        address = person.shipping or person.billing or {}
        names = {name: address.get(name) or None for name in ("firstName", "lastName")}
        given["customer"] = {"toUpsert": {"email": person.email, **names}}
    if person.note:
        given["note"] = person.note
    for name, place in (("shippingAddress", person.shipping), ("billingAddress", person.billing)):
        if place:
            given[name] = _address(place)
    return given


def _address(address: Mapping[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in address.items() if value and name != "area"}
    area = address.get("area", "")
    if _CODE.match(area):
        given["provinceCode"] = area
    return given


def line_keys(order: Mapping[str, Any]) -> dict[str, str]:
    """Saleor's line by Shopify's, of an order as Shopify tells it."""
    return {
        node["id"]: attribute["value"]
        for node in order["lineItems"]["nodes"]
        for attribute in node["customAttributes"]
        if attribute["key"] == LINE_PROPERTY
    }
