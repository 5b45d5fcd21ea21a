"""`port.Catalogue`: metadata of variants."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from saleor_plugins.kernel.errors import NotFound
from saleor_plugins.kernel.ids import from_global, to_global

NO_VARIANT = [
    "",
    "x",
    to_global("Product", 1),
    to_global("ProductVariant", 10**20),
    to_global("ProductVariant", 2_000_000_000),
]


class TestVariantMetadata:
    """`variant_metadata`, `set_variant_metadata`"""

    def test_named_only(self, world: Any) -> None:
        """Only the named keys of that variant change; None removes one."""
        row = world.make_variant(metadata={"mine": "x", "old": "y", "gone": "z"}, product_metadata={"p": "1"})
        other = world.make_variant(sibling_of=row, metadata={"mine": "x"})
        assert world.shop.set_variant_metadata(row.id, {"old": "new", "gone": None, "more": "1"})
        assert world.shop.variant_metadata([row.id, other.id, "x"]) == {
            row.id: {"mine": "x", "old": "new", "more": "1"},
            other.id: {"mine": "x"},
        }
        assert dict(world.shop.products_of([row.product_id])[0].metadata) == {"p": "1"}

    def test_one_query(self, world: Any) -> None:
        """They are read in one query, however many."""
        if world.in_memory:
            pytest.skip("Memory has no queries.")
        from tests.contract.test_queries import queries

        ids = [world.make_variant(metadata={"n": str(n)}).id for n in range(5)]
        with queries() as asked:
            assert len(world.shop.variant_metadata(ids)) == 5
        assert len(asked) == 1

    def test_right_already(self, world: Any) -> None:
        """What is right already is not written."""
        row = world.make_variant(metadata={"mine": "x"})
        assert not world.shop.set_variant_metadata(row.id, {"mine": "x", "absent": None})
        assert not world.shop.set_variant_metadata(row.id, {})
        if not world.in_memory:
            from tests.contract.test_queries import queries

            with queries() as asked:
                world.shop.set_variant_metadata(row.id, {"mine": "x"})
            assert not any(entry["sql"].startswith("UPDATE") for entry in asked.captured_queries)

    def test_changed_date(self, world: Any) -> None:
        """3.x: the variant's `updated_at` moves with a change, and only then."""
        if world.in_memory or not world.channels:
            pytest.skip("Only 3.x keeps that date.")
        row = world.make_variant()
        key = from_global(row.id, "ProductVariant")
        dates = world.model("product.ProductVariant").objects.filter(pk=key)
        before = dates.values_list("updated_at", flat=True).get()
        world.shop.set_variant_metadata(row.id, {"a": None})
        assert dates.values_list("updated_at", flat=True).get() == before
        world.shop.set_variant_metadata(row.id, {"a": "1"})
        assert dates.values_list("updated_at", flat=True).get() > before

    def test_null(self, world: Any) -> None:
        """2.10 stores NULL for none: it is written like an empty one."""
        if world.in_memory or world.channels:
            pytest.skip("Only 2.10 stores NULL.")
        row = world.make_variant()
        world.model("product.ProductVariant").objects.filter(sku=row.sku).update(metadata=None)
        assert world.shop.variant_metadata([row.id]) == {row.id: {}}
        assert not world.shop.set_variant_metadata(row.id, {"a": None})
        assert world.shop.set_variant_metadata(row.id, {"a": "1"})
        assert world.shop.variant_metadata([row.id]) == {row.id: {"a": "1"}}

    @pytest.mark.parametrize("key", NO_VARIANT)
    def test_unknown(self, world: Any, key: str) -> None:
        """NotFound (field ``variantId``); reading leaves unknown ones out."""
        assert world.shop.variant_metadata([key]) == {}
        with pytest.raises(NotFound) as caught:
            world.shop.set_variant_metadata(key, {"a": "1"})
        assert caught.value.field == "variantId"

    def test_two_writers(self, committed: Any) -> None:
        """Two who write different keys at once lose nothing of each other."""
        row = committed.make_variant()
        gate = threading.Barrier(6)

        def write(name: str) -> None:
            gate.wait()
            committed.shop.set_variant_metadata(row.id, {name: "1"})
            if not committed.in_memory:
                from django.db import connection

                connection.close()

        threads = [threading.Thread(target=write, args=(f"k{n}",)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert committed.shop.variant_metadata([row.id]) == {row.id: {f"k{n}": "1" for n in range(6)}}
