"""Categories, products and customers' groups of the in-memory shop."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from ...kernel import clock
from ...kernel.errors import Invalid, NotFound
from ...kernel.ids import from_global
from ..groups import groups_in
from ..metadata import with_values
from ..port import Price, Product
from ..sorting import by_id
from .state import InMemory, found


class CatalogueInMemory(InMemory):
    """`port.Catalogue`."""

    def currencies(self) -> dict[str, str]:
        return {"default": "USD"}

    def prices(self, variant_ids: Collection[str]) -> dict[str, dict[str, Price]]:
        with self._lock:
            known = [key for key in variant_ids if key in self.state.facts]
            return {key: {"default": Price(self.state.facts[key].price, "USD")} for key in known}

    def lineage(self, category_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        with self._lock:
            return {key: self._way(key) for key in category_ids if key in self.state.categories}

    def _way(self, key: str) -> tuple[str, ...]:
        parent = self.state.categories[key]
        return (*self._way(parent), key) if parent else (key,)

    def customer_groups(self, user_id: str) -> frozenset[str]:
        return self.groups_of_customers([user_id]).get(user_id, frozenset())

    def groups_of_customers(self, user_ids: Collection[str]) -> dict[str, frozenset[str]]:
        with self._lock:
            known = {asker.id for asker in self.state.askers.values()} & set(user_ids)
            named = {key: groups_in(self.state.user_metadata.get(key or "", {})) for key in known}
        return {key: groups for key, groups in named.items() if key and groups}

    def products(
        self, *, after: str | None = None, limit: int = 500, changed_since: datetime | None = None
    ) -> list[Product]:
        last = None if after is None else _position(after)
        rows = sorted(self._changed(changed_since), key=lambda row: by_id(row.id))
        return [row for row in rows if last is None or by_id(row.id) > last][:limit]

    def count_products(self, *, changed_since: datetime | None = None) -> int:
        return len(self._changed(changed_since))

    def _changed(self, since: datetime | None) -> list[Product]:
        with self._lock:
            rows, at = list(self.state.products.values()), self.state.products_changed
            return [row for row in rows if since is None or at[row.id] >= since]

    def products_of(self, ids: Collection[str]) -> list[Product]:
        with self._lock:
            rows = [self.state.products[key] for key in set(ids) if key in self.state.products]
        return sorted(rows, key=lambda row: by_id(row.id))

    def set_product_metadata(self, product_id: str, values: Mapping[str, str | None]) -> bool:
        with self._lock:
            row: Product = found(self.state.products, product_id, "productId")
            now = with_values(row.metadata, values)
            if now == row.metadata:
                return False
            self._save_product(replace(row, metadata=now))
            return True

    def variant_metadata(self, ids: Collection[str]) -> dict[str, Mapping[str, str]]:
        with self._lock:
            kept = self.state.variant_metadata
            return {key: dict(kept[key]) for key in set(ids) if key in self.state.variants}

    def set_variant_metadata(self, variant_id: str, values: Mapping[str, str | None]) -> bool:
        with self._lock:
            found(self.state.variants, variant_id, "variantId")
            before, facts = self.state.variant_metadata[variant_id], self.state.facts[variant_id]
            now = with_values(before, values)
            inherited = {name: value for name, value in facts.metadata.items() if name not in before}
            self.state.variant_metadata[variant_id] = now
            self.state.facts[variant_id] = replace(facts, metadata=inherited | now)
            return now != before

    def _save_product(self, row: Product) -> None:
        self.state.products[row.id] = row
        self.state.products_changed[row.id] = clock.now()


def _position(after: str) -> tuple[str, int, str]:
    try:
        from_global(after, "Product")
    except Invalid:
        raise NotFound("No such object.", field="after") from None
    return by_id(after)
