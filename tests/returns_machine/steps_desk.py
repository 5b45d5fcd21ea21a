"""What staff and shoppers do with requests."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

from saleor_plugins.returns.models import ReturnableLine
from saleor_plugins.returns.store import buckets
from saleor_plugins.returns.usecases.approve_return import approve_return
from saleor_plugins.returns.usecases.cancel_return import cancel_return
from saleor_plugins.returns.usecases.close_return import close_return
from saleor_plugins.returns.usecases.decline_return import decline_return
from saleor_plugins.returns.usecases.keep_units import keep_units
from saleor_plugins.returns.usecases.message_return import message_return
from saleor_plugins.returns.usecases.reopen_return import reopen_return
from saleor_plugins.returns.usecases.request_return import Item, request_return
from saleor_plugins.returns.usecases.track_return import track_return

from .steps import step
from .world import MANAGER, SHOPPER, STAFF, STRANGER, Violation, World

# Quantities that nobody should get through.
ABSURD = (0, -1, 100_001, 2**31, True, 1.5, "1", None)


def available(world: World, order: Any) -> dict[str, int]:
    """Units of each line that may be asked for."""
    rows = ReturnableLine.objects.in_bulk([line.id for line in order.lines])
    shipped = {line.id: line.quantity_fulfilled - world.back_elsewhere[line.id] for line in order.lines}
    held = {key: row.reserved + row.returned + row.kept for key, row in rows.items()}
    return {key: units - held.get(key, 0) for key, units in shipped.items()}


@step(8)
def request(world: World) -> object:
    dice, order = world.dice, world.order()
    left = {key: units for key, units in available(world, order).items() if units > 0}
    if not left:
        return False
    wanted = {key: dice.number(0, units) for key, units in left.items()}
    items = [wish(world, units, key) for key, units in wanted.items() if units]
    items = items or [wish(world, 1, dice.one(list(left)))]
    # An exchange for what the merchant has deleted since is refused.
    return world.do(request_return, STAFF, order.id, items, must=not world.dropped)


def wish(world: World, units: int, key: str) -> Item:
    """Units of a line, for one of the taxonomy's reasons, wanted back as money, credit or other goods."""
    dice = world.dice
    resolution = dice.one(["REFUND", "REFUND", "STORE_CREDIT", "EXCHANGE"])
    variants = sorted(world.shop.state.variants)
    if resolution == "EXCHANGE" and not variants:
        resolution = "REFUND"
    variant = dice.one(variants) if resolution == "EXCHANGE" else ""
    code = dice.one(["UNSPECIFIED", "TOO_SMALL", "DEFECTIVE", "WITHDRAWAL"])
    return Item(units, key, "", "why", code, resolution, variant)


@step(2)
def request_by_shopper(world: World) -> object:
    """Inside the window or not, one's own order or another's."""
    dice, order = world.dice, world.order()
    items = [Item(dice.number(1, 2), dice.one(order.lines).id)]
    return world.do(request_return, dice.one([SHOPPER, STRANGER]), order.id, items)


@step(3)
def withdraw(world: World) -> object:
    """By the law's right, where there is one: whatever the merchant's rules say, it is approved."""
    dice, order = world.dice, world.order()
    left = {key: units for key, units in available(world, order).items() if units > 0}
    if not left:
        return False
    items = [wish(world, units, key) for key, units in left.items() if dice.often(0.7)]
    items = [replace(item, resolution="REFUND", exchange_variant_id="") for item in items]
    law = order.shipping_address.country != "US" and world.time - order.created < timedelta(days=14)
    rma = world.do(request_return, SHOPPER, order.id, items, withdrawal=True, must=law and bool(items))
    if rma and rma.state != "APPROVED":
        raise Violation("A withdrawal waits for a yes")
    return rma


