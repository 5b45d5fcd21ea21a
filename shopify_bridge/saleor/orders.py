"""A Saleor order in the normal form, without the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from ..domain.model import Line, Order
from .dialect import Dialect
from .normal import shipment_of
from .products import minor

Node = Mapping[str, Any]


def order_of(node: Node, dialect: Dialect) -> Order:
    """An order with the totals Saleor stored."""
    currency = node["total"]["gross"]["currency"]
    amount = partial(minor, currency=currency)
    off, off_name = dialect.discount(node)
    return Order(
        key=node["id"],
        number=node["number"] or "",
        status=node["status"],
        created=datetime.fromisoformat(node["created"]),
        currency=currency,
        lines=tuple(_line(line, dialect, amount) for line in node["lines"]),
        shipping_net=amount(node["shippingPrice"]["net"]["amount"]),
        shipping_gross=amount(node["shippingPrice"]["gross"]["amount"]),
        shipping_name=node["shippingMethodName"] or "Shipping",
        discount=amount(off),
        discount_name=off_name,
        total_net=amount(node["total"]["net"]["amount"]),
        total_gross=amount(node["total"]["gross"]["amount"]),
        paid=amount(dialect.paid(node)),
        shipments=tuple(shipment_of(item) for item in node["fulfillments"] if item["status"] == "FULFILLED"),
    )


def _line(node: Node, dialect: Dialect, amount: Callable[[Any], int]) -> Line:
    net, gross = dialect.line_total(node)
    return Line(
        key=node["id"],
        title=node["productName"],
        variant_title=node["variantName"] or "",
        sku=node["productSku"] or "",
        quantity=node["quantity"],
        net=amount(net),
        gross=amount(gross),
        variant_key=node["variant"]["id"] if node["variant"] else "",
        ships=node["isShippingRequired"],
    )
