"""inventorySetQuantities and inventoryActivate: keys required, compare-and-set, 250 at once."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .errors import UserError, UserErrors, bad_request
from .state import Doc, State, instant

MAX_QUANTITIES, MOST = 250, 1_000_000_000
# Assumed: the reasons Shopify lists for quantity changes.
REASONS = {
    "correction",
    "cycle_count_available",
    "damaged",
    "movement_created",
    "movement_updated",
    "movement_received",
    "movement_canceled",
    "other",
    "promotion",
    "quality_control",
    "received",
    "reservation_created",
    "reservation_deleted",
    "reservation_updated",
    "restock",
    "safety_stock",
    "shrinkage",
}


def idempotently(state: State, key: str | None, field: str, given: Doc, call: Any) -> Any:
    """Answer a repeated key with its first answer; refuse it for another request.

    Only success is remembered: Shopify documents that a failed attempt needs a new key for
    some errors, and that a stale comparison may be answered again; assumed for the rest.
    """
    if not key:
        raise bad_request(f"The @idempotent directive is required for {field}, with a key.", "BAD_REQUEST")
    digest = hashlib.sha256(json.dumps([field, given], sort_keys=True).encode()).hexdigest()
    known = state.answer(key)
    if known and known[0] != digest:
        raise UserError(
            "The same idempotency key cannot be used with different operation parameters.",
            code="IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
        )
    if known:
        return known[1]
    answer = call()
    state.remember(key, digest, answer)
    return answer


def set_quantities(state: State, given: Doc) -> Doc:
    """Set each quantity whose expected value is still there; all of them or none."""
    wanted = given["quantities"]
    if len(wanted) > MAX_QUANTITIES:
        raise bad_request(
            f"The input array size of {len(wanted)} is greater than the maximum allowed of {MAX_QUANTITIES}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
    if any("changeFromQuantity" not in item for item in wanted):
        raise bad_request("changeFromQuantity must be given, as a number or null.", "INVALID_FIELD_ARGUMENTS")
    if given["name"] not in ("available", "on_hand"):
        raise UserError(
            "The quantity name must be either 'available' or 'on_hand'.", "input", "name", code="INVALID_NAME"
        )
    if given["reason"] not in REASONS:
        raise UserError("The specified reason is invalid.", "input", "reason", code="INVALID_REASON")
    errors: list[UserError] = []
    pairs: set[tuple[str, str]] = set()
    items: dict[str, Doc] = {}
    for index, item in enumerate(wanted):
        try:
            pairs.add(_check(state, item, str(index), pairs, items))
        except UserError as error:
            errors.append(error)
    if errors:
        raise UserErrors(errors)
    return _store(state, given, items)


def _check(state: State, item: Doc, index: str, pairs: set, items: dict[str, Doc]) -> tuple[str, str]:
    where = ("input", "quantities", index)
    pair = (item["inventoryItemId"], item["locationId"])
    if pair in pairs:
        raise UserError(
            "The combination of inventoryItemId and locationId must be unique.",
            *where,
            code="NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
        )
    found = items.get(pair[0]) or state.get(pair[0])
    if not found:
        raise UserError(
            "The specified inventory item could not be found.",
            *where,
            "inventoryItemId",
            code="INVALID_INVENTORY_ITEM",
        )
    items[pair[0]] = found
    location = state.get(pair[1])
    # Assumed: an item that is not stocked at a location is refused there until inventoryActivate.
    if not location or not location["isActive"] or pair[1] not in found["levels"]:
        raise UserError(
            "The specified location could not be found.", *where, "locationId", code="INVALID_LOCATION"
        )
    quantity, expected = item["quantity"], item["changeFromQuantity"]
    if quantity > MOST:
        raise UserError(
            "The total quantity can't be higher than 1,000,000,000.",
            *where,
            "quantity",
            code="INVALID_QUANTITY_TOO_HIGH",
        )
    if quantity < -MOST:
        raise UserError(
            "The total quantity can't be lower than -1,000,000,000.",
            *where,
            "quantity",
            code="INVALID_QUANTITY_TOO_LOW",
        )
    if expected is not None and expected != found["levels"][pair[1]]["available"]:
        raise UserError(
            "The changeFromQuantity value does not match persisted value.",
            *where,
            "changeFromQuantity",
            code="CHANGE_FROM_QUANTITY_STALE",
        )
    return pair


def _store(state: State, given: Doc, items: dict[str, Doc]) -> Doc:
    now, changes = instant(), []
    for item in given["quantities"]:
        found = items[item["inventoryItemId"]]
        level = found["levels"][item["locationId"]]
        delta = item["quantity"] - level["available"]
        level |= {"available": item["quantity"], "updatedAt": now}
        if delta:
            changes.append(
                {
                    "delta": delta,
                    "item": found["id"],
                    "location": item["locationId"],
                    "name": given["name"],
                    "quantityAfterChange": item["quantity"],
                }
            )
    for found in items.values():
        state.put("InventoryItem", found | {"updatedAt": now})
    group = {
        "id": state.gid("InventoryAdjustmentGroup"),
        "reason": given["reason"],
        "createdAt": now,
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    return state.put("InventoryAdjustmentGroup", group)


def activate(state: State, item_id: str, location_id: str, available: int | None) -> Doc:
    """Stock an item at a location."""
    item, location = state.get(item_id), state.get(location_id)
    if not item or "levels" not in item:
        raise UserError("The inventory item could not be found.", "inventoryItemId")
    if not location or not location["isActive"]:
        raise UserError("The location could not be found.", "locationId")
    if location_id in item["levels"] and available is not None:
        raise UserError(
            "Not allowed to set available quantity when the item is already active at the location.",
            "available",
        )
    now = instant()
    item["levels"].setdefault(location_id, {"available": available or 0, "createdAt": now, "updatedAt": now})
    state.put("InventoryItem", item)
    return {"item": item_id, "location": location_id}
