"""A shopper buys: two lines, paid with the dummy gateway."""

from __future__ import annotations

from decimal import Decimal

from devshop.environments import has_saleor3
from devshop.story.stage import CHANNEL, Outcome, Stage, check, key

TITLE = "An order"
QUANTITIES = (3, 2)
SHOPPER = "ada@example.com"
_SHOPPER = {
    "firstName": "Ada",
    "lastName": "Example",
    "streetAddress1": "233 S Wacker Dr",
    "city": "Chicago",
    "countryArea": "IL",
    "postalCode": "60606",
    "country": "US",
}
_CREATE = """mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
  checkout { id availableShippingMethods { id name } } checkoutErrors { field message } } }"""
_METHOD = """mutation($checkout: ID!, $method: ID!) {
  checkoutShippingMethodUpdate(checkoutId: $checkout, shippingMethodId: $method) {
    checkout { totalPrice { gross { amount currency } } } checkoutErrors { field message } } }"""
_PAY = """mutation($checkout: ID!, $input: PaymentInput!) {
  checkoutPaymentCreate(checkoutId: $checkout, input: $input) { %s { field message } } }"""
_COMPLETE = """mutation($checkout: ID!) {
  checkoutComplete(checkoutId: $checkout) { order { id number } checkoutErrors { field message } } }"""
_ORDER = """query($id: ID!) { order(id: $id) { number status paymentStatus lines { quantity }
  total { gross { amount currency } } totalCaptured { amount } } }"""


def play(stage: Stage) -> Outcome:
    """From the cart to an order that Saleor shows as paid."""
    lines = [
        {"variantId": variant.id, "quantity": quantity}
        for variant, quantity in zip(stage.variants, QUANTITIES, strict=True)
    ]
    cart = {
        "email": SHOPPER,
        "lines": lines,
        "shippingAddress": _SHOPPER,
        "billingAddress": _SHOPPER,
    }
    if has_saleor3():
        cart["channel"] = CHANNEL
    checkout = stage.shopper(_CREATE, input=cart)["checkoutCreate"]["checkout"]
    method = checkout["availableShippingMethods"][0]["id"]
    answer = stage.shopper(_METHOD, checkout=checkout["id"], method=method)
    total = answer["checkoutShippingMethodUpdate"]["checkout"]["totalPrice"]["gross"]
    payment = {"gateway": "mirumee.payments.dummy", "token": "fully-charged", "amount": total["amount"]}
    stage.shopper(_PAY % "paymentErrors", checkout=checkout["id"], input=payment)
    order = stage.shopper(_COMPLETE, checkout=checkout["id"])["checkoutComplete"]["order"]
    check(order is not None, "checkoutComplete made no order")
    stage.order = order["id"]
    return _read_back(stage)


def _read_back(stage: Stage) -> Outcome:
    order = stage.staff(_ORDER, id=stage.order)["order"]
    paid, total = order["totalCaptured"]["amount"], order["total"]["gross"]["amount"]
    stage.total = Decimal(str(total))
    check(order["paymentStatus"] == "FULLY_CHARGED" and paid == total, f"order {order['number']} is not paid")
    check(sorted(line["quantity"] for line in order["lines"]) == sorted(QUANTITIES), "the lines differ")
    allocated = stage.rows(
        "SELECT sum(a.quantity_allocated) AS units FROM warehouse_allocation a"
        f" JOIN order_orderline l ON l.id = a.order_line_id WHERE l.order_id::text = '{key(stage.order)}'"
    )
    check(allocated[0]["units"] == sum(QUANTITIES), f"Saleor allocated {allocated[0]['units']}")
    mailed = _mailed(stage, order["number"])
    bought = ", ".join(f"{q} × {v.name}" for q, v in zip(QUANTITIES, stage.variants, strict=True))
    return Outcome(
        f"Order {order['number']}: {bought}; {order['total']['gross']['currency']} {total:.2f} paid{mailed}",
        "Saleor GraphQL: order\nPostgres: warehouse_allocation",
    )


def _mailed(stage: Stage, number: str) -> str:
    """Wait for the confirmation that 2.10 sends by itself; 3.x leaves mails to a plugin."""
    if has_saleor3():
        return ""
    wanted = f"Subject: Order {number} confirmed"
    stage.until(
        "the confirmation is mailed",
        lambda: any(wanted in mail.read_text() for mail in stage.shop.mails.iterdir()),
    )
    return ", confirmed by mail"
