"""`port.Storefront`"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.platform.port import AskerKind
from tests.contract.steps import GARBAGE, NOTHING


class TestBuyable:
    """`buyable`"""

    def test_facts(self, world: Any) -> None:
        """What visitors see, with its names and its channel; stock does not matter."""
        shirt = world.make_variant()
        (found,) = world.shop.buyable([shirt.id]).values()
        assert (found.variant_id, found.product_id) == (shirt.id, shirt.product_id)
        assert found.name == f"{shirt.product_name} ({shirt.name})"
        assert found.slug
        assert found.channel == ("default" if world.channels else "")
        assert world.shop.buyable([shirt.id], found.channel) == {shirt.id: found}

    def test_unknown(self, world: Any) -> None:
        """Unknown variants are left out, and nothing is sold in channels that there are not."""
        shirt = world.make_variant()
        assert set(world.shop.buyable([*GARBAGE, NOTHING, shirt.id])) == {shirt.id}
        assert world.shop.buyable([]) == {}
        if world.channels:
            assert world.shop.buyable([shirt.id], "elsewhere") == {}

    def test_hidden(self, world: Any) -> None:
        """A product that is not published is not sold."""
        shirt, coat = world.make_variant(), world.make_variant()
        world.hide(shirt)
        assert set(world.shop.buyable([shirt.id, coat.id])) == {coat.id}

    def test_for_sale(self, world: Any) -> None:
        """What is shown and not sold yet, has no price in the channel, or whose channel is off, is left out."""
        if world.in_memory or not world.channels:
            pytest.skip("Only 3.x has listings.")
        early, free, gone = (world.make_variant() for _ in range(3))
        listings = world.model("product.ProductChannelListing").objects
        from tests.saleorworld import key

        later = clock.now() + timedelta(hours=1)
        listings.filter(product_id=key("Product", early.product_id)).update(available_for_purchase_at=later)
        prices = world.model("product.ProductVariantChannelListing").objects
        prices.filter(variant_id=key("ProductVariant", free.id)).update(
            price_amount=None, discounted_price_amount=None
        )
        assert set(world.shop.buyable([early.id, free.id, gone.id])) == {gone.id}
        world.make_channel("other")
        assert world.shop.buyable([gone.id], "other") == {} == world.shop.buyable([gone.id])
        world.model("channel.Channel").objects.filter(slug="default").update(is_active=False)
        assert world.shop.buyable([gone.id], "default") == {}


class TestServing:
    """`serving`"""

    def test_countries(self, world: Any) -> None:
        """Those that ship there; without a country those that ship anywhere."""
        berlin = world.make_warehouse(country="DE", countries=["DE", "FR"])
        boston = world.make_warehouse(country="US", countries=["US"])
        world.make_variant()
        assert world.shop.serving(country="FR") == {berlin.id}
        assert world.shop.serving(country="JP") == frozenset()
        assert world.shop.serving() >= {berlin.id, boston.id}

    def test_channels(self, world: Any) -> None:
        """Only the channel's own warehouses; none in channels that there are not."""
        if not world.channels:
            pytest.skip("No channels there.")
        home, away = world.make_warehouse(), world.make_warehouse(channels=["other"])
        world.make_variant()
        found = world.shop.serving("default", "US")
        assert home.id in found
        assert away.id not in found
        assert world.shop.serving("elsewhere") == frozenset()

    def test_points(self, world: Any) -> None:
        """A point of collection serves where no country is named, and no country by itself."""
        if not world.channels:
            pytest.skip("No points of collection there.")
        point = world.make_warehouse(pickup=True, countries=[])
        world.make_variant()
        assert point.id in world.shop.serving("default")
        assert point.id not in world.shop.serving("default", "US")


class TestAccountEmail:
    """`account_email`"""

    def test_known(self, world: Any) -> None:
        """Of customers and of staff; not of apps, strangers and the switched-off."""
        ada, _ = world.make_asker(AskerKind.CUSTOMER)
        bob, _ = world.make_asker(AskerKind.STAFF)
        app, _ = world.make_asker(AskerKind.APP)
        assert "@" in world.shop.account_email(ada.id)
        assert "@" in world.shop.account_email(bob.id)
        assert world.shop.account_email(app.id) == ""
        assert [world.shop.account_email(key) for key in GARBAGE] == [""] * len(GARBAGE)
        world.switch_off(bob)
        assert world.shop.account_email(bob.id) == ""

    def test_unproven(self, world: Any) -> None:
        """Not of an account whose address nobody has proven."""
        ada, _ = world.make_asker(AskerKind.CUSTOMER)
        world.doubt(ada.id)
        assert world.shop.account_email(ada.id) == ""
