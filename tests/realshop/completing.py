"""Completing checkouts through Saleor's own GraphQL, as a storefront does."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from saleor_plugins.platform import port
from tests.realshop.base import THREE, key, model

MUTATION = """mutation($id: ID!) { checkoutComplete(checkoutId: $id) {
  order { id total { gross { amount } } shippingPrice { net { amount } gross { amount } } }
  checkoutErrors { field message code %s } } }""" % ("lines variants" if THREE else "")
PROMO = """mutation($id: ID!, $code: String!) { checkoutAddPromoCode(checkoutId: $id, promoCode: $code) {
  checkoutErrors { field message code } } }"""
PRICES = """query($id: %s!) { checkout(%s: $id) {
  shippingPrice { net { amount } gross { amount } } subtotalPrice { gross { amount } }
  totalPrice { gross { amount } } } }""" % (("ID", "id") if THREE else ("UUID", "token"))


def ask(query: str, **variables: Any) -> Any:
    """The answer of Saleor's own endpoint to a shopper."""
    from django.test import Client

    body = json.dumps({"query": query, "variables": variables})
    answer = Client(SERVER_NAME="localhost").post("/graphql/", body, content_type="application/json").json()
    assert "errors" not in answer, answer
    return answer["data"]


def prices(cart: port.Cart) -> Any:
    """What Saleor's checkout costs, as a storefront shows it."""
    found = ask(PRICES, id=cart.id if THREE else key("Checkout", cart.id))["checkout"]
    return {
        "net": Decimal(str(found["shippingPrice"]["net"]["amount"])),
        "gross": Decimal(str(found["shippingPrice"]["gross"]["amount"])),
        "subtotal": Decimal(str(found["subtotalPrice"]["gross"]["amount"])),
        "total": Decimal(str(found["totalPrice"]["gross"]["amount"])),
    }


def enter_code(cart: port.Cart, code: str) -> None:
    """The shopper enters the code of a voucher or a gift card."""
    made = ask(PROMO, id=cart.id, code=code)["checkoutAddPromoCode"]
    assert made["checkoutErrors"] == [], made


def complete(cart: port.Cart, *, by: str = "payment") -> Any:
    """Pay for the checkout and complete it; the mutation's answer. `by` "transaction" is the flow of 3.x."""
    pay(cart, by)
    return ask(MUTATION, id=cart.id)["checkoutComplete"]


def pay(cart: port.Cart, by: str = "payment") -> None:
    """Cover the checkout's total by a payment; in the other flow the channel takes unpaid orders."""
    row = model("checkout.Checkout").objects.get(pk=key("Checkout", cart.id))
    if by == "transaction":
        row.channel.allow_unpaid_orders = True
        row.channel.save()
        return
    row.payments.create(
        gateway="mirumee.payments.dummy",
        is_active=True,
        total=prices(cart)["total"],
        currency="USD",
        billing_email="shopper@example.com",
        token="fully-charged",
        charge_status="not-charged",
    )
