"""The shipping price of a checkout follows what its parcels cost, where the merchant wants that."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from prices import Money, TaxedMoney

from saleor_plugins.kernel.money import to_minor
from tests.contract.test_queries import queries
from tests.integration.fulfillment.test_checkout_refuse import gateway, plugin_of, set_aside
from tests.realshop.base import key
from tests.realshop.completing import complete, prices
from tests.saleorworld import THREE


@pytest.fixture
def shop(router: Any) -> Any:
    """Parcels of 5.00 plus 1.00 per kilogram (the built-in rates), listed at 3.00 in the checkout."""
    router.switch(shipping_price="routed")
    router.here = router.w.make_warehouse("Here")
    router.method = router.w.make_shipping_method("Post", price=300)
    gateway(router.w)
    if THREE:
        # The deprecated flow of tax plugins, in which alone Saleor asks plugins for a price.
        rows = router.w.model("tax.TaxConfiguration").objects
        rows.update(tax_calculation_strategy="TAX_APP", charge_taxes=True)
    return router


def cart(shop: Any, *lines: Any, **kwargs: Any) -> Any:
    return shop.w.make_cart(list(lines), **{"shipping_method": shop.method, **kwargs})


def money(net: str, gross: str) -> TaxedMoney:
    return TaxedMoney(net=Money(Decimal(net), "USD"), gross=Money(Decimal(gross), "USD"))


def asked(shop: Any, made: Any, previous: TaxedMoney) -> Any:
    """What the hook makes of `previous`."""
    return plugin_of().calculate_checkout_shipping(*shop.w.hook_objects(made), None, previous_value=previous)


class TestThroughSaleor:
    def test_the_price_of_one_parcel(self, shop: Any) -> None:
        """Two kilograms from one warehouse: 7.00; the total includes it."""
        made = cart(shop, (shop.w.make_variant(price=1000, stock={shop.here: 5}, weight_grams=1000), 2))
        found = prices(made)
        assert (found["net"], found["gross"]) == (Decimal("7"), Decimal("7"))
        assert (found["subtotal"], found["total"]) == (Decimal("20"), Decimal("27"))

    def test_of_two_parcels(self, shop: Any) -> None:
        there = shop.w.make_warehouse("There")
        one, two = (shop.w.make_variant(stock={row: 5}, weight_grams=500) for row in (shop.here, there))
        assert prices(cart(shop, (one, 1), (two, 1)))["gross"] == Decimal("11")

    def test_margin_and_surcharge(self, shop: Any) -> None:
        shop.switch(shipping_price="routed", shipping_margin="10", shipping_surcharge="0.55")
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}, weight_grams=1000), 2))
        assert prices(made)["gross"] == Decimal("8.25")

    def test_the_order_has_it(self, shop: Any) -> None:
        """What was shown is what is paid for, and what the order says."""
        made = cart(shop, (shop.w.make_variant(price=1000, stock={shop.here: 5}, weight_grams=1000), 2))
        shown = prices(made)
        done = complete(made)
        assert done["checkoutErrors"] == []
        order = done["order"]
        assert Decimal(str(order["total"]["gross"]["amount"])) == shown["total"]
        stored = shop.shop.order(order["id"])
        assert stored.shipping_gross == to_minor(shown["gross"], "USD") == 700

    def test_free_stays_free(self, shop: Any) -> None:
        free = shop.w.make_shipping_method("Free", price=0)
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}), 1), shipping_method=free)
        assert prices(made)["gross"] == 0

    def test_nothing_to_route(self, shop: Any) -> None:
        """The shop's own price where no warehouse can ship, and where a line is not routed at all."""
        shirt = shop.w.make_variant(stock={shop.here: 5})
        mug = shop.w.make_variant(tracks_stock=False, stock={shop.here: 5})
        assert prices(cart(shop, (shirt, 1), (mug, 1)))["gross"] == Decimal("3")
        set_aside(shop, shop.here)
        assert prices(cart(shop, (shirt, 1)))["gross"] == Decimal("3")

    @pytest.mark.skipif(not THREE, reason="On 2.10 a voucher is taken off the total.")
    def test_a_voucher_for_shipping(self, shop: Any) -> None:
        """A voucher takes off the same amount; what it makes free stays free."""
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}, weight_grams=1000), 2))
        rows = shop.w.model("checkout.Checkout").objects
        for value, expected in (("1", "6"), ("3", "0"), ("9", "0")):
            voucher = shop.w.model("discount.Voucher").objects.create(
                type="shipping", discount_value_type="fixed"
            )
            voucher.codes.create(code=f"SHIP-{value}")
            voucher.channel_listings.create(
                channel=shop.w.make_channel(), discount_value=value, currency="USD"
            )
            rows.filter(pk=key("Checkout", made.id)).update(
                voucher_code=f"SHIP-{value}", discount_amount=value, price_expiration="2000-01-01T00:00:00Z"
            )
            assert prices(made)["gross"] == Decimal(expected)

    @pytest.mark.skipif(not THREE, reason="2.10 asks all plugins.")
    def test_flat_rates(self, shop: Any) -> None:
        """Where the channel's taxes are flat rates, Saleor 3 does not ask: its own price stays."""
        shop.w.model("tax.TaxConfiguration").objects.update(tax_calculation_strategy="FLAT_RATES")
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}, weight_grams=1000), 2))
        assert prices(made)["gross"] == Decimal("3")

    def test_few_queries(self, shop: Any) -> None:
        """As many more queries for ten lines as for one, and few."""
        added = []
        goods = [(shop.w.make_variant(stock={shop.here: 5}), 1) for _ in range(10)]
        prices(cart(shop, *goods))  # what is read once in a process
        for lines in (goods[:1], goods):
            counts = []
            for wanted in ("listed", "routed"):
                shop.switch(shipping_price=wanted)
                made = cart(shop, *lines)
                with queries() as found:
                    prices(made)
                counts.append(len(found))
            added.append(counts[1] - counts[0])
        assert added[0] == added[1] <= 6, added


