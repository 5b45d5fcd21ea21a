"""A Saleor shop as the bridge reads it, whatever its generation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.model import Line, Order, Person, Place, Product, Variant
from ..domain.richtext import to_html
from .client import SaleorClient, document
from .dialect import Dialect, choose
from .normal import UnpricedError, address_of, grams_of, options_of, pictures_of, shipment_of, values_of

Node = Mapping[str, Any]
PAGE = 20


@dataclass(frozen=True)
class ShopInfo:
    """What the shop is; `currency` is that of the mirrored channel."""

    name: str
    currency: str
    prices_with_tax: bool
    warehouses: tuple[Place, ...]


class Source:
    """Reads one channel of one Saleor into the normal form."""

    def __init__(self, client: SaleorClient, channel: str = "", dialect: Dialect | None = None):
        self.client, self.channel = client, channel
        self.dialect = dialect or choose(client)
        self.info = self._shop()

    def _run(self, name: str, **variables: Any) -> dict[str, Any]:
        text = document(self.dialect.name, name)
        extra = self.dialect.variables(self.channel) if "$channel" in text else {}
        return self.client.run(text, **variables, **extra)

    def _shop(self) -> ShopInfo:
        nodes: list[Node] = []
        after = None
        while True:
            data = self._run("Shop", after=after)
            nodes += [edge["node"] for edge in data["warehouses"]["edges"]]
            after = data["warehouses"]["pageInfo"]["endCursor"]
            if not data["warehouses"]["pageInfo"]["hasNextPage"]:
                break
        currency, with_tax, only = self.dialect.shop(data, self.channel)
        places = tuple(
            Place(node["id"], node["name"], node["address"]["country"]["code"])
            for node in nodes
            if only is None or node["id"] in only
        )
        return ShopInfo(data["shop"]["name"], currency, with_tax, places)

    def products(self, progress: Callable[[int, int | None], None] | None = None) -> Iterator[Product]:
        """Every product of the channel, page by page."""
        done = 0
        for connection in self._pages("Products", "products"):
            for edge in connection["edges"]:
                yield self._product(edge["node"])
            done += len(connection["edges"])
            if progress:
                progress(done, connection.get("totalCount"))

    def orders(self, since: date | None) -> Iterator[Order]:
        """Orders made on `since` or later, oldest first."""
        for connection in self._pages("Orders", "orders", since=since.isoformat() if since else None):
            yield from (self._order(edge["node"]) for edge in connection["edges"])

    def order(self, key: str) -> Order | None:
        """One order."""
        node = self._run("Order", id=key)["order"]
        return self._order(node) if node else None

    def person(self, key: str) -> Person:
        """Who an order is for; not to be stored."""
        node = self._run("Person", id=key)["order"]
        return Person(
            node["userEmail"] or "",
            node["customerNote"] or "",
            address_of(node["shippingAddress"]),
            address_of(node["billingAddress"]),
        )

    def exists(self, key: str) -> bool:
        """Whether the channel still has a product: asked before its mirror is archived."""
        return self._run("Gone", id=key)["product"] is not None

    def _pages(self, name: str, field: str, **variables: Any) -> Iterator[Node]:
        after = None
        while True:
            connection = self._run(name, first=PAGE, after=after, **variables)[field]
            yield connection
            after = connection["pageInfo"]["endCursor"]
            if not connection["pageInfo"]["hasNextPage"]:
                return

    def _product(self, node: Node) -> Product:
        variants = node["variants"] or []
        options = options_of(variants)
        refused, made = "", []
        for variant, values in zip(variants, values_of(variants, options), strict=True):
            try:
                made.append(self._variant(variant, node, values))
            except UnpricedError:
                continue
            except ValueError as error:
                refused = f"a price of {variant['sku'] or variant['name']}: {error}"
        return Product(
            key=node["id"],
            title=node["name"],
            html=to_html(node["descriptionJson"]),
            handle=node["slug"],
            kind=node["productType"]["name"],
            status="ACTIVE" if self.dialect.published(node, self.channel) else "DRAFT",
            options=options,
            variants=tuple(made),
            pictures=pictures_of(node["images"] or []),
            seo_title=node["seoTitle"] or "",
            seo_description=node["seoDescription"] or "",
            refused=refused,
        )

    def _variant(self, node: Node, product: Node, values: tuple[str, ...]) -> Variant:
        prices = node["pricing"]
        if not prices or not prices["price"]:
            raise UnpricedError
        price, full = (
            self._entered(prices["price"]),
            self._entered(prices["priceUndiscounted"] or prices["price"]),
        )
        cost = self.dialect.cost(node, self.channel)
        weight = node["weight"] or product["weight"] or product["productType"]["weight"]
        return Variant(
            key=node["id"],
            sku=node["sku"] or "",
            price=price,
            compare_at=full if full > price else None,
            cost=self._minor(Decimal(cost["amount"]), round_it=True) if cost else None,
            grams=grams_of(weight),
            values=values,
            tracked=bool(node["trackInventory"]),
            ships=bool(product["productType"]["isShippingRequired"]),
            stock={
                stock["warehouse"]["id"]: stock["quantity"]
                - stock["quantityAllocated"]
                - stock.get("quantityReserved", 0)
                for stock in node["stocks"] or []
            },
        )

    def _entered(self, taxed: Node) -> int:
        """The price as the merchant entered it: with taxes or without."""
        part = taxed["gross"] if self.info.prices_with_tax else taxed["net"]
        # A percentage off can leave fractions of a cent; Saleor charges them rounded.
        return self._minor(Decimal(part["amount"]), round_it=True)

    def _minor(self, amount: Decimal, round_it: bool = False, currency: str = "") -> int:
        currency = currency or self.info.currency
        if round_it:
            amount = amount.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)
        return to_minor(amount, currency)

    def _order(self, node: Node) -> Order:
        currency = node["total"]["gross"]["currency"]

        def minor(amount: Decimal) -> int:
            return self._minor(Decimal(amount), round_it=True, currency=currency)

        off, off_name = self.dialect.discount(node)
        return Order(
            key=node["id"],
            number=node["number"] or "",
            status=node["status"],
            created=datetime.fromisoformat(node["created"]),
            currency=currency,
            lines=tuple(self._line(line, minor) for line in node["lines"]),
            shipping_net=minor(node["shippingPrice"]["net"]["amount"]),
            shipping_gross=minor(node["shippingPrice"]["gross"]["amount"]),
            shipping_name=node["shippingMethodName"] or "Shipping",
            discount=minor(off),
            discount_name=off_name,
            total_net=minor(node["total"]["net"]["amount"]),
            total_gross=minor(node["total"]["gross"]["amount"]),
            paid=minor(self.dialect.paid(node)),
            shipments=tuple(
                shipment_of(item) for item in node["fulfillments"] if item["status"] == "FULFILLED"
            ),
        )

    def _line(self, node: Node, minor: Callable[[Decimal], int]) -> Line:
        net, gross = self.dialect.line_total(node)
        return Line(
            key=node["id"],
            title=node["productName"],
            variant_title=node["variantName"] or "",
            sku=node["productSku"] or "",
            quantity=node["quantity"],
            net=minor(net),
            gross=minor(gross),
            variant_key=node["variant"]["id"] if node["variant"] else "",
            ships=node["isShippingRequired"],
        )
