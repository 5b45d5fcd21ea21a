"""Inventory items and levels."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from graphql import GraphQLResolveInfo

from .. import activation, inventory, locations
from ..errors import bad_request
from ..filters import where
from ..inventory import STOCKED
from ..state import Doc, State
from ..variants import MAX_OPTIONS, MAX_VARIANTS
from .common import Fields, count, get, legacy, linked, listed, metafield, metafields, state_of
from .mutations import mutation


def level_of(item: Doc, location: str, *, idle: bool = False) -> Doc | None:
    """An item's level at a location; with `idle`, also one that is not active."""
    level = item["levels"].get(location)
    active = level is not None
    if level is None and idle:
        level = item.get("idle", {}).get(location)
    if level is None:
        return None
    number = location.rsplit("/", 1)[-1]
    gid = f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item['id'].rsplit('/', 1)[-1]}"
    return level | {"id": gid, "isActive": active, "item": item["id"], "location": location}


def level_by_gid(state: State, gid: str) -> Doc | None:
    """The level that a gid names: its location and its item are in it."""
    found = re.fullmatch(r"gid://shopify/InventoryLevel/(\d+)\?inventory_item_id=(\d+)", gid)
    item = state.get(f"gid://shopify/InventoryItem/{found[2]}") if found else None
    return level_of(item, f"gid://shopify/Location/{found[1]}", idle=True) if item and found else None


def _levels(doc: Doc, info: GraphQLResolveInfo, includeInactive: bool = False, **args: Any) -> Doc:
    places = [*doc["levels"], *(doc.get("idle", {}) if includeInactive else ())]
    return listed([level_of(doc, place, idle=True) for place in places], **args)


def _at(doc: Doc, info: GraphQLResolveInfo, includeInactive: bool = False, **args: Any) -> Doc:
    """The levels of a location, by its items."""
    make = linked(STOCKED, lambda item, _: level_of(item, doc["id"], idle=True))
    return make(doc, info, **args)


def _item_at(
    doc: Doc, info: GraphQLResolveInfo, inventoryItemId: str, includeInactive: bool = False
) -> Doc | None:
    item = state_of(info).get(inventoryItemId)
    return level_of(item, doc["id"], idle=includeInactive) if item and "levels" in item else None


def _quantities(level: Doc, _: GraphQLResolveInfo, names: list[str]) -> list[Doc]:
    unknown = set(names) - inventory.NAMES
    if unknown:
        raise bad_request(f"The quantity name {unknown.pop()} is invalid.", "INVALID_FIELD_ARGUMENTS")
    number, _, item = level["id"].rsplit("/", 1)[-1].partition("?inventory_item_id=")
    return [
        {
            "id": f"gid://shopify/InventoryQuantity/{number}?inventory_item_id={item}&name={name}",
            "name": name,
            "quantity": inventory.quantity(level, name),
            "updatedAt": level["updatedAt"],
        }
        for name in names
    ]


def _cost(item: Doc, info: GraphQLResolveInfo) -> Doc | None:
    if item["cost"] is None:
        return None
    return {"amount": str(Decimal(str(item["cost"]))), "currencyCode": info.context.shop["currencyCode"]}


def _same_sku(item: Doc, info: GraphQLResolveInfo) -> int:
    sku = (state_of(info).get(item["variant"]) or {}).get("sku")
    if not sku:
        return 0
    condition, values = where("ProductVariant", f"sku:'{sku}'")
    sql = f"SELECT COUNT(*) FROM objects WHERE kind = 'ProductVariant' AND {condition}"  # noqa: S608
    return state_of(info).rows(sql, *values)[0][0] - 1


def _changes(doc: Doc, _: GraphQLResolveInfo, **only: list[str] | None) -> list[Doc]:
    fields = {"inventoryItemIds": "item", "locationIds": "location", "quantityNames": "name"}
    kept = [(fields[name], values) for name, values in only.items() if values is not None]
    return [row for row in doc["changes"] if all(row[field] in values for field, values in kept)]


def _activated(payload: Doc, info: GraphQLResolveInfo) -> Doc | None:
    at = payload["inventoryLevel"]
    item = state_of(info).get(at["item"]) if at else None
    return level_of(item, at["location"]) if item else None


def _currencies(doc: Doc, info: GraphQLResolveInfo) -> list[str]:
    lists = [item["currency"] for _, item in state_of(info).page("PriceList", 0, 250)]
    return list(dict.fromkeys([doc["currencyCode"], *lists]))


