"""What happens in the shop around the desk."""

from __future__ import annotations

from saleor_plugins.delivery.relay import drain
from saleor_plugins.kernel.errors import InsufficientStock
from saleor_plugins.platform.port import OrderStatus, ReturnedItem, ShipItem
from saleor_plugins.returns.tasks.desk import find_expired

from .steps import step
from .world import World


@step(4)
def ship(world: World) -> object:
    """Some of an order leaves, from one warehouse or the other."""
    dice, order = world.dice, world.order()
    items = [
        ShipItem(line.id, dice.one(world.houses).id, dice.number(1, line.to_ship))
        for line in order.lines
        if line.to_ship
    ]
    if not items or order.status is OrderStatus.CANCELED:
        return False
    try:
        world.shop.fulfill(order.id, items, tracking_number=dice.one(["", "T1"]))
    except InsufficientStock:
        return False
    for item in items:
        line = order.line(item.line_id)
        if line and line.tracks_stock and line.variant_id:
            world.shelves[line.variant_id] -= item.quantity
            world.before[line.variant_id, item.warehouse_id] -= item.quantity
    return True


@step(1)
def edit_policy(world: World) -> object:
    world.configure()
    return True


@step(1)
def jump(world: World) -> object:
    world.later(days=world.dice.one([1, 8, 40]))
    return True


@step(1)
def buy(world: World) -> object:
    """Another order; at most three, so that they are met again."""
    return len(world.orders) < 3 and world.add_order()


@step(1)
def return_elsewhere(world: World) -> object:
    """Somebody returns units in the shop's own screens, whatever the desk thinks of them."""
    dice, order = world.dice, world.order()
    if not dice.often(0.25):
        return False
    rows = [line for p in world.shop.fulfillments(order.id) if p.status == "FULFILLED" for line in p.lines]
    if not rows:
        return False
    row = dice.one(rows)
    units = dice.number(1, row.quantity)
    world.shop.mark_returned(order.id, [ReturnedItem(row.id, units)])
    world.back_elsewhere[row.order_line_id] += units
    return True


@step(1)
def delete_variant(world: World) -> object:
    """The merchant deletes what an order was about."""
    if not world.dice.often(0.1):
        return False
    order = world.order()
    for line in order.lines:
        world.dropped.add(line.variant_id or "")
    world.shop.drop_variant(order)
    return True


@step(2)
def expire(world: World) -> object:
    """Nobody has sent the goods in time."""
    if not any(rma.expires for rma in world.returns("APPROVED")):
        return False
    world.later(days=world.dice.one([1, 8, 31]))
    find_expired()
    drain(strict=False)
    return True
