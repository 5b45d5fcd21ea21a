"""Exchange orders as Saleor itself shows and handles them."""

from __future__ import annotations

import json
from typing import Any
from unittest import mock

import pytest

from saleor_plugins.kernel.errors import InsufficientStock
from saleor_plugins.kernel.ids import from_global
from saleor_plugins.platform.port import AskerKind, NewItem, NewOrder, OrderStatus
from tests.contract.test_exchanges import amounts, bought, wish

OF_BOTH = """status number isPaid userEmail total { net { amount } gross { amount } }
  lines { quantity productSku unitPrice { gross { amount } } } events { type message }"""
ORDER = {
    False: f"query($id: ID!) {{ order(id: $id) {{ {OF_BOTH} discount {{ amount }} discountName }} }}",
    True: f"""query($id: ID!) {{ order(id: $id) {{ {OF_BOTH} origin original chargeStatus authorizeStatus
      lines {{ totalPrice {{ gross {{ amount }} }} }} discounts {{ name type amount {{ amount }} }} }} }}""",
}


@pytest.fixture(autouse=True)
def real(request: pytest.FixtureRequest) -> None:
    name = "committed" if "committed" in request.fixturenames else "world"
    if request.getfixturevalue(name).in_memory:
        pytest.skip("Memory has no API of Saleor's.")


def read(world: Any, order_id: str) -> Any:
    """The order, as the dashboard asks Saleor for it."""
    from django.test import Client

    _, token = world.make_asker(AskerKind.STAFF, "MANAGE_ORDERS")
    scheme = "Bearer" if world.channels else "JWT"
    answer = Client(SERVER_NAME="localhost").post(
        "/graphql/",
        json.dumps({"query": ORDER[world.channels], "variables": {"id": order_id}}),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"{scheme} {token}",
    )
    found = answer.json()
    assert "errors" not in found, found
    return found["data"]["order"]


def taxed(world: Any, percent: int, *, entered_with_tax: bool) -> None:
    """The channel's taxes (3.x)."""
    channel = world.make_channel()
    config = channel.tax_configuration
    config.charge_taxes, config.prices_entered_with_tax = True, entered_with_tax
    config.tax_calculation_strategy = "FLAT_RATES"
    config.save()
    world.model("tax.TaxClassCountryRate").objects.create(tax_class=None, country="US", rate=percent)


def listed_in(world: Any, variant: Any, currency: str, amount: int) -> str:
    """Sell the variant for `amount` in another currency; the channel where that is."""
    row = world.model("product.ProductVariant").objects.get(pk=from_global(variant.id, "ProductVariant"))
    if not world.channels:
        world.model("product.ProductVariant").objects.filter(pk=row.pk).update(currency=currency)
        world.model("product.Product").objects.filter(pk=row.product_id).update(
            currency=currency, price_amount=amount
        )
        return "default"
    facts = {"name": currency, "currency_code": currency, "is_active": True, "default_country": "US"}
    slug = currency.lower()
    channel = world.model("channel.Channel").objects.get_or_create(slug=slug, defaults=facts)[0]
    world.make_channel(slug)
    listing = {"channel": channel, "currency": currency, "discounted_price_amount": amount}
    row.product.channel_listings.create(
        is_published=True, visible_in_listings=True, available_for_purchase_at="2020-01-01T00:00Z", **listing
    )
    row.channel_listings.all().delete()
    row.channel_listings.create(price_amount=amount, **listing)
    return slug


