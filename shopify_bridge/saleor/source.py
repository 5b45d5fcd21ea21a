"""A Saleor shop as the bridge reads it, whatever its generation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, partial
from typing import Any

from saleor_plugins.kernel.errors import Invalid

from ..domain.model import Collection, Order, Person, Place, Product, Units
from ..domain.policy import Policy
from .attributes import Attribute, metafield_key, type_of, wanted
from .client import SaleorClient, document
from .dialect import Dialect, Terms, choose
from .errors import SaleorRefused
from .lookups import Lookups
from .normal import address_of
from .orders import order_of
from .pages import LARGEST, Pages, ahead
from .products import Elsewhere, Shelf, units_of

Node = Mapping[str, Any]


@dataclass(frozen=True)
class ShopInfo:
    """What the shop is; `currency` is that of the mirrored channel, `channels` has the terms of all."""

    name: str
    currency: str
    prices_with_tax: bool
    warehouses: tuple[Place, ...]
    channels: Mapping[str, Terms]


class Source:
    """Reads one channel of one Saleor into the normal form, as `policy` wants it."""

    def __init__(
        self,
        client: SaleorClient,
        channel: str = "",
        dialect: Dialect | None = None,
        *,
        policy: Policy | None = None,
    ):
        self.client, self.policy = client, policy or Policy()
        self.dialect = dialect or choose(client)
        self.channel = self.dialect.channel(channel)
        self.languages = {_language(code): code for code in sorted(self.policy.locales)}
        self.info = self._shop()

    def _run(self, name: str, **variables: Any) -> dict[str, Any]:
        text = document(self.dialect.name, name, tuple(self.languages))
        extra = self.dialect.variables(self.channel, self.policy.barcode)
        asked = {key: value for key, value in extra.items() if f"${key}:" in text}
        return self.client.run(text, **variables, **asked)

    def _shop(self) -> ShopInfo:
        nodes: list[Node] = []
        after = None
        while True:
            data = self._run("Shop", after=after)
            nodes += [edge["node"] for edge in data["warehouses"]["edges"]]
            after = data["warehouses"]["pageInfo"]["endCursor"]
            if not data["warehouses"]["pageInfo"]["hasNextPage"]:
                break
        only = self.dialect.warehouses(data, self.channel)
        places = tuple(
            Place(node["id"], node["name"], node["address"]["country"]["code"])
            for node in nodes
            if only is None or node["id"] in only
        )
        terms = self.dialect.terms(data)
        ours = terms[self.channel]
        return ShopInfo(data["shop"]["name"], ours.currency, ours.with_tax, places, terms)

    def products(self, progress: Callable[[int, int | None], None] | None = None) -> Iterator[Product]:
        """Every product of the channel, published or not. The next page is read while one is worked on."""
        done = 0
        for connection, elsewhere in ahead(self._filled(self._pages("Products", "products"))):
            yield from (self._shelf.product(edge["node"], elsewhere) for edge in connection["edges"])
            done += len(connection["edges"])
            if progress:
                progress(done, connection.get("totalCount"))

    def product(self, key: str) -> Product | None:
        """One product, or None where the channel does not have it."""
        node = self.dialect.product(self._run, key)
        return self._shelf.product(node, self._elsewhere([key])) if node else None

    def exists(self, key: str) -> bool:
        """Whether the channel still has a product: asked before its mirror is archived."""
        return self._run("Gone", id=key)["product"] is not None

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """The products whose own record was changed at `moment` or later, the latest first.

        Saleor does not count stock, prices, translations and publication, nor 2.10 variants: its webhooks and
        a reading of everything tell of those.
        """
        for connection in self._pages("ChangedProducts", "products", size=LARGEST):
            for edge in connection["edges"]:
                changed = edge["node"]["updatedAt"]
                if changed and datetime.fromisoformat(changed) < moment:
                    return
                yield edge["node"]["id"]

    def collections(self) -> Iterator[Collection]:
        """The channel's collections, and all categories, which every channel shows; as the policy wants."""
        if self.policy.collections:
            for node in self._nodes("Collections", "collections"):
                yield self._shelf.collection(node, self.dialect.shown(node))
        if self.policy.categories:
            everywhere = tuple(sorted(self.info.channels))
            for node in self._nodes("Categories", "categories"):
                yield self._shelf.collection(node, everywhere)

    def attributes(self) -> Iterator[Attribute]:
        """The attributes that the policy wants as metafields, and Saleor shows to shoppers."""
        for node in self._nodes("Attributes", "attributes"):
            if node["visibleInStorefront"] and wanted(
                node["slug"], self.policy.attributes, self.policy.barcode
            ):
                yield Attribute(metafield_key(node["slug"]), type_of(node), node["name"] or node["slug"])

    def stock(self, variant_keys: Sequence[str]) -> dict[str, dict[str, Units]]:
        """Units by variant and warehouse. A variant that Saleor does not show is missing.

        2.10 does not show apps the variants of unpublished products one by one: they come with `products`.
        """
        found: dict[str, dict[str, Units]] = {}
        for start in range(0, len(variant_keys), LARGEST):
            keys = list(variant_keys[start : start + LARGEST])
            connection = self._run("Stock", ids=keys, first=LARGEST)["productVariants"]
            found |= {edge["node"]["id"]: units_of(edge["node"]) for edge in connection["edges"]}
        return found

    def set_stock(self, variant: str, warehouse: str, quantity: int) -> None:
        """Set all units of a stock, claimed ones included; it is made where there is none.

        The same again changes nothing. Raises SaleorRefused, or SaleorUnreachable when it is not known
        whether it was done.
        """
        if quantity < 0:
            raise SaleorRefused("A stock is not negative.", field="quantity")
        stocks = [{"warehouse": warehouse, "quantity": quantity}]
        answer = self._run("SetStock", variant=variant, stocks=stocks)["productVariantStocksUpdate"]
        if errors := answer["bulkStockErrors"]:
            raise SaleorRefused(f"Saleor does not set the stock: {errors[0]['message']}", field="quantity")

    def orders(self, since: date | None) -> Iterator[Order]:
        """Orders made on `since` (a day in UTC) or later, oldest first."""
        # Saleor takes the day for one in the shop's own zone, so a day more is asked for.
        asked = (since - timedelta(days=1)).isoformat() if since else None
        for node in self._nodes("Orders", "orders", since=asked):
            order = order_of(node, self.dialect)
            if since is None or order.created.astimezone(UTC).date() >= since:
                yield order

    def order(self, key: str) -> Order | None:
        """One order."""
        node = self._run("Order", id=key)["order"]
        return order_of(node, self.dialect) if node else None

    def person(self, key: str) -> Person:
        """Who an order is for; not to be stored."""
        node = self._run("Person", id=key)["order"]
        return Person(
            node["userEmail"] or "",
            node["customerNote"] or "",
            address_of(node["shippingAddress"]),
            address_of(node["billingAddress"]),
        )

    def _pages(self, name: str, field: str, size: int = 0, **variables: Any) -> Iterator[Node]:
        def ask(first: int, after: str | None) -> Node:
            return self._run(name, first=first, after=after, **variables)[field]

        return iter(Pages(ask, size))

    def _nodes(self, name: str, field: str, size: int = 0, **variables: Any) -> Iterator[Node]:
        for connection in ahead(self._pages(name, field, size, **variables)):
            yield from (edge["node"] for edge in connection["edges"])

    def _filled(self, pages: Iterator[Node]) -> Iterator[tuple[Node, Elsewhere]]:
        for connection in pages:
            nodes = [edge["node"] for edge in connection["edges"]]
            self.dialect.fill(self.client, nodes)
            yield connection, self._elsewhere([node["id"] for node in nodes])

    def _elsewhere(self, keys: list[str]) -> Elsewhere:
        """The prices of these products in the other channels that have a price list."""
        channels = self.policy.price_lists.keys() & self.info.channels.keys() - {self.channel}
        found: dict[str, dict[str, Node]] = {}
        for channel in sorted(channels) if keys else ():
            data = self._run("ChannelPrices", ids=keys, first=len(keys), other=channel)
            found[channel] = {
                variant["id"]: variant["pricing"]
                for edge in data["products"]["edges"]
                for variant in edge["node"]["variants"] or []
            }
        return found

    @cached_property
    def _shelf(self) -> Shelf:
        return Shelf(
            self.dialect,
            self.channel,
            self.info.channels,
            self.policy,
            self.languages,
            Lookups(partial(self._nodes, size=LARGEST), self.dialect.name),
        )


def _language(code: str) -> str:
    """Saleor's name of a language; it becomes part of a document."""
    if not re.fullmatch(r"[A-Z]{2,3}(_[A-Z0-9]+)*", name := code.upper().replace("-", "_")):
        raise Invalid(f"{code} is no language code of Saleor.", field=f"locales.{code}")
    return name
