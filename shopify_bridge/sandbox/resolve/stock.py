"""Inventory items and levels."""

from __future__ import annotations

from decimal import Decimal

from graphql import GraphQLResolveInfo

from ..state import Doc
from .common import Fields, get, listed, state_of


def level_of(item: Doc, location: str) -> Doc | None:
    level = item["levels"].get(location)
    if level is None:
        return None
    number = location.rsplit("/", 1)[-1]
    gid = f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item['id'].rsplit('/', 1)[-1]}"
    return level | {"id": gid, "isActive": True, "item": item["id"], "location": location}


def _quantities(level: Doc, _: GraphQLResolveInfo, names: list[str]) -> list[Doc]:
    known = {"available": level["available"], "on_hand": level["available"]}
    return [{"name": n, "quantity": known.get(n, 0), "updatedAt": level["updatedAt"]} for n in names]


def _cost(item: Doc, info: GraphQLResolveInfo) -> Doc | None:
    if item["cost"] is None:
        return None
    return {"amount": str(Decimal(str(item["cost"]))), "currencyCode": info.context.shop["currencyCode"]}


FIELDS: Fields = {
    "InventoryItem": {
        "measurement": lambda doc, info: {"weight": doc["weight"]},
        "sku": lambda doc, info: (state_of(info).get(doc["variant"]) or {}).get("sku"),
        "unitCost": _cost,
        "inventoryLevel": lambda doc, info, locationId: level_of(doc, locationId),
        "inventoryLevels": lambda doc, info, **args: listed(
            [level_of(doc, place) for place in doc["levels"]], **args
        ),
    },
    "InventoryLevel": {"item": get("item"), "location": get("location"), "quantities": _quantities},
    "InventoryChange": {"item": get("item"), "location": get("location")},
    "InventoryActivatePayload": {
        "inventoryLevel": lambda doc, info: (
            doc["inventoryLevel"]
            and level_of(
                state_of(info).get(doc["inventoryLevel"]["item"]) or {"levels": {}},
                doc["inventoryLevel"]["location"],
            )
        )
    },
}