class TestInSaleor:
    """`create_order` in Saleor's own API"""

    @pytest.mark.parametrize(("credit", "total", "charge"), [(4000, 10.0, "NONE"), (9000, 0.0, "FULL")])
    def test_read_back(self, world: Any, credit: int, total: float, charge: str) -> None:
        """Totals, lines, discount, status, origin and history are as the dashboard shows them."""
        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 2), credit=credit, note="Return 7."))
        seen = read(world, made.id)
        assert seen["total"]["gross"]["amount"] == total
        assert (seen["status"], seen["isPaid"]) == ("UNFULFILLED", total == 0)
        assert [(line["quantity"], line["productSku"]) for line in seen["lines"]] == [(2, variant.sku)]
        assert seen["userEmail"] == order.email
        assert any("Return 7." in (event["message"] or "") for event in seen["events"])
        off = min(credit, 5000) / 100
        if world.channels:
            assert (seen["origin"], seen["original"]) == ("REISSUE", order.id)
            assert (seen["chargeStatus"], seen["authorizeStatus"]) == (charge, charge)
            assert seen["lines"][0]["totalPrice"]["gross"]["amount"] == total
            assert seen["discounts"] == [
                {"name": "Exchange credit", "type": "MANUAL", "amount": {"amount": off}}
            ]
            assert "DRAFT_CREATED_FROM_REPLACE" in [event["type"] for event in seen["events"]]
            old = [event["type"] for event in read(world, order.id)["events"]]
            assert "ORDER_REPLACEMENT_CREATED" in old
        else:
            assert (seen["discount"]["amount"], seen["discountName"]) == (off, "Exchange credit")

    @pytest.mark.parametrize("credit", [0, 2500])
    def test_hooks(self, world: Any, credit: int) -> None:
        """Saleor's plugins hear of it after the commit: created, confirmed (3.x), fully paid when nothing
        is due.
        """
        from saleor.plugins.manager import PluginsManager

        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 5})
        heard: list[str] = []
        names = ["order_created", "order_fully_paid", *(["order_confirmed"] if world.channels else [])]

        def hears(name: str) -> Any:
            return mock.patch.object(PluginsManager, name, lambda *args, **kwargs: heard.append(name))

        with hears(names[0]), hears(names[1]), hears(names[-1]), world.on_commit():
            made = world.shop.create_order(wish(order, (variant, 1), credit=credit))
            assert heard == []
        expected = set(names) - (set() if credit else {"order_fully_paid"})
        assert set(heard) == expected
        assert heard.count("order_created") == 1
        assert "placed_from_draft" in world.events(made.id)

    def test_refunds_in_the_history(self, world: Any) -> None:
        """What was asked of gateways and put back onto cards is in the order's history, without keys or
        codes.
        """
        order = world.make_order([(world.make_variant(price=5000), 1)], allocate=False, paid=False)
        card = world.make_gift_card(2000)
        order = world.use_gift_card(order, card, 2000)
        world.make_payment(order, 3000)
        for payment in world.shop.payments(order.id):
            world.shop.refund(order.id, payment.id, 700, key="a key of ours")
        seen = [event["message"] for event in read(world, order.id)["events"] if event["type"] == "OTHER"]
        assert len(seen) == 2
        assert all("7.00 USD" in message for message in seen)
        assert card.code not in str(seen)

    @pytest.mark.parametrize("entered_with_tax", [True, False])
    @pytest.mark.parametrize("credit", [1, 1999, 3333, 99999])
    def test_taxes(self, world: Any, credit: int, entered_with_tax: bool) -> None:
        """With the channel's taxes, entered with prices or added to them, every cent of net and gross is
        told.
        """
        if not world.channels:
            pytest.skip("Saleor 2.10 has taxes from plugins only.")
        taxed(world, 23, entered_with_tax=entered_with_tax)
        a, order = bought(world)
        items = [(world.make_variant(price=price, stock={a: 9}), 3) for price in (1999, 333)]
        quote = world.shop.quote_order(wish(order, *items))
        assert abs(quote.total_net * 123 / 100 - quote.total_gross) < 3
        assert (quote.total_gross if entered_with_tax else quote.total_net) == 6996
        made = world.shop.create_order(wish(order, *items, credit=credit))
        assert amounts(made)[0] == max(quote.total_gross - credit, 0)
        full = {line.variant_id: (line.total_net + line.credit_net, line.total_gross + line.credit_gross)
                for line in made.lines}  # fmt: skip
        assert full == {row.variant_id: (row.net, row.gross) for row in quote.lines}

    @pytest.mark.parametrize("entered_with_tax", [True, False])
    def test_reckoned_again(self, world: Any, entered_with_tax: bool) -> None:
        """Saleor's own reckoning of the order afterwards finds the same total, but for its rounding."""
        if not world.channels:
            pytest.skip("Saleor 3.x.")
        from saleor.order.calculations import fetch_order_prices_if_expired

        from saleor_plugins.platform.saleor3.context import call, manager

        taxed(world, 23, entered_with_tax=entered_with_tax)
        a, order = bought(world)
        items = [(world.make_variant(price=price, stock={a: 9}), 3) for price in (1999, 333)]
        made = world.shop.create_order(wish(order, *items, credit=3333))
        row = world.model("order.Order").objects.get(number=made.number)
        row.status = "unconfirmed"
        row.save()
        prices = call(fetch_order_prices_if_expired, row, manager(), requestor=None, force_update=True)
        if hasattr(prices, "get"):
            prices.get()
        again = world.shop.order(made.id)
        assert abs(again.total_gross - made.total_gross) <= (0 if entered_with_tax else 2)

    def test_shipping_is_set_later(self, world: Any) -> None:
        """2.10 reckons the total again when somebody sets the shipping: the credit survives it."""
        if world.channels:
            pytest.skip("Saleor 2.10.")
        from saleor.order.utils import recalculate_order

        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 5})
        made = world.shop.create_order(wish(order, (variant, 2), credit=4000))
        row = world.model("order.Order").objects.get(pk=made.number)
        recalculate_order(row)
        assert world.shop.order(made.id) == made
        assert row.voucher.used == row.voucher.usage_limit == 1

    @pytest.mark.parametrize(("currency", "price"), [("JPY", 1980), ("KWD", "1.235"), ("EUR", "9.99")])
    def test_currencies(self, world: Any, currency: str, price: Any) -> None:
        """Currencies with no and with three decimals, to the minor unit."""
        if currency == "KWD" and not world.channels:
            pytest.skip("How many decimals 2.10 stores is one setting of the whole shop.")
        from saleor_plugins.kernel.money import to_minor

        a = world.make_warehouse(channels=("default", currency.lower()))
        variant = world.make_variant(stock={a: 9})
        channel = listed_in(world, variant, currency, price)
        order = world.make_order([(variant, 1)], currency=currency, channel=channel, allocate=False)
        from decimal import Decimal

        unit = to_minor(Decimal(price), currency)
        quote = world.shop.quote_order(wish(order, (variant, 3)))
        assert (quote.currency, quote.total_gross) == (currency, 3 * unit)
        made = world.shop.create_order(wish(order, (variant, 3), credit=unit + 1))
        assert amounts(made) == (2 * unit - 1, unit + 1, 0)

    def test_free_goods(self, world: Any) -> None:
        """What costs nothing can be had in exchange too."""
        a, order = bought(world)
        free = world.make_variant(price=0, stock={a: 5})
        made = world.shop.create_order(wish(order, (free, 2), credit=500))
        assert amounts(made) == (0, 0, 0)
        assert made.is_paid

    def test_digital_goods(self, world: Any) -> None:
        """What is not shipped has no shipping address, as Saleor's own orders."""
        a, order = bought(world)
        digital = world.make_variant(price=100, stock={a: 5}, requires_shipping=False, tracks_stock=False)
        made = world.shop.create_order(wish(order, (digital, 1)))
        assert made.shipping_address is None
        assert world.shop.order(order.id).shipping_address is not None

    def test_draft(self, world: Any) -> None:
        """A draft is nobody's order yet: NotFound."""
        from saleor_plugins.kernel.errors import NotFound

        a, order = bought(world)
        world.set_status(order, OrderStatus.DRAFT)
        variant = world.make_variant(price=100, stock={a: 5})
        with pytest.raises(NotFound):
            world.shop.quote_order(wish(order, (variant, 1)))

    def test_short_in_the_country(self, world: Any) -> None:
        """Saleor's own rules say which stock counts: not that of a warehouse that does not serve the
        country.
        """
        if world.channels:
            pytest.skip("Since 3.23 the shop may say otherwise.")
        _, order = bought(world)
        far = world.make_warehouse(country="DE")
        variant = world.make_variant(price=100, stock={far: 5})
        with pytest.raises(InsufficientStock):
            world.shop.create_order(NewOrder(order.id, (NewItem(variant.id, 1),)))


class TestAfterTheCommit:
    """`create_order` after the commit"""

    def test_a_listener_breaks(self, committed: Any) -> None:
        """The order stays, whatever the shop's listeners do after the commit."""
        from saleor.plugins.manager import PluginsManager

        world = committed
        a, order = bought(world)
        variant = world.make_variant(price=2500, stock={a: 5})
        with mock.patch.object(PluginsManager, "order_created", side_effect=ValueError):
            made = world.shop.create_order(wish(order, (variant, 1)))
        assert world.shop.order(made.id).status is OrderStatus.UNFULFILLED
