"""What orders take of the stock: available becomes committed, and leaves when it is shipped."""

from __future__ import annotations

from . import inventory
from .errors import UserError
from .state import Doc, State
from .variants import primary


def claim(state: State, order: Doc, *, obeying: bool) -> None:
    """An order commits what it holds at the primary location; `obeying` refuses what may not be oversold."""
    location = primary(state)["id"]
    items: dict[str, Doc] = {}
    for line in order["lineItems"]:
        variant = state.get(line["variant"])
        item = variant and (items.get(variant["item"]) or state.get(variant["item"]))
        if not variant or not item or not item["tracked"] or location not in item["levels"]:
            continue
        items[item["id"]] = item
        level = item["levels"][location]
        if obeying and variant["inventoryPolicy"] == "DENY" and level["available"] < line["quantity"]:
            message = "Unable to reserve inventory"
            raise UserError(message, "order", "lineItems", code="INVENTORY_CLAIM_FAILED")
        level["available"] -= line["quantity"]
        level["committed"] = level.get("committed", 0) + line["quantity"]
        line["claimed"] = location
    inventory.touch(state, items.values())


def ship(state: State, order: Doc, quantities: dict[str, int]) -> None:
    """What was committed to lines (units by line) has left."""
    items: dict[str, Doc] = {}
    for line in order["lineItems"]:
        shipped, location = quantities.get(line["id"], 0), line.get("claimed")
        variant = state.get(line["variant"]) if shipped and location else None
        item = variant and (items.get(variant["item"]) or state.get(variant["item"]))
        level = inventory.at(item, location) if item else None
        if item and level:
            items[item["id"]] = item
            level["committed"] = max(level.get("committed", 0) - shipped, 0)
    inventory.touch(state, items.values())
