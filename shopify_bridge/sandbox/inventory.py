"""Quantities: inventorySetQuantities and inventoryAdjustQuantities, compared before they are set.

An item's document holds `levels`, where it is active, and `idle`, where it is not: since 2026-04 a level that
is deactivated keeps its quantities, and since 2026-10 quantities may be set at any location, without
activating it (the code ITEM_NOT_STOCKED_AT_LOCATION is gone). `on_hand` is what is available, committed to
orders, or set aside.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .errors import UserError, UserErrors, bad_request
from .state import Doc, State, instant

MAX_QUANTITIES, MOST, MOST_ADJUSTED = 250, 1_000_000_000, 2_000_000_000
STOCKED = "stocked"
_ASIDE = ("damaged", "quality_control", "reserved", "safety_stock")
NAMES = {"available", "committed", "incoming", "on_hand", *_ASIDE}
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


def quantity(level: Doc, name: str) -> int:
    """How many of a level are in a state."""
    if name != "on_hand":
        return level.get(name, 0)
    return sum(level.get(part, 0) for part in ("available", "committed", *_ASIDE))


def at(item: Doc, location: str) -> Doc | None:
    """An item's level at a location, active or not."""
    return item["levels"].get(location) or item.get("idle", {}).get(location)


def new_level(available: int = 0) -> Doc:
    """A level that begins now."""
    now = instant()
    return {"available": available, "createdAt": now, "updatedAt": now}


def set_quantities(state: State, given: Doc) -> Doc:
    """Set each quantity whose expected value is still there; all of them or none."""
    wanted = _limited(given["quantities"])
    if any("changeFromQuantity" not in item for item in wanted):
        raise bad_request("changeFromQuantity must be given, as a number or null.", "INVALID_FIELD_ARGUMENTS")
    if given["name"] not in ("available", "on_hand"):
        message = "The quantity name must be either 'available' or 'on_hand'."
        raise UserError(message, "input", "name", code="INVALID_NAME")
    _reasoned(given)
    targets = [item["quantity"] for item in wanted]
    return _change(state, given, wanted, "quantities", targets, MOST)


def adjust(state: State, given: Doc) -> Doc:
    """inventoryAdjustQuantities: add to what is there; all of them or none."""
    wanted = _limited(given["changes"])
    if any("changeFromQuantity" not in item for item in wanted):
        raise bad_request("changeFromQuantity must be given, as a number or null.", "INVALID_FIELD_ARGUMENTS")
    if given["name"] not in NAMES - {"on_hand", "committed"}:
        message = "The specified quantity name is invalid."
        raise UserError(message, "input", "name", code="INVALID_QUANTITY_NAME")
    _reasoned(given)
    for index, item in enumerate(wanted):
        where = ("input", "changes", str(index), "ledgerDocumentUri")
        if given["name"] == "available" and item.get("ledgerDocumentUri"):
            message = "A ledger document URI is not allowed when adjusting available."
            raise UserError(message, *where, code="INVALID_AVAILABLE_DOCUMENT")
        if given["name"] != "available" and not item.get("ledgerDocumentUri"):
            message = "A ledger document URI is required except when adjusting available."
            raise UserError(message, *where, code="INVALID_QUANTITY_DOCUMENT")
    return _change(state, given, wanted, "changes", None, MOST_ADJUSTED)


def _limited(items: list[Any]) -> list[Any]:
    if len(items) > MAX_QUANTITIES:
        raise bad_request(
            f"The input array size of {len(items)} is greater than the maximum allowed of {MAX_QUANTITIES}.",
            "MAX_INPUT_SIZE_EXCEEDED",
        )
    return items


def _reasoned(given: Doc) -> None:
    if given["reason"] not in REASONS:
        raise UserError("The specified reason is invalid.", "input", "reason", code="INVALID_REASON")
    document = given.get("referenceDocumentUri")
    if document and "://" not in document:
        message = "The specified reference document is invalid."
        raise UserError(message, "input", "referenceDocumentUri", code="INVALID_REFERENCE_DOCUMENT")


