"""What the shop sells, as far as rules and storefronts need it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Product:
    """A product. `metadata` is its own public one, `type_metadata` that of its type."""

    id: str
    name: str
    product_type_id: str
    category_id: str | None = None
    requires_shipping: bool = True
    metadata: Mapping[str, str] = field(default_factory=dict)
    type_metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Price:
    """What a unit is listed for: `amount` in minor units, as the merchant typed it, before discounts."""

    amount: int
    currency: str


class Catalogue(Protocol):
    """Categories and products, and the groups that merchants sort their customers into."""

    def currencies(self) -> dict[str, str]:
        """The currency of each active channel, by its name; the shop's under "" without channels."""

    def prices(self, variant_ids: Collection[str]) -> dict[str, dict[str, Price]]:
        """Each variant's prices by channel, the one price under "" without channels; in one query.

        Channels that are switched off or list it without a price are left out, and variants that have none.
        """

    def lineage(self, category_ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """Each category's ids from its root down to itself, in one query; unknown ones are left out."""

    def customer_groups(self, user_id: str) -> frozenset[str]:
        """The groups of a customer: names between commas in their public metadata ``customer_groups``.

        ``customer_group`` counts too. None for guests (""), unknown and switched-off users.
        """

    def groups_of_customers(self, user_ids: Collection[str]) -> dict[str, frozenset[str]]:
        """`customer_groups` of several, in one query; those without any are left out."""

    def products(
        self, *, after: str | None = None, limit: int = 500, changed_since: datetime | None = None
    ) -> list[Product]:
        """All products in id order, in pages: `after` is the last product's id, which may be gone by now.

        With `changed_since` only those that the shop has marked as changed since: new and edited ones. Raises
        NotFound (field ``after``) for what is no product's id.
        """

    def count_products(self, *, changed_since: datetime | None = None) -> int:
        """How many products `products` walks over."""

    def products_of(self, ids: Collection[str]) -> list[Product]:
        """Those of the products that exist, sorted by id."""

    def set_product_metadata(self, product_id: str, values: Mapping[str, str | None]) -> bool:
        """Set public metadata of a product under its row's lock, None removes a key; others stay.

        Answers whether anything changed: what is right already is not written. Raises NotFound
        (``productId``).
        """

    def variant_metadata(self, ids: Collection[str]) -> dict[str, Mapping[str, str]]:
        """The public metadata of those of the variants that exist, in one query."""

    def set_variant_metadata(self, variant_id: str, values: Mapping[str, str | None]) -> bool:
        """`set_product_metadata` of a variant. Raises NotFound (``variantId``)."""
