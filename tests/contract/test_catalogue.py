"""`port.Catalogue`."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import AskerKind, Price

NO_PRODUCT = [
    "",
    "x",
    to_global("Order", 1),
    to_global("Product", 10**20),
    to_global("Product", 2_000_000_000),
]


def product(world: Any, **options: Any) -> Any:
    """A product of one variant."""
    return world.shop.products_of([world.make_variant(**options).product_id])[0]


class TestLineage:
    """`lineage`"""

    def test_down(self, world: Any) -> None:
        """From the root down to each category itself; roots stand alone."""
        root, other = world.make_category(), world.make_category()
        middle = world.make_category(parent=root)
        leaf, twin = (world.make_category(parent=middle) for _ in range(2))
        found = world.shop.lineage([leaf, root, twin, other])
        assert found == {
            leaf: (root, middle, leaf),
            twin: (root, middle, twin),
            root: (root,),
            other: (other,),
        }

    def test_unknown(self, world: Any) -> None:
        """Unknown categories and what is no category are left out; none answers none."""
        root = world.make_category()
        assert world.shop.lineage([root, root, "x", "", to_global("Category", 2_000_000_000)]) == {
            root: (root,)
        }
        assert world.shop.lineage([]) == {}

    def test_one_query(self, world: Any) -> None:
        """One query, however deep and however many."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        keys = [world.make_category()]
        for _ in range(12):
            keys.append(world.make_category(parent=keys[-1]))
        from tests.contract.test_queries import queries

        with queries() as asked:
            found = world.shop.lineage(keys)
        assert len(asked) == 1
        assert found[keys[-1]] == tuple(keys)


class TestCurrencies:
    """`currencies`"""

    def test_by_channel(self, world: Any) -> None:
        """Of each active channel; under "" where there are none."""
        if world.channels:
            world.make_channel()
        assert world.shop.currencies() == ({"default": "USD"} if world.channels else {"": "USD"})

    def test_closed(self, world: Any) -> None:
        """Channels that were switched off are left out."""
        if world.in_memory or not world.channels:
            pytest.skip("Only 3.x has channels to switch off.")
        world.make_channel()
        world.make_channel("old")
        world.model("channel.Channel").objects.filter(slug="old").update(is_active=False, currency_code="EUR")
        assert world.shop.currencies() == {"default": "USD"}
        world.model("channel.Channel").objects.update(is_active=True)
        assert world.shop.currencies() == {"default": "USD", "old": "EUR"}


class TestPrices:
    """`prices`"""

    def test_listed(self, world: Any) -> None:
        """What a unit is listed for in each channel, a variant's own price before its product's."""
        house = world.make_warehouse()
        first = world.make_variant(price=1999, stock={house: 1})
        second = world.make_variant(price=500, sibling_of=first)
        channel = "default" if world.channels else ""
        assert world.shop.prices([first.id, second.id, first.id]) == {
            first.id: {channel: Price(1999, "USD")},
            second.id: {channel: Price(500, "USD")},
        }

    def test_unknown(self, world: Any) -> None:
        """Unknown variants are left out; none answers none."""
        assert world.shop.prices(["", "x", to_global("ProductVariant", 2_000_000_000)]) == {}
        assert world.shop.prices([]) == {}

    def test_closed(self, world: Any) -> None:
        """Channels that are switched off, or that list it without a price, are left out."""
        if world.in_memory or not world.channels:
            pytest.skip("Only 3.x has channels to switch off.")
        variant = world.make_variant(price=1999)
        listings = world.model("product.ProductVariantChannelListing").objects
        pk = listings.get(price_amount="19.99").pk
        other = world.make_channel("other")
        listings.create(variant_id=listings.get(pk=pk).variant_id, channel=other, currency="USD")
        assert world.shop.prices([variant.id]) == {variant.id: {"default": Price(1999, "USD")}}
        world.model("channel.Channel").objects.filter(slug="default").update(is_active=False)
        assert world.shop.prices([variant.id]) == {}


class TestCustomerGroups:
    """`customer_groups`, `groups_of_customers`"""

    @pytest.mark.parametrize(
        ("metadata", "groups"),
        [
            ({}, set()),
            ({"customer_group": "vip"}, {"vip"}),
            ({"customer_groups": " vip , trade,,vip"}, {"vip", "trade"}),
            ({"customer_groups": "vip", "customer_group": "trade", "other": "x"}, {"vip", "trade"}),
            ({"customer_groups": " , "}, set()),
        ],
    )
    def test_named(self, world: Any, metadata: dict[str, str], groups: set[str]) -> None:
        """Names between commas, spaces around them do not count."""
        asker, _ = world.make_asker(AskerKind.CUSTOMER)
        world.set_user_metadata(asker.id, metadata)
        assert world.shop.customer_groups(asker.id) == groups

    def test_several(self, world: Any) -> None:
        """Several at once; those without a group are left out."""
        first, second, third = (world.make_asker(AskerKind.CUSTOMER)[0] for _ in range(3))
        world.set_user_metadata(first.id, {"customer_groups": "vip,trade"})
        world.set_user_metadata(second.id, {"customer_groups": " "})
        found = world.shop.groups_of_customers([first.id, second.id, third.id, "", "x"])
        assert found == {first.id: {"vip", "trade"}}

    def test_nobody(self, world: Any) -> None:
        """Guests, unknown and switched-off users have none."""
        asker, _ = world.make_asker(AskerKind.CUSTOMER)
        world.set_user_metadata(asker.id, {"customer_groups": "vip"})
        world.switch_off(asker)
        for key in ("", "x", asker.id, to_global("User", 2_000_000_000)):
            assert world.shop.customer_groups(key) == frozenset()


