"""Where the generations of Saleor differ, and finding out which one it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from .client import SaleorClient, document
from .errors import SaleorDenied, SaleorError

Node = Mapping[str, Any]
Run = Callable[..., dict[str, Any]]


PERMISSIONS = ("MANAGE_ORDERS", "MANAGE_PRODUCTS", "MANAGE_SHIPPING")
# Without these, 2.10 lets its webhooks be made but not mended, and 3.x does not tell of translations.
WISHED: Mapping[str, tuple[str, ...]] = {"v2": ("MANAGE_WEBHOOKS",), "v3": ("MANAGE_TRANSLATIONS",)}
# What the one shop of a Saleor without channels is called where a channel has to be named.
ONLY_CHANNEL = "default"


@dataclass(frozen=True)
class Terms:
    """How a channel sells: its currency, whether prices are entered with taxes, whether taxes are charged."""

    currency: str
    with_tax: bool
    taxed: bool = True


class Dialect(Protocol):
    """Where the generations of Saleor differ."""

    name: str

    def channel(self, given: str) -> str:
        """The name of the mirrored channel."""

    def terms(self, data: Node) -> dict[str, Terms]:
        """The terms of every channel."""

    def warehouses(self, data: Node, channel: str) -> frozenset[str] | None:
        """The channel's warehouses (None: all)."""

    def variables(self, channel: str, barcode: str) -> dict[str, Any]:
        """What its documents need besides, if they name it."""

    def product(self, run: Run, key: str) -> dict[str, Any] | None:
        """A product by id; `run` runs a document by its name."""

    def fill(self, client: SaleorClient, nodes: list[dict[str, Any]]) -> None:
        """Add to products of a list what lists do not tell."""

    def shown(self, node: Node) -> tuple[str, ...]:
        """The channels in which shoppers see a product or a collection, sorted."""

    def listed(self, node: Node, channel: str) -> bool:
        """Whether a product's collection belongs to a channel."""

    def metadata(self, node: Node, key: str) -> str:
        """A value of the metadata of a product or variant, or ""; `key` is what `variables` was given."""

    def taxable(self, product: Node, taxed: bool, untaxed: frozenset[str]) -> bool:
        """Whether a product is sold with taxes, in a channel that charges them or not."""

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
    made: dict[str, Any] = {}
    for more in WISHED[dialect.name], ():
        # Nobody can give an app what he may not do himself.
        given = [*PERMISSIONS, *more]
        made = staff.run(document(dialect.name, "App"), name=app_name, permissions=given)["appCreate"]
        if not made["appErrors"]:
            break
    if made["appErrors"] or not made["authToken"]:
        raise SaleorError(f"Saleor made no app: {made['appErrors'][:1]}")
    return made["authToken"]
