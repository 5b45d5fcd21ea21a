"""What a webhook of Saleor says has changed: which things, never how. They are read again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..models import Subject
from .client import document

Node = Mapping[str, Any]
# An order of 2.10 of which a webhook told; see `usecases.heard`.
ORDER_TOPIC = "bridge.saleor_order"
# 2.10 says PRODUCT_CREATED of a product that is saved, too. It tells of no change of a variant, stock,
# collection or category.
EVENTS_2 = (
    "PRODUCT_CREATED",
    "ORDER_CREATED",
    "ORDER_UPDATED",
    "ORDER_CANCELLED",
    "ORDER_FULFILLED",
)
_STOCK = {"ProductVariantStockUpdated", "ProductVariantOutOfStock", "ProductVariantBackInStock"}
# Events that Saleor has since 3.22 only. Their variant cannot be null: GraphQL wants another name for it.
_LATER = {
    "ProductVariantDiscountedPriceUpdated": "sold: productVariant { id product { id } }",
    "ProductVariantBackInStockInChannel": "sold: productVariant { id }",
    "ProductVariantOutOfStockInChannel": "sold: productVariant { id }",
}
_STOCK |= {"ProductVariantBackInStockInChannel", "ProductVariantOutOfStockInChannel"}


def subscription(known: frozenset[str]) -> tuple[str, list[str]]:
    """The subscription of 3.x and the names of its events, as far as a Saleor knows them."""
    later = {kind: fields for kind, fields in _LATER.items() if _name(kind) in known}
    asked = "\n".join(f"... on {kind} {{ {fields} }}" for kind, fields in later.items())
    text = document("v3", "Events").replace("# later", asked)
    kinds = re.findall(r"\.\.\. on (\w+) \{ (?:sold|product|collection|category|translation|order)", text)
    return text, sorted(_name(kind) for kind in kinds)


def _name(kind: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind).upper()


def things(payload: Any) -> Iterator[tuple[str, str]]:
    """Subject and Saleor's id of everything that a payload names."""
    if isinstance(payload, list):
        yield from _things_2(payload)
    elif isinstance(payload, dict):
        yield from _things_3(payload)


def orders_2(payload: Any) -> list[str]:
    """The orders that a payload of 2.10 is about; it does not say which variants they claim."""
    found = []
    for node in payload if isinstance(payload, list) else ():
        order = node.get("order") if node.get("type") == "Fulfillment" else node
        if order and order.get("type") == "Order":
            found.append(str(order["id"]))
    return found


def _things_2(payload: list[Any]) -> Iterator[tuple[str, str]]:
    for node in payload:
        if node.get("type") == "Product":
            yield Subject.PRODUCT, str(node["id"])


def _things_3(payload: Node) -> Iterator[tuple[str, str]]:
    variant = payload.get("productVariant") or payload.get("sold") or {}
    if payload.get("__typename") in _STOCK:
        yield from _named(Subject.STOCK, variant.get("id"))
    content = (payload.get("translation") or {}).get("translatableContent") or {}
    products = (
        payload.get("product"),
        variant.get("product"),
        {"id": (payload.get("productMedia") or {}).get("productId")},
        {"id": content.get("productId")},
    )
    for product in products:
        yield from _named(Subject.PRODUCT, (product or {}).get("id"))
    for key in (
        (payload.get("collection") or {}).get("id"),
        (payload.get("category") or {}).get("id"),
        content.get("collectionId"),
        content.get("categoryId"),
    ):
        yield from _named(Subject.COLLECTION, key)
    for line in (payload.get("order") or {}).get("lines") or ():
        yield from _named(Subject.STOCK, (line["variant"] or {}).get("id"))


def _named(subject: str, key: Any) -> Iterator[tuple[str, str]]:
    if key:
        yield subject, str(key)
