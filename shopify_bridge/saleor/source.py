"""A Saleor shop as the bridge reads it, whatever its generation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol

from saleor_plugins.kernel.money import exponent, to_minor

from ..domain.diff import picture_key
from ..domain.model import (
    DEFAULT_OPTION,
    DEFAULT_VALUE,
    Line,
    Order,
    Person,
    Picture,
    Place,
    Product,
    Shipment,
    Variant,
)
from ..domain.richtext import to_html
from .client import SaleorClient, document
from .errors import SaleorDenied, SaleorError

Node = Mapping[str, Any]
PAGE = 20
_GRAMS = {"G": 1, "KG": 1000, "LB": Decimal("453.59237"), "OZ": Decimal("28.349523125"), "TONNE": 1_000_000}


@dataclass(frozen=True)
class ShopInfo:
    """What the shop is; `currency` is that of the mirrored channel."""

    name: str
    currency: str
    prices_with_tax: bool
    warehouses: tuple[Place, ...]


class Dialect(Protocol):
    """Where the generations of Saleor differ."""

    name: str

    def shop(self, data: Node, channel: str) -> tuple[str, bool, frozenset[str] | None]:
        """Currency, whether prices include taxes, and the channel's warehouses (None: all)."""

    def variables(self, channel: str) -> dict[str, Any]:
        """What its documents need besides."""

    def published(self, node: Node, channel: str) -> bool:
        """Whether shoppers see a product."""

    def cost(self, variant: Node, channel: str) -> Node | None:
        """The cost price of a variant."""

    def line_total(self, line: Node) -> tuple[Decimal, Decimal]:
        """Net and gross of a whole order line."""

    def discount(self, order: Node) -> tuple[Decimal, str]:
        """What was taken off the order after its lines, and its name."""

    def paid(self, order: Node) -> Decimal:
        """What was captured."""


def choose(client: SaleorClient) -> Dialect:
    """The dialect of the Saleor behind `client`, found by asking for its fields."""
    from .v2 import Saleor2
    from .v3 import Saleor3

    data = client.run(document("any", "Which"))
    fields = {field["name"] for field in data["__schema"]["queryType"]["fields"]}
    return Saleor3() if "channels" in fields else Saleor2()


def log_in(url: str, email: str, password: str, app_name: str = "Shopify bridge") -> str:
    """An app token, made with a staff member's log-in; needs MANAGE_APPS. The log-in is not kept."""
    client = SaleorClient(url)
    token = client.run(document("any", "Login"), email=email, password=password)["tokenCreate"]["token"]
    if not token:
        raise SaleorDenied("Saleor does not know this e-mail and password.", field="saleorEmail")
    dialect = choose(client)
    # 2.10 knows staff by the prefix JWT, 3.x by either; app tokens are Bearer in both.
    staff = SaleorClient(url, token, scheme="JWT")
    made = staff.run(document(dialect.name, "App"), name=app_name)["appCreate"]
    if made["appErrors"] or not made["authToken"]:
        raise SaleorError(f"Saleor made no app: {made['appErrors'][:1]}")
    return made["authToken"]


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
            _address(node["shippingAddress"]),
            _address(node["billingAddress"]),
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
        options = _options(variants)
        refused, made = "", []
        for variant, values in zip(variants, _values(variants, options), strict=True):
            try:
                made.append(self._variant(variant, node, values))
            except _Unpriced:
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
            pictures=_pictures(node["images"] or []),
            seo_title=node["seoTitle"] or "",
            seo_description=node["seoDescription"] or "",
            refused=refused,
        )

    def _variant(self, node: Node, product: Node, values: tuple[str, ...]) -> Variant:
        prices = node["pricing"]
        if not prices or not prices["price"]:
            raise _Unpriced
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
            grams=_grams(weight),
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
                _shipment(item) for item in node["fulfillments"] if item["status"] == "FULFILLED"
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


class _Unpriced(Exception):
    """A variant that the channel does not sell."""


def _options(variants: list[Node]) -> tuple[str, ...]:
    """The options of a product: the attributes its variants are chosen by.

    Without attributes, or where they do not tell the variants apart, the variant's name does.
    """
    names = dict.fromkeys(
        item["attribute"]["name"] for variant in variants for item in variant["attributes"] if item["values"]
    )
    if names and len({_chosen(variant, tuple(names)) for variant in variants}) == len(variants):
        return tuple(names)
    return (DEFAULT_OPTION,) if len(variants) <= 1 else ("Variant",)


def _chosen(variant: Node, options: tuple[str, ...]) -> tuple[str, ...]:
    values = {
        item["attribute"]["name"]: ", ".join(value["name"] or "" for value in item["values"])
        for item in variant["attributes"]
    }
    return tuple(values.get(option) or "–" for option in options)


def _values(variants: list[Node], options: tuple[str, ...]) -> list[tuple[str, ...]]:
    if options == (DEFAULT_OPTION,):
        return [(DEFAULT_VALUE,) for _ in variants]
    if options != ("Variant",):
        return [_chosen(variant, options) for variant in variants]
    names = [variant["name"] or variant["sku"] or variant["id"] for variant in variants]
    return [
        (name if names.count(name) == 1 else variant["sku"] or variant["id"],)
        for name, variant in zip(names, variants, strict=True)
    ]


def _pictures(nodes: list[Node]) -> tuple[Picture, ...]:
    ordered = sorted(nodes, key=lambda node: node["sortOrder"] or 0)
    images = {picture_key(n["id"]): n for n in ordered if n.get("type", "IMAGE") == "IMAGE"}
    return tuple(Picture(key=key, url=node["url"], alt=node["alt"] or "") for key, node in images.items())


def _grams(weight: Node | None) -> int | None:
    if not weight or not weight["value"]:
        return None
    return int((Decimal(weight["value"]) * _GRAMS[weight["unit"].upper()]).to_integral_value()) or None


def _shipment(node: Node) -> Shipment:
    lines: dict[str, int] = {}
    for line in node["lines"] or []:
        if line["orderLine"]:
            key = line["orderLine"]["id"]
            lines[key] = lines.get(key, 0) + line["quantity"]
    return Shipment(
        node["id"], lines, node["trackingNumber"] or "", node["warehouse"]["id"] if node["warehouse"] else ""
    )


def _address(node: Node | None) -> dict[str, str] | None:
    if not node:
        return None
    return {
        "firstName": node["firstName"],
        "lastName": node["lastName"],
        "company": node["companyName"],
        "address1": node["streetAddress1"],
        "address2": node["streetAddress2"],
        "city": node["city"],
        "zip": node["postalCode"],
        "area": node["countryArea"],
        "countryCode": node["country"]["code"],
        "phone": node["phone"] or "",
    }
