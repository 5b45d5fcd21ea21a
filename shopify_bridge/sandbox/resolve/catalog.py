"""Products, variants and media."""

from __future__ import annotations

from graphql import GraphQLResolveInfo

from ..state import Doc
from .common import Fields, get, many, metafield, metafields, state_of


def _option_value(variant: Doc, info: GraphQLResolveInfo) -> list[Doc]:
    product = state_of(info).get(variant["product"])
    assert product
    rows = []
    for option, value in zip(product["options"], variant["options"], strict=True):
        found = next(v for v in option["values"] if v["name"] == value)
        rows.append({"name": option["name"], "value": value, "optionValue": found | {"hasVariants": True}})
    return rows


def _inventory(product: Doc, info: GraphQLResolveInfo) -> int:
    state = state_of(info)
    items = state.many([variant["item"] for variant in state.many(product["variants"])])
    return sum(level["available"] for item in items for level in item["levels"].values())


FIELDS: Fields = {
    "Product": {
        "variants": many("variants"),
        "media": many("media"),
        "metafield": metafield,
        "metafields": metafields,
        "options": lambda doc, info, first=None: doc["options"][:first],
        "variantsCount": lambda doc, info: {"count": len(doc["variants"])},
        "totalInventory": _inventory,
    },
    "ProductOption": {
        "values": lambda doc, info: [value["name"] for value in doc["values"]],
        "optionValues": lambda doc, info: [value | {"hasVariants": True} for value in doc["values"]],
    },
    "ProductVariant": {
        "metafield": metafield,
        "metafields": metafields,
        "selectedOptions": _option_value,
        "title": lambda doc, info: " / ".join(doc["options"]),
        "product": get("product"),
        "displayName": lambda doc, info: " / ".join(doc["options"]),
        "inventoryItem": get("item"),
        "inventoryQuantity": lambda doc, info: sum(
            level["available"]
            for level in (state_of(info).get(doc["item"]) or {"levels": {}})["levels"].values()
        ),
    },
    "MediaImage": {
        "mediaErrors": lambda doc, info: doc["errors"],
        "image": lambda doc, info: (
            {"altText": doc["alt"], "url": info.context.file_url(doc)} if doc["status"] == "READY" else None
        ),
    },
}
