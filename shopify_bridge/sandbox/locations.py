"""Places of stock: opened, closed with their stock moved elsewhere, added and renamed."""

from __future__ import annotations

from . import activation, inventory
from .errors import UserError
from .inventory import STOCKED
from .state import Doc, State, instant


def activate(state: State, gid: str) -> Doc:
    """locationActivate."""
    doc = _found(state, gid)
    if any(other["name"] == doc["name"] and other["isActive"] for other in _others(state, gid)):
        message = "There is already an active location with this name."
        raise UserError(message, "locationId", code="HAS_NON_UNIQUE_NAME")
    return _store(state, doc | {"isActive": True, "deactivatedAt": None})


def deactivate(state: State, gid: str, destination: str | None) -> Doc:
    """locationDeactivate: what is stocked there goes to `destination`, or there must be nothing."""
    doc = _found(state, gid)
    if destination == gid:
        message = "Destination location is the same as the location to be deactivated."
        raise UserError(message, "destinationLocationId", code="DESTINATION_LOCATION_IS_THE_SAME_LOCATION")
    target = state.get(destination)
    if destination and (not target or not target.get("isActive")):
        message = "Destination location is not found or inactive."
        code = "DESTINATION_LOCATION_NOT_FOUND_OR_INACTIVE"
        raise UserError(message, "destinationLocationId", code=code)
    if not any(other["isActive"] and other["fulfillsOnlineOrders"] for other in _others(state, gid)):
        message = "At least one location must fulfill online orders."
        raise UserError(message, "locationId", code="CANNOT_DISABLE_ONLINE_ORDER_FULFILLMENT")
    items = [item for key in state.links.each(STOCKED, gid) if (item := state.get(key))]
    if not destination and any(inventory.quantity(item["levels"][gid], "on_hand") for item in items):
        message = (
            "Location could not be deactivated without specifying where to relocate inventory"
            " at the location."
        )
        raise UserError(message, "locationId", code="HAS_ACTIVE_INVENTORY_ERROR")
    for item in items:
        _move(state, item, gid, destination)
    inventory.touch(state, items)
    return _store(state, doc | {"isActive": False, "deactivatedAt": instant()})


def _move(state: State, item: Doc, gid: str, destination: str | None) -> None:
    level = item["levels"][gid]
    if destination:
        activation.stock(state, item, destination)
        there = item["levels"][destination]
        for name in inventory.NAMES - {"on_hand"}:
            if level.get(name):
                there[name] = there.get(name, 0) + level[name]
                level[name] = 0
        there["updatedAt"] = instant()
    activation.unstock(state, item, gid)


def add(state: State, given: Doc) -> Doc:
    """locationAdd."""
    _name(state, given["name"], "")
    address = given["address"]
    doc = {
        "id": state.gid("Location"),
        "name": given["name"],
        "isActive": True,
        "createdAt": instant(),
        "fulfillsOnlineOrders": given.get("fulfillsOnlineOrders", True),
        "address": {
            "address1": address.get("address1"),
            "city": address.get("city"),
            "zip": address.get("zip"),
            "countryCode": address["countryCode"],
            "country": address["countryCode"],
        },
    }
    return _store(state, doc)


def edit(state: State, gid: str, given: Doc) -> Doc:
    """locationEdit."""
    doc = state.get(gid)
    if doc is None or "/Location/" not in gid:
        raise UserError("Location not found.", "id", code="NOT_FOUND")
    if given.get("name") is not None:
        _name(state, given["name"], gid)
        doc["name"] = given["name"]
    if given.get("fulfillsOnlineOrders") is not None:
        doc["fulfillsOnlineOrders"] = given["fulfillsOnlineOrders"]
    return _store(state, doc)


def _name(state: State, name: str, gid: str) -> None:
    if not name.strip():
        raise UserError("Add a location name.", "input", "name", code="BLANK")
    if any(other["name"] == name for other in _others(state, gid)):
        raise UserError("You already have a location with this name", "input", "name", code="TAKEN")


def _found(state: State, gid: str) -> Doc:
    doc = state.get(gid)
    if doc is None or "/Location/" not in gid:
        raise UserError("Location not found.", "locationId", code="LOCATION_NOT_FOUND")
    return doc


def _others(state: State, gid: str) -> list[Doc]:
    return [doc for _, doc in state.page("Location", 0, 1000) if doc["id"] != gid]


def _store(state: State, doc: Doc) -> Doc:
    return state.put("Location", doc | {"updatedAt": instant()})
