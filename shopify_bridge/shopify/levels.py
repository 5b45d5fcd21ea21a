"""Stock levels at Shopify: read, set 250 at once by compare-and-set, and stocked at a location."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from .client import Client
from .documents import Document, document
from .errors import Unknown, UserErrors

Pair = tuple[str, str]
BATCH = 250
# Points of a query: an item with its level and number is 3, a variant with them 4.
_ITEMS, _VARIANTS, _STOCKED = 250, 150, 25
_PREFIX = "gid://shopify-bridge/StockWrite/"
_WHY = {
    "INVALID_INVENTORY_ITEM": "it was deleted in Shopify",
    "INVALID_LOCATION": "its location in Shopify is deactivated, or it is not stocked there any more",
    "NON_MUTABLE_INVENTORY_ITEM": "Shopify computes the stock of a bundle from its parts",
    "INVALID_QUANTITY_TOO_HIGH": "Shopify holds no such number",
    "INVALID_QUANTITY_TOO_LOW": "Shopify holds no such number",
    "INVALID_QUANTITY_NEGATIVE": "Shopify holds no such number",
}
_NOTHING_DONE, _STILL_RUNNING = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", "IDEMPOTENCY_CONCURRENT_REQUEST"


@dataclass(frozen=True)
class Quantity:
    """What a level is to become, and what it has to be for that; `before` None: it is not stocked there."""

    item: str
    location: str
    before: int | None
    after: int

    @property
    def pair(self) -> Pair:
        """Which level."""
        return self.item, self.location


@dataclass(frozen=True)
class Answer:
    """What Shopify said to a write: all of it was done, or nothing, and for which levels why."""

    stale: frozenset[Pair] = frozenset()
    refused: Mapping[Pair, str] = field(default_factory=dict)
    again: bool = False

    @property
    def done(self) -> bool:
        """Whether it is so now."""
        return not (self.stale or self.refused or self.again)


@cache
def _unrepeated(name: str) -> Document:
    """The document, to be sent once: whoever sends it again has to know that it is the second time."""
    return replace(document(name), repeatable=False)


def set_levels(client: Client, key: str, quantities: Sequence[Quantity]) -> Answer:
    """Set up to 250 levels that are stocked, all or none.

    `key` names the request: the same again is done once. Raises Unknown when no answer came, UserErrors for
    what concerns no level.
    """
    given = {
        "name": "available",
        "reason": "correction",
        "referenceDocumentUri": _PREFIX + key,
        "quantities": [
            {
                "inventoryItemId": quantity.item,
                "locationId": quantity.location,
                "quantity": quantity.after,
                "changeFromQuantity": quantity.before,
            }
            for quantity in quantities
        ],
    }
    try:
        client.write(_unrepeated("BridgeSetStock"), input=given, key=key)
    except UserErrors as error:
        return _said(error, quantities)
    return Answer()


def _said(error: UserErrors, quantities: Sequence[Quantity]) -> Answer:
    if _NOTHING_DONE in error.codes:
        return Answer(again=True)
    if _STILL_RUNNING in error.codes:
        raise Unknown("BridgeSetStock: the same request is still running")
    stale, refused = set(), {}
    for entry in error.entries:
        place = next((int(part) for part in entry.get("field") or [] if part.isdigit()), None)
        if place is None or place >= len(quantities):
            raise error
        pair, code = quantities[place].pair, entry.get("code") or ""
        if code == "CHANGE_FROM_QUANTITY_STALE":
            stale.add(pair)
        else:
            refused[pair] = _WHY.get(code) or entry["message"]
    return Answer(frozenset(stale), refused)


def stock_at(client: Client, keys: Sequence[str], quantities: Sequence[Quantity]) -> dict[Pair, str]:
    """Stock items at locations where they are not stocked; why not, for those that were refused.

    Up to 25 a call, each with its own key. Raises Unknown when no answer came.
    """
    variables: dict[str, Any] = {}
    for number, (key, quantity) in enumerate(zip(keys, quantities, strict=True)):
        variables |= {
            f"i{number}": quantity.item,
            f"l{number}": quantity.location,
            f"n{number}": quantity.after,
            f"k{number}": key,
        }
    payloads = client.run(stock_document(len(quantities)), **variables)
    refused = {}
    for number, quantity in enumerate(quantities):
        errors = (payloads[f"s{number}"] or {}).get("userErrors") or []
        if errors:
            refused[quantity.pair] = errors[0]["message"]
    return refused


@cache
def stock_document(count: int) -> Document:
    """One mutation that stocks `count` items, as inventoryActivate takes one."""
    asked = ", ".join(f"$i{n}: ID!, $l{n}: ID!, $n{n}: Int, $k{n}: String!" for n in range(count))
    parts = "\n".join(
        f"  s{n}: inventoryActivate(inventoryItemId: $i{n}, locationId: $l{n}, available: $n{n})"
        f" @idempotent(key: $k{n}) {{ inventoryLevel {{ id }} userErrors {{ field message }} }}"
        for n in range(count)
    )
    return Document(f"BridgeStockAt{count}", f"mutation BridgeStockAt{count}({asked}) {{\n{parts}\n}}", False)


def chunks(quantities: Sequence[Quantity], size: int = _STOCKED) -> Iterator[Sequence[Quantity]]:
    """In parts that one call can carry."""
    return (quantities[start : start + size] for start in range(0, len(quantities), size))


def read_levels(client: Client, pairs: Iterable[Pair]) -> dict[Pair, int | None]:
    """Free units by item and location; None where it is not stocked, nothing where the item is gone."""
    found: dict[Pair, int | None] = {}
    for location, items in _by_location(pairs).items():
        for start in range(0, len(items), _ITEMS):
            part = items[start : start + _ITEMS]
            for node in client.run("BridgeLevels", ids=part, location=location)["nodes"]:
                if node:
                    found[node["id"], location] = _units(node["inventoryLevel"])
    return found


def _by_location(pairs: Iterable[Pair]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for item, location in sorted(set(pairs)):
        found.setdefault(location, []).append(item)
    return found


def _units(level: Mapping[str, Any] | None) -> int | None:
    return level["quantities"][0]["quantity"] if level else None


@dataclass
class Item:
    """The inventory item of a variant, with its free units by location."""

    gid: str
    label: str
    tracked: bool
    stock: dict[str, int | None]


def read_variants(client: Client, gids: Sequence[str], locations: Sequence[str]) -> dict[str, Item]:
    """The items of variants, by variant gid; deleted ones are missing."""
    found: dict[str, Item] = {}
    for location in locations:
        for start in range(0, len(gids), _VARIANTS):
            part = list(gids[start : start + _VARIANTS])
            for node in client.run("BridgeVariantLevels", ids=part, location=location)["nodes"]:
                if not node:
                    continue
                item = node["inventoryItem"]
                known = found.setdefault(
                    node["id"], Item(item["id"], node["sku"] or node["title"], item["tracked"], {})
                )
                known.stock[location] = _units(item["inventoryLevel"])
    return found


def variant_of(client: Client, item: str) -> str:
    """The gid of the variant that an inventory item belongs to, or "" when it is gone."""
    node = client.run("BridgeItemVariant", id=item)["inventoryItem"]
    nodes = node["variants"]["nodes"] if node and node["variants"] else []
    return nodes[0]["id"] if nodes else ""
