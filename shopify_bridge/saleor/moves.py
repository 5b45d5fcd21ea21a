"""Moving units into a Saleor stock so that it can be known afterwards whether it was done, and from what.

Saleor sets a stock to a number and knows neither compare-and-set nor keys. One request carries three
mutations, which Saleor does in turn: a mark on the variant, whose answer tells the number just before, the
stock; another mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from .client import document
from .errors import SaleorRefused
from .source import Source

_MARK = "shopify_bridge.stock"
_SENDING, _SENT = "sending", "sent"


@dataclass(frozen=True)
class Trace:
    """What a move left behind: whether it began and ended, and how many units lie there now."""

    began: bool
    ended: bool
    quantity: int


def move(source: Source, name: str, variant: str, warehouse: str, quantity: int) -> int:
    """Set all units of a stock, claimed ones included; answers how many there were just before.

    `name` marks the move. Raises SaleorRefused when nothing was done; after other SaleorErrors ask `trace`.
    """
    data = source.client.run(
        document(source.dialect.name, "MoveStock"),
        variant=variant,
        stocks=[{"warehouse": warehouse, "quantity": quantity}],
        sending=[{"key": _key(warehouse), "value": f"{name} {_SENDING}"}],
        sent=[{"key": _key(warehouse), "value": f"{name} {_SENT}"}],
    )
    errors = (data["set"] or {}).get("bulkStockErrors") or []
    if errors:
        raise SaleorRefused(f"Saleor does not set the stock: {errors[0]['message']}", field="quantity")
    return _quantity((data["before"] or {}).get("item") or {}, warehouse)


def trace(source: Source, name: str, variant: str, warehouse: str) -> Trace | None:
    """What the move called `name` left behind; None when Saleor has no such variant any more."""
    node = source.client.run(document(source.dialect.name, "Moved"), id=variant)["productVariant"]
    if node is None:
        return None
    marks = {item["key"]: item["value"] for item in node["privateMetadata"]}
    mark = marks.get(_key(warehouse), "")
    began = mark.startswith(f"{name} ")
    return Trace(began, began and mark.endswith(_SENT), _quantity(node, warehouse))


def _key(warehouse: str) -> str:
    """Where the mark of the last move is: one for each stock, as each has one move at a time."""
    return f"{_MARK}.{sha256(warehouse.encode()).hexdigest()[:8]}"


def _quantity(node: Mapping[str, Any], warehouse: str) -> int:
    stocks = node.get("stocks") or []
    return next((stock["quantity"] for stock in stocks if stock["warehouse"]["id"] == warehouse), 0)