def _change(
    state: State, given: Doc, wanted: list[Doc], field: str, targets: list[int] | None, most: int
) -> Doc:
    """Check everything, then write everything; `targets` are the quantities to be, None for deltas."""
    errors: list[UserError] = []
    pairs: set[tuple[str, str]] = set()
    items: dict[str, Doc] = {}
    deltas: list[int] = []
    for index, item in enumerate(wanted):
        where = ("input", field, str(index))
        try:
            level = _found(state, item, where, pairs, items)
            before = quantity(level, given["name"])
            target = targets[index] if targets else before + item["delta"]
            deltas.append(target - before)
            _check(target, before, item, where, "quantity" if targets else "delta", most)
        except UserError as error:
            errors.append(error)
    if errors:
        raise UserErrors(errors)
    return _store(state, given, wanted, items, deltas)


def _found(
    state: State, item: Doc, where: tuple[str, ...], pairs: set[tuple[str, str]], items: dict[str, Doc]
) -> Doc:
    """The level that is meant, empty where nothing was ever kept; raises UserError."""
    pair = (item["inventoryItemId"], item["locationId"])
    if pair in pairs:
        raise UserError(
            "The combination of inventoryItemId and locationId must be unique.",
            *where,
            code="NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR",
        )
    pairs.add(pair)
    found = items.get(pair[0]) or state.get(pair[0])
    if not found or "levels" not in found:
        message = "The specified inventory item could not be found."
        raise UserError(message, *where, "inventoryItemId", code="INVALID_INVENTORY_ITEM")
    items[pair[0]] = found
    location = state.get(pair[1])
    if not location or not location.get("isActive"):
        message = "The specified location could not be found."
        raise UserError(message, *where, "locationId", code="INVALID_LOCATION")
    return at(found, pair[1]) or {}


def _check(target: int, before: int, item: Doc, where: tuple[str, ...], field: str, most: int) -> None:
    if target > most:
        message = f"The total quantity can't be higher than {most:,}."
        raise UserError(message, *where, field, code="INVALID_QUANTITY_TOO_HIGH")
    if target < -most:
        message = f"The total quantity can't be lower than -{most:,}."
        raise UserError(message, *where, field, code="INVALID_QUANTITY_TOO_LOW")
    expected = item["changeFromQuantity"]
    if expected is not None and expected != before:
        message = "The changeFromQuantity value does not match persisted value."
        raise UserError(message, *where, "changeFromQuantity", code="CHANGE_FROM_QUANTITY_STALE")


def _store(state: State, given: Doc, wanted: list[Doc], items: dict[str, Doc], deltas: list[int]) -> Doc:
    now, changes = instant(), []
    for item, delta in zip(wanted, deltas, strict=True):
        found, place = items[item["inventoryItemId"]], item["locationId"]
        level = at(found, place)
        if level is None:
            level = found.setdefault("idle", {})[place] = new_level()
        # A change of what is on hand is one of what is available: the rest is promised or set aside.
        stored = "available" if given["name"] == "on_hand" else given["name"]
        level |= {stored: level.get(stored, 0) + delta, "updatedAt": now}
        if delta:
            changes += _changes(given["name"], delta, found["id"], place, level, item)
    touch(state, items.values())
    group = {
        "id": state.gid("InventoryAdjustmentGroup"),
        "reason": given["reason"],
        "createdAt": now,
        "referenceDocumentUri": given.get("referenceDocumentUri"),
        "changes": changes,
    }
    return state.put("InventoryAdjustmentGroup", group)


def _changes(name: str, delta: int, item: str, location: str, level: Doc, given: Doc) -> list[Doc]:
    row = {"delta": delta, "item": item, "location": location}
    row["ledgerDocumentUri"] = given.get("ledgerDocumentUri")
    names = ("available", "on_hand") if name in ("available", "on_hand") else (name, "on_hand")
    return [row | {"name": n, "quantityAfterChange": quantity(level, n)} for n in names]


def touch(state: State, items: Any) -> None:
    """Store items whose stock changed. Their products change with them, as Shopify counts it."""
    now = instant()
    products = set()
    for item in items:
        state.put("InventoryItem", item | {"updatedAt": now})
        variant = state.get(item["variant"])
        if variant:
            products.add(variant["product"])
    for gid in sorted(products):
        product = state.get(gid)
        if product and product["updatedAt"] != now:
            state.put("Product", product | {"updatedAt": now})
