"""Setting stock: compare-and-set, so that a sale in between is never overwritten."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from ..models import Change
from ..shopify.errors import UserErrors
from .outcome import Done, LaterError, ParkedError
from .sides import Sides

Level = dict[str, Any]
_ROUNDS = 4


def set_stock(change: Change, sides: Sides) -> Done:
    """Bring each level from what the plan saw to what Saleor says; levels that moved since are left alone."""
    location, levels = change.payload["location"], change.payload["levels"]
    drifted: list[str] = []
    for _ in range(_ROUNDS):
        todo, drifted = _sort(change, sides, location, levels)
        if not todo or _write(change, sides, location, todo):
            break
    else:
        raise LaterError("levels kept changing in Shopify meanwhile", 5)
    if drifted:
        raise ParkedError(f"changed in Shopify since the plan: {', '.join(drifted[:5])}; plan again")
    return Done()


def _sort(change: Change, sides: Sides, location: str, levels: list[Level]) -> tuple[list[Level], list[str]]:
    """Levels still to set, with what is there now, and those that are neither as before nor as wanted."""
    now = sides.reader.levels([level["item"] for level in levels], location)
    todo, drifted = [], []
    for level in levels:
        item, before, after = level["item"], level["before"], level["after"]
        found = now.get(item, -1) if item in now else "gone"
        if found == after:
            continue
        if before is None and found in (None, 0):
            if found is None:
                sides.client.write("BridgeStockAt", item=item, location=location, key=f"{change.id}:{item}")
            if after:
                todo.append(level | {"before": 0})
        elif found == before:
            todo.append(level)
        else:
            drifted.append(f"{level['label']} {before} -> {found}")
    return todo, drifted


def _write(change: Change, sides: Sides, location: str, todo: list[Level]) -> bool:
    """One call for all of them; False when one was stale, so that everything has to be read again."""
    quantities = [
        {
            "inventoryItemId": x["item"],
            "locationId": location,
            "quantity": x["after"],
            "changeFromQuantity": x["before"],
        }
        for x in todo
    ]
    # The key names the request: the same levels again are the same request, others are another.
    content = sha256(repr([sorted(q.items()) for q in quantities]).encode()).hexdigest()[:24]
    given = {
        "name": "available",
        "reason": "correction",
        "quantities": quantities,
        "referenceDocumentUri": f"gid://shopify-bridge/Change/{change.id}",
    }
    try:
        sides.client.write("BridgeSetStock", input=given, key=f"{change.id}:{content}")
    except UserErrors as error:
        if "CHANGE_FROM_QUANTITY_STALE" in error.codes:
            return False
        if error.codes & {"IDEMPOTENCY_CONCURRENT_REQUEST"}:
            raise LaterError("the same request is still running", 2) from None
        raise
    return True
