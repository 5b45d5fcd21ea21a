"""Where the generations of Saleor differ, and finding out which one it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from .client import SaleorClient, document
from .errors import SaleorDenied, SaleorError

Node = Mapping[str, Any]


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
