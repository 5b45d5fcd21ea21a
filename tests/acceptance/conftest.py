"""A real Saleor behind a real socket: everything is asked over HTTP, by who would ask it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from devshop.client import GraphQL
from tests.shopdata import world

CHANNEL = "default"
ADDRESS = {
    "firstName": "Ada", "lastName": "Example", "streetAddress1": "233 S Wacker Dr", "city": "Chicago",
    "countryArea": "IL", "postalCode": "60606", "country": "US",
}  # fmt: skip
TOKEN = """mutation($email: String!, $password: String!) {
  tokenCreate(email: $email, password: $password) { token accountErrors { message } } }"""
CREATE = """mutation($input: CheckoutCreateInput!) { checkoutCreate(input: $input) {
  checkout { id availableShippingMethods { id name } } checkoutErrors { field message } } }"""
METHOD = """mutation($checkout: ID!, $method: ID!) {
  checkoutShippingMethodUpdate(checkoutId: $checkout, shippingMethodId: $method) {
    checkout { totalPrice { gross { amount } } } checkoutErrors { field message } } }"""
PAY = """mutation($checkout: ID!, $input: PaymentInput!) {
  checkoutPaymentCreate(checkoutId: $checkout, input: $input) { paymentErrors { field message } } }"""
COMPLETE = """mutation($checkout: ID!) {
  checkoutComplete(checkoutId: $checkout) { order { id number } checkoutErrors { field message } } }"""


class Story:
    """The shop, its shopper and its staff; `w` builds what nobody does over HTTP: the catalogue."""

    def __init__(self, address: str):
        self.address = address
        self.w = world()
        self.shopper = GraphQL(f"{address}/graphql/")
        self.staff: GraphQL = self.shopper
        self.router: GraphQL = self.shopper

    def log_in(self, *permissions: str) -> None:
        """Somebody of the staff logs in with a password."""
        from saleor_plugins.kernel.ids import from_global
        from saleor_plugins.platform.port import AskerKind

        someone, _ = self.w.make_asker(AskerKind.STAFF, *permissions)
        user = self.w.model("account.User").objects.get(pk=from_global(someone.id or "", "User"))
        token = self.shopper(TOKEN, email=user.email, password="password")["tokenCreate"]["token"]
        headers = {"Authorization": f"JWT {token}"}
        self.staff = GraphQL(f"{self.address}/graphql/", headers)
        self.router = GraphQL(f"{self.address}/plugins/saleor_plugins.fulfillment/graphql/", headers)

    def buy(self, variant: Any, quantity: int) -> dict[str, Any]:
        """A shopper fills a cart, chooses a way of shipping, pays and orders."""
        cart: dict[str, Any] = {
            "email": "ada@example.com", "lines": [{"variantId": variant.id, "quantity": quantity}],
            "shippingAddress": ADDRESS, "billingAddress": ADDRESS,
        }  # fmt: skip
        if self.w.channels:
            cart["channel"] = CHANNEL
        checkout = self.shopper(CREATE, input=cart)["checkoutCreate"]["checkout"]
        method = checkout["availableShippingMethods"][0]["id"]
        found = self.shopper(METHOD, checkout=checkout["id"], method=method)
        total = found["checkoutShippingMethodUpdate"]["checkout"]["totalPrice"]["gross"]["amount"]
        payment = {"gateway": "mirumee.payments.dummy", "token": "fully-charged", "amount": total}
        self.shopper(PAY, checkout=checkout["id"], input=payment)
        order = self.shopper(COMPLETE, checkout=checkout["id"])["checkoutComplete"]["order"]
        assert order, "Saleor made no order"
        return order

    def work(self) -> None:
        """The worker does what is due."""
        from saleor_plugins.delivery.relay import drain

        drain()

    def held(self, order: dict[str, Any]) -> dict[str, int]:
        """What Saleor has allocated to the order, by warehouse."""
        units: dict[str, int] = {}
        for row in self.w.shop.allocations(order["id"]):
            units[row.warehouse_id] = units.get(row.warehouse_id, 0) + row.quantity
        return units

    def happened(self, topic: str) -> list[dict[str, Any]]:
        """The data of the events of a topic, in order."""
        from saleor_plugins.delivery.models import Event

        return list(Event.objects.filter(topic=topic).order_by("pk").values_list("data", flat=True))

    def get(self, url: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes, Any]:
        """Status, content and headers of an address, as a browser or a carrier asks it."""
        request = urllib.request.Request(url, body, {key.replace("_", "-"): v for key, v in headers.items()})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(), error.headers

    def post(self, url: str, body: Any, **headers: str) -> tuple[int, Any]:
        """Post JSON."""
        status, content, _ = self.get(
            url, json.dumps(body).encode(), content_type="application/json", **headers
        )
        return status, json.loads(content)


@pytest.fixture
def story(live_server: Any) -> Story:
    return Story(live_server.url)


@pytest.fixture
def payments(story: Story) -> Callable[[], None]:
    """Switches the dummy gateway on, which every Saleor keeps elsewhere."""
    import tests.gateways

    def switch_on() -> None:
        module = tests.gateways.dummy_module()
        (kind,) = {getattr(module, name) for name in dir(module) if name.endswith("DummyGatewayPlugin")}
        story.w.configure_plugin("mirumee.payments.dummy")
        rows = story.w.model("plugins.PluginConfiguration").objects.filter(
            identifier="mirumee.payments.dummy"
        )
        channel = {"channel": story.w.make_channel(CHANNEL)} if story.w.channels else {}
        rows.update(configuration=kind.DEFAULT_CONFIGURATION, active=True, **channel)

    return switch_on
