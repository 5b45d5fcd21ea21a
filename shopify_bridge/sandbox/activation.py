"""Where an item is stocked: activating and deactivating its levels, and the item's own fields."""

from __future__ import annotations

from . import inventory
from .errors import UserError
from .inventory import STOCKED, at, new_level
from .state import Doc, State, instant


def activate(
    state: State, item_id: str, location_id: str, available: int | None, on_hand: int | None = None
) -> Doc:
    """inventoryActivate: stock an item at a location; what was there before stays, since 2026-04."""
    item, location = state.get(item_id), state.get(location_id)
    if not item or "levels" not in item:
        raise UserError("The inventory item could not be found.", "inventoryItemId")
    if not location or not location.get("isActive"):
        raise UserError("The location could not be found.", "locationId")
    if available is not None and on_hand is not None:
        raise UserError("Cannot specify both available and onHand.", "available")
    wanted = available if available is not None else on_hand
    if location_id in item["levels"] and wanted is not None:
        message = "Not allowed to set available quantity when the item is already active at the location."
        raise UserError(message, "available")
    if wanted is not None and not 0 <= wanted <= inventory.MOST:
        raise UserError("The quantity is out of range.", "available")
    stock(state, item, location_id, wanted)
    inventory.touch(state, [item])
    return {"item": item_id, "location": location_id}


def stock(state: State, item: Doc, location: str, available: int | None = None) -> None:
    """Make an item's level at a location active; not stored yet."""
    level = at(item, location) or new_level()
    if available is not None:
        level |= {"available": available, "updatedAt": instant()}
    item.setdefault("idle", {}).pop(location, None)
    item["levels"][location] = level
    state.links.add(STOCKED, location, item["id"])


def unstock(state: State, item: Doc, location: str) -> None:
    """Make an item's level at a location idle; its quantities stay. Not stored yet."""
    item.setdefault("idle", {})[location] = item["levels"].pop(location) | {"updatedAt": instant()}
    state.links.remove(STOCKED, location, item["id"])


def deactivate(state: State, gid: str) -> Doc:
    """inventoryDeactivate."""
    number, _, item_number = gid.rsplit("/", 1)[-1].partition("?inventory_item_id=")
    item = state.get(f"gid://shopify/InventoryItem/{item_number}")
    location = f"gid://shopify/Location/{number}"
    if not item or location not in item["levels"]:
        raise UserError("The inventory level could not be found.", "inventoryLevelId")
    why = _kept(item, location)
    if why:
        raise UserError(why[0], "inventoryLevelId")
    unstock(state, item, location)
    inventory.touch(state, [item])
    return {}


def toggle(state: State, item_id: str, updates: list[Doc]) -> tuple[Doc, list[str]]:
    """inventoryBulkToggleActivation: the item, and where it was activated. All of it or nothing."""
    item = state.get(item_id)
    if not item or "levels" not in item:
        message = "The inventory item was not found."
        raise UserError(message, "inventoryItemId", code="INVENTORY_ITEM_NOT_FOUND")
    places = []
    for index, update in enumerate(updates):
        where = ("inventoryItemUpdates", str(index), "locationId")
        location = state.get(update["locationId"])
        if not location or not location.get("isActive"):
            raise UserError("The location was not found.", *where, code="LOCATION_NOT_FOUND")
        if update["activate"]:
            stock(state, item, location["id"])
            places.append(location["id"])
        elif location["id"] in item["levels"]:
            why = _kept(item, location["id"])
            if why:
                raise UserError(why[0], *where, code=why[1])
            unstock(state, item, location["id"])
    inventory.touch(state, [item])
    return item, places


def _kept(item: Doc, location: str) -> tuple[str, str] | None:
    """Why a level cannot be deactivated, and its code."""
    if len(item["levels"]) == 1:
        message = "Cannot unstock an inventory item from the only location at which it is stocked."
        return message, "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"
    start = "Cannot unstock this inventory item from this location because it has"
    level = item["levels"][location]
    if level.get("committed"):
        return f"{start} committed quantities.", "COMMITTED_INVENTORY_AT_LOCATION"
    if level.get("incoming"):
        return f"{start} incoming quantities.", "INCOMING_INVENTORY_AT_LOCATION"
    if level.get("reserved"):
        return f"{start} reserved quantities.", "RESERVED_INVENTORY_AT_LOCATION"
    return None


def update_item(state: State, gid: str, given: Doc) -> Doc:
    """inventoryItemUpdate."""
    item = state.get(gid)
    if not item or "levels" not in item:
        raise UserError("The product couldn't be updated because it does not exist.", "id")
    variant = state.get(item["variant"])
    if variant is not None and "sku" in given:
        state.put("ProductVariant", variant | {"sku": given["sku"], "updatedAt": instant()})
    write_item(item, given, ("input",))
    inventory.touch(state, [item])
    return item


def write_item(item: Doc, given: Doc, where: tuple[str, ...], code: str | None = None) -> None:
    """Take over the fields of an InventoryItemInput; not stored yet."""
    for name in ("tracked", "requiresShipping"):
        if given.get(name) is not None:
            item[name] = given[name]
    if "cost" in given:
        cost = given["cost"]
        if cost is not None and float(cost) < 0:
            raise UserError("Cost must be greater than or equal to 0", *where, "cost", code=code)
        item["cost"] = cost
    for name in ("countryCodeOfOrigin", "harmonizedSystemCode", "provinceCodeOfOrigin"):
        if name in given:
            item[name] = given[name]
    weight = (given.get("measurement") or {}).get("weight")
    if weight:
        if weight["value"] < 0:
            raise UserError("Weight must be greater than or equal to 0", *where, "measurement", code=code)
        item["weight"] = weight