@step(2)
def request_badly(world: World) -> object:
    """Too many, none, twice, another order's line, a parcel's line that came back."""
    dice, order = world.dice, world.order()
    other = world.add_order() if dice.often(0.05) else order
    key = dice.one(other.lines).id
    parcel_lines = [line.id for parcel in world.shop.fulfillments(order.id) for line in parcel.lines]
    items = dice.one(
        [
            [],
            [Item(dice.one(ABSURD), key)],  # type: ignore[arg-type]
            [Item(available(world, order).get(key, 0) + 1, key)],
            [Item(1, key), Item(1, key)],
            [Item(1, key), Item(1, key), Item(1, dice.one(order.lines).id)],
            [Item(1, "")],
            [Item(1, key, key)],
            [Item(1, "", dice.one(parcel_lines or [key]))],
        ]
    )
    return world.do(request_return, STAFF, order.id, items)


@step(6)
def approve(world: World) -> object:
    found = world.returns("REQUESTED")
    return bool(found) and world.do(approve_return, STAFF, world.dice.one(found).pk, must=True)


@step(2)
def approve_partly(world: World) -> object:
    lines = world.lines("REQUESTED")
    if not lines:
        return False
    rma = world.dice.one(lines).rma_id
    items = [(row.pk, world.dice.number(0, row.requested)) for row in lines if row.rma_id == rma]
    must = any(units for _, units in items)
    return world.do(approve_return, STAFF, rma, items, must=must)


@step(3)
def keep(world: World) -> object:
    """The customer keeps some of what is awaited."""
    lines = world.lines("APPROVED", "RECEIVING", at=lambda row: buckets(row).awaited > 0)
    if not lines:
        return False
    line = world.dice.one(lines)
    units = world.dice.number(1, buckets(line).awaited)
    return world.do(keep_units, STAFF, line.rma_id, [(line.pk, units)], must=True)


@step(2)
def track(world: World) -> object:
    found = world.returns("APPROVED")
    asker, dice = world.dice.one([STAFF, SHOPPER]), world.dice
    return bool(found) and world.do(
        track_return, asker, dice.one(found).pk, "DHL", dice.one(["N1", "N2"]), scanned=dice.often(0.3)
    )


@step(2)
def reopen(world: World) -> object:
    found = world.returns("CLOSED")
    return bool(found) and world.do(reopen_return, MANAGER, world.dice.one(found).pk, "late", must=True)


@step(1)
def message(world: World) -> object:
    found, dice = world.returns(), world.dice
    asker = dice.one([STAFF, SHOPPER, STRANGER])
    return bool(found) and world.do(
        message_return, asker, dice.one(found).pk, dice.one(["Hello", ""]), internal=dice.often(0.3)
    )


@step(1)
def decline(world: World) -> object:
    found = world.returns("REQUESTED")
    return bool(found) and world.do(decline_return, STAFF, world.dice.one(found).pk, "no", must=True)


@step(1)
def cancel(world: World) -> object:
    found = [line.rma_id for line in world.lines("REQUESTED", "APPROVED") if not line.credited]
    return bool(found) and world.do(cancel_return, world.dice.one([STAFF, SHOPPER]), world.dice.one(found))


@step(3)
def close(world: World) -> object:
    rows = world.lines("RECEIVING")
    busy = {
        row.rma_id
        for row in rows
        if buckets(row).uninspected or buckets(row).uncredited or row.credited > row.settled
    }
    found = sorted({row.rma_id for row in rows} - busy)
    return bool(found) and world.do(close_return, STAFF, world.dice.one(found), must=True)


@step(2)
def wrong_verb(world: World) -> object:
    """Any verb, on any return or none."""
    dice = world.dice
    key = dice.one([row.pk for row in world.returns()] or [uuid4()])
    verb, args = dice.one(
        [
            (approve_return, ()),
            (decline_return, ("no",)),
            (decline_return, ("",)),
            (reopen_return, ("why",)),
            (track_return, ("DHL", "N3")),
            (keep_units, ([(uuid4(), 1)],)),
            (cancel_return, ()),
            (close_return, ()),
        ]
    )
    return world.do(verb, dice.one([STAFF, MANAGER]), key, *args)


@step(2)
def keep_badly(world: World) -> object:
    """More than is awaited, or nonsense."""
    lines = world.lines()
    if not lines:
        return False
    line = world.dice.one(lines)
    units = world.dice.one([buckets(line).awaited + 1, *ABSURD])
    return world.do(keep_units, STAFF, line.rma_id, [(line.pk, units)])