class TestProducts:
    """`products`, `products_of`, `count_products`"""

    def test_pages(self, world: Any) -> None:
        """Every product once, in id order, page by page; each with its type, category and metadata."""
        category = world.make_category()
        made = [
            product(world, category=category, product_metadata={"a": "1"}, type_metadata={"b": "2"}),
            *(product(world) for _ in range(4)),
        ]
        before = [row.id for row in world.shop.products() if row not in made]
        found: list[Any] = []
        while page := world.shop.products(after=found[-1].id if found else None, limit=2):
            assert len(page) <= 2
            found += page
        assert [row for row in found if row.id not in before] == made
        first = made[0]
        assert (first.category_id, dict(first.metadata), dict(first.type_metadata)) == (
            category,
            {"a": "1"},
            {"b": "2"},
        )
        assert made[1].category_id is None
        digital = product(world, requires_shipping=False)
        assert [row.requires_shipping for row in (first, digital)] == [True, False]

    def test_after_a_deleted_one(self, world: Any) -> None:
        """The walk goes on from a product that was deleted meanwhile."""
        first, second, third = (product(world) for _ in range(3))
        world.delete_product(second.id)
        assert [row.id for row in world.shop.products(after=second.id)] == [third.id]
        assert world.shop.products_of([first.id, second.id, "x", first.id]) == [first]

    def test_changed_since(self, world: Any) -> None:
        """New, moved and edited products since an instant; `count_products` counts the same."""
        _, moved, edited = (product(world) for _ in range(3))
        since = clock.now()
        assert world.shop.products(changed_since=since) == []
        whole = world.shop.count_products()
        new = product(world)
        world.move_product(moved.id, world.make_category())
        world.shop.set_product_metadata(edited.id, {"a": "1"})
        found = [row.id for row in world.shop.products(changed_since=since)]
        assert found == [moved.id, edited.id, new.id]
        assert [row.id for row in world.shop.products(changed_since=since, after=moved.id, limit=1)] == [
            edited.id
        ]
        assert world.shop.count_products(changed_since=since) == 3
        assert world.shop.count_products() == whole + 1

    @pytest.mark.parametrize("after", NO_PRODUCT[:3])
    def test_no_product(self, world: Any, after: str) -> None:
        """NotFound (field ``after``) for what is no product's id."""
        with pytest.raises(NotFound) as caught:
            world.shop.products(after=after)
        assert caught.value.field == "after"


class TestSetProductMetadata:
    """`set_product_metadata`"""

    def test_named_only(self, world: Any) -> None:
        """Only the named keys change; None removes one."""
        row = product(world, product_metadata={"mine": "x", "old": "y", "gone": "z"})
        assert world.shop.set_product_metadata(row.id, {"old": "new", "gone": None, "more": "1"})
        now = world.shop.products_of([row.id])[0]
        assert dict(now.metadata) == {"mine": "x", "old": "new", "more": "1"}

    def test_right_already(self, world: Any) -> None:
        """What is right already is not written."""
        row = product(world, product_metadata={"mine": "x"})
        assert not world.shop.set_product_metadata(row.id, {"mine": "x", "absent": None})
        assert not world.shop.set_product_metadata(row.id, {})
        if not world.in_memory:
            from tests.contract.test_queries import queries

            with queries() as asked:
                world.shop.set_product_metadata(row.id, {"mine": "x"})
            assert not any(entry["sql"].startswith("UPDATE") for entry in asked.captured_queries)

    def test_changed_date(self, world: Any) -> None:
        """Saleor's `updated_at` moves with a change, and only then."""
        if world.in_memory:
            pytest.skip("Memory keeps no dates.")
        row = product(world)
        dates = (
            world.model("product.Product").objects.filter(name=row.name).values_list("updated_at", flat=True)
        )
        before = dates.get()
        world.shop.set_product_metadata(row.id, {"a": None})
        assert dates.get() == before
        world.shop.set_product_metadata(row.id, {"a": "1"})
        assert dates.get() > before

    def test_null(self, world: Any) -> None:
        """2.10 stores NULL for none: it is written like an empty one."""
        if world.in_memory or world.channels:
            pytest.skip("Only 2.10 stores NULL.")
        row = product(world)
        world.model("product.Product").objects.filter(name=row.name).update(metadata=None)
        assert not world.shop.set_product_metadata(row.id, {"a": None})
        assert world.shop.set_product_metadata(row.id, {"a": "1"})
        assert dict(world.shop.products_of([row.id])[0].metadata) == {"a": "1"}

    @pytest.mark.parametrize("key", NO_PRODUCT)
    def test_unknown(self, world: Any, key: str) -> None:
        """NotFound (field ``productId``)."""
        with pytest.raises(NotFound) as caught:
            world.shop.set_product_metadata(key, {"a": "1"})
        assert caught.value.field == "productId"

    def test_two_writers(self, committed: Any) -> None:
        """Two who write different keys at once lose nothing of each other."""
        row = product(committed)
        gate = threading.Barrier(8)

        def write(name: str) -> None:
            gate.wait()
            committed.shop.set_product_metadata(row.id, {name: "1"})
            if not committed.in_memory:
                from django.db import connection

                connection.close()

        threads = [threading.Thread(target=write, args=(f"k{n}",)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        now = committed.shop.products_of([row.id])[0].metadata
        assert dict(now) == {f"k{n}": "1" for n in range(8)}