class TestTheHook:
    @pytest.mark.parametrize(
        ("previous", "expected"),
        [
            (("3.00", "3.00"), ("7.00", "7.00")),
            (("3.00", "3.57"), ("7.00", "8.33")),  # 19 % on top
            (("2.52", "3.00"), ("5.88", "7.00")),  # 19 % inside
            (("0.00", "0.00"), ("0.00", "0.00")),
        ],
    )
    def test_taxes_stay_as_they_were(self, shop: Any, previous: Any, expected: Any) -> None:
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}, weight_grams=1000), 2))
        assert asked(shop, made, money(*previous)) == money(*expected)

    def test_another_currency(self, shop: Any) -> None:
        """Rates in another currency say nothing about the price here."""
        query = """mutation { ratesReplace(card: "EU", currency: "EUR", rates: [{ base: "4.00" }]) {
          errors { field message } } }"""
        answer = shop.ask(query, shop.token("MANAGE_PLUGINS"))
        assert answer["data"]["ratesReplace"]["errors"] == []
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}), 1))
        assert asked(shop, made, money("3.00", "3.00")) == money("3.00", "3.00")

    def test_once_per_request(self, shop: Any) -> None:
        """Saleor asks several times while it answers one request: the same price each time, routed once."""
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}, weight_grams=1000), 2))
        objects, plugin = shop.w.hook_objects(made), plugin_of()
        first = plugin.calculate_checkout_shipping(*objects, None, previous_value=money("3.00", "3.00"))
        with queries() as found:
            again = plugin.calculate_checkout_shipping(*objects, None, previous_value=money("3.00", "3.00"))
        assert first == again == money("7.00", "7.00")
        assert len(found) <= 1

    def test_no_address(self, shop: Any) -> None:
        made = cart(shop, (shop.w.make_variant(stock={shop.here: 5}), 1), country="")
        assert asked(shop, made, money("3.00", "3.00")) == money("3.00", "3.00")

    @pytest.mark.parametrize(
        "values", [{"shipping_price": "cheap"}, {"shipping_margin": "NaN"}, {"shipping_surcharge": "-1"}]
    )
    def test_settings_are_checked(self, shop: Any, values: Any) -> None:
        from saleor_plugins.fulfillment.config import SETTINGS
        from saleor_plugins.kernel.errors import Invalids
        from saleor_plugins.platform.settings import parse_settings

        with pytest.raises(Invalids) as refused:
            parse_settings(SETTINGS, values)
        assert [error.field for error in refused.value.errors] == list(values)
