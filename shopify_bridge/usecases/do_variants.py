"""Changing, making and deleting single variants of a product that is there: the merchant's are not named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from ..domain import fields
from ..domain.diff import FieldChange
from ..domain.model import Product
from ..domain.owners import Rules
from ..domain.steps import ADD, CHANGE, DROP
from ..models import Change
from ..shopify.errors import UserErrors
from ..shopify.variant_inputs import added, changed, dropped
from . import echoes
from .links import store_links
from .outcome import Done, LaterError
from .sides import Sides
from .stock_ledger import born
from .written import FEW, TOLD, linked, variants_told

DOCUMENTS = {DROP: "BridgeDropVariants", CHANGE: "BridgeChangeVariants", ADD: "BridgeAddVariants"}
# Refusals by which the product is not as it was, or the step has been taken already.
MOVED = frozenset(
    {
        "VARIANT_ALREADY_EXISTS",
        "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE",
        "PRODUCT_VARIANT_DOES_NOT_EXIST",
        "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT",
        "CANNOT_DELETE_LAST_VARIANT",
    }
)
_TOLD = TOLD & fields.VARIANT.keys()


def at(change: Change) -> str:
    """The step a change is at; "" where it has none."""
    steps = change.payload.get("steps")
    return steps[0] if steps else ""


@transaction.atomic
def keep(change: Change, done: Done, step: str) -> None:
    """Store what a step taught, before the next one: whoever goes on after a fault has to know."""
    store_links(change.store, done.links)
    if step == ADD:
        born(change.store, [change])


def write(
    step: str, wanted: Product, seen: Product, changes: Sequence[FieldChange], rules: Rules, sides: Sides
) -> Done:
    """Take a step, in calls of as many variants as one takes."""
    name, items = _list(step, wanted, seen, changes, sides)
    nodes: list[Mapping[str, Any]] = []
    for start in range(0, len(items), FEW):
        try:
            part = items[start : start + FEW]
            payload = sides.client.write(DOCUMENTS[step], productId=seen.gid, **{name: part})
        except UserErrors as error:
            if error.codes & MOVED:
                raise LaterError(error.message, 1) from None
            raise
        nodes += payload.get("productVariants") or []
    return told({"productVariants": nodes}, wanted, seen, changes, rules, sides)


def line(
    step: str, wanted: Product, seen: Product, changes: Sequence[FieldChange], sides: Sides
) -> Mapping[str, Any] | None:
    """A step's variables; None when it does not go in one call."""
    name, items = _list(step, wanted, seen, changes, sides)
    return {"productId": seen.gid, name: items} if 0 < len(items) <= FEW else None


def told(
    payload: Mapping[str, Any],
    wanted: Product,
    seen: Product,
    changes: Sequence[FieldChange],
    rules: Rules,
    sides: Sides,
) -> Done:
    """What an answer teaches: the gids of variants, and what became of the values that were sent."""
    nodes = payload.get("productVariants") or []
    variants = variants_told(nodes, wanted, seen, sides.reader)
    written = replace(wanted, gid=seen.gid, variants=variants, pictures=())
    # Of a new variant everything was sent.
    new = any(change.name == "new" for change in changes)
    sent = None if new else echoes.paths(changes)
    return linked(wanted, written, echoes.of(wanted, written, rules, _TOLD, sent))


def _list(
    step: str, wanted: Product, seen: Product, changes: Sequence[FieldChange], sides: Sides
) -> tuple[str, list[Any]]:
    if step == DROP:
        return "variantsIds", dropped(wanted, seen)
    if step == CHANGE:
        return "variants", changed(wanted, seen, changes, sides.currency)
    return "variants", added(wanted, seen, sides.currency, sides.places)