def _toggle(info: GraphQLResolveInfo, inventoryItemId: str, inventoryItemUpdates: list[Doc]) -> Doc:
    item, places = activation.toggle(state_of(info), inventoryItemId, inventoryItemUpdates)
    return {"inventoryItem": item, "inventoryLevels": [level_of(item, place) for place in places]}


FIELDS: Fields = {
    "InventoryItem": {
        "countryCodeOfOrigin": lambda doc, info: doc.get("countryCodeOfOrigin"),
        "duplicateSkuCount": _same_sku,
        "harmonizedSystemCode": lambda doc, info: doc.get("harmonizedSystemCode"),
        "legacyResourceId": legacy,
        "locationsCount": lambda doc, info: count(len(doc["levels"])),
        "measurement": lambda doc, info: {"weight": doc["weight"]},
        "provinceCodeOfOrigin": lambda doc, info: doc.get("provinceCodeOfOrigin"),
        "sku": lambda doc, info: (state_of(info).get(doc["variant"]) or {}).get("sku"),
        "unitCost": _cost,
        "inventoryLevel": lambda doc, info, locationId, includeInactive=False: level_of(
            doc, locationId, idle=includeInactive
        ),
        "inventoryLevels": _levels,
        "variants": lambda doc, info, **args: listed(state_of(info).many([doc["variant"]]), **args),
    },
    "InventoryLevel": {
        "item": get("item"),
        "location": get("location"),
        "quantities": _quantities,
        "canDeactivate": lambda doc, info: doc["isActive"] and not doc.get("committed"),
        "deactivationAlert": lambda doc, info: None,
    },
    "InventoryChange": {"item": get("item"), "location": get("location")},
    "InventoryAdjustmentGroup": {"changes": _changes, "app": lambda doc, info: None},
    "InventoryActivatePayload": {"inventoryLevel": _activated},
    "Location": {
        "activatable": lambda doc, info: not doc["isActive"],
        "deactivatable": lambda doc, info: doc["isActive"],
        "hasActiveInventory": lambda doc, info: state_of(info).links.count(STOCKED, doc["id"]) > 0,
        "inventoryLevel": _item_at,
        "inventoryLevels": _at,
        "isFulfillmentService": lambda doc, info: False,
        "legacyResourceId": legacy,
        "metafield": metafield,
        "metafields": metafields,
        "shipsInventory": lambda doc, info: True,
        "updatedAt": lambda doc, info: doc.get("updatedAt", doc["createdAt"]),
    },
    "Shop": {
        "contactEmail": lambda doc, info: doc["email"],
        "createdAt": lambda doc, info: doc.get("createdAt", "2026-01-01T00:00:00Z"),
        "updatedAt": lambda doc, info: doc.get("createdAt", "2026-01-01T00:00:00Z"),
        "enabledPresentmentCurrencies": lambda doc, info: _currencies(doc, info),
        "plan": lambda doc, info: {
            "publicDisplayName": "Development",
            "partnerDevelopment": True,
            "shopifyPlus": False,
        },
        "resourceLimits": lambda doc, info: {
            "locationLimit": 200,
            "maxProductOptions": MAX_OPTIONS,
            "maxProductVariants": MAX_VARIANTS,
        },
        "taxShipping": lambda doc, info: False,
        "timezoneOffset": lambda doc, info: "+0000",
    },
    "Mutation": {
        "inventoryAdjustQuantities": mutation(
            "inventoryAdjustmentGroup",
            lambda info, input: inventory.adjust(state_of(info), input),
            keyed=True,
        ),
        "inventoryDeactivate": mutation(
            None, lambda info, inventoryLevelId: activation.deactivate(state_of(info), inventoryLevelId)
        ),
        "inventoryBulkToggleActivation": mutation(None, _toggle),
        "inventoryItemUpdate": mutation(
            "inventoryItem", lambda info, id, input: activation.update_item(state_of(info), id, input)
        ),
        "locationActivate": mutation(
            "location",
            lambda info, locationId: locations.activate(state_of(info), locationId),
            keyed=True,
            errors="locationActivateUserErrors",
        ),
        "locationDeactivate": mutation(
            "location",
            lambda info, locationId, destinationLocationId=None: locations.deactivate(
                state_of(info), locationId, destinationLocationId
            ),
            keyed=True,
            errors="locationDeactivateUserErrors",
        ),
        "locationAdd": mutation("location", lambda info, input: locations.add(state_of(info), input)),
        "locationEdit": mutation(
            "location", lambda info, id, input: locations.edit(state_of(info), id, input)
        ),
    },
}
