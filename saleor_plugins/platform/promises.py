"""What a plan of allocations or parcels may take: the arithmetic every adapter shares.

Pure functions over the port's dataclasses. The caller has locked the rows these were read from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from ..kernel.errors import Conflict, InsufficientStock, Invalid, NotFound, OpsError
from .port import Allocation, Order, OrderLine, OrderStatus, ShipItem, Stock

TRACKING_LENGTH = 255
SHIPPABLE = frozenset(
    {OrderStatus.UNFULFILLED, OrderStatus.PARTIALLY_FULFILLED, OrderStatus.PARTIALLY_RETURNED}
)
ALLOCATABLE = SHIPPABLE | {OrderStatus.UNCONFIRMED}
PLACED = frozenset(OrderStatus) - {OrderStatus.DRAFT, OrderStatus.CANCELED, OrderStatus.EXPIRED}
SOLD = SHIPPABLE | {OrderStatus.FULFILLED, OrderStatus.RETURNED}

Slots = dict[tuple[str, str], int]
"""Units by (line id, warehouse id)."""


@dataclass(frozen=True)
class Shipment:
    """What leaves, and the line's promises that stay behind in warehouses."""

    taken: Slots
    kept: Slots


def as_slots(rows: Iterable[Allocation]) -> Slots:
    """Allocations as units by (line, warehouse); rows of the same pair add up."""
    slots: Slots = {}
    for row in rows:
        slots[row.line_id, row.warehouse_id] = slots.get((row.line_id, row.warehouse_id), 0) + row.quantity
    return slots


def check_tracking(number: str) -> None:
    """Raises Invalid (trackingNumber) for more than Saleor can store."""
    if len(number) > TRACKING_LENGTH:
        raise Invalid(f"At most {TRACKING_LENGTH} characters.", field="trackingNumber")


def plan_allocations(
    order: Order, plan: Sequence[Allocation], stocks: Sequence[Stock], held: Slots, known: Collection[str]
) -> Slots:
    """The order's new allocations, checked.

    `held` is what the order holds now, which counts as free; `known` are the ids of the
    warehouses that exist. Raises as `Stocks.allocate` says. An empty plan is allowed in
    any state: letting go never harms.
    """
    return _plan(order, plan, _free([order], stocks, held), known)


def plan_many(
    orders: Sequence[Order],
    plans: Mapping[str, Sequence[Allocation]],
    stocks: Sequence[Stock],
    held: Slots,
    known: Collection[str],
) -> Slots:
    """The new allocations of all of `orders`, checked as an end state: they may swap among themselves.

    Raises as `plan_allocations`, the message with the order's number.
    """
    free = _free(orders, stocks, held)
    wanted: Slots = {}
    for order in orders:
        try:
            wanted |= _plan(order, plans[order.id], free, known)
        except OpsError as error:
            message = f"Order {order.number}: {error.message}"
            raise type(error)(message, field=error.field, code=error.code) from error
    return wanted


def _plan(
    order: Order, plan: Sequence[Allocation], free: dict[tuple[str, str], int], known: Collection[str]
) -> Slots:
    if plan:
        _check_state(order, ALLOCATABLE, "allocate")
    wanted = _check_rows(order, plan, known)
    lines = {line.id: line for line in order.lines}
    for (line_id, warehouse_id), units in wanted.items():
        line = lines[line_id]
        if not line.tracks_stock or line.variant_id is None:
            raise Invalid(f"{line.sku or line.name} keeps no stock to allocate.", field="lineId")
        _take(free, (line.variant_id, warehouse_id), units)
    return wanted


def _free(orders: Sequence[Order], stocks: Sequence[Stock], held: Slots) -> dict[tuple[str, str], int]:
    """Free units by (variant, warehouse) once the orders let go of `held`."""
    free = {(stock.variant_id, stock.warehouse_id): stock.free for stock in stocks}
    variants = {line.id: line.variant_id or "" for order in orders for line in order.lines}
    for (line_id, warehouse_id), units in held.items():
        pair = (variants.get(line_id, ""), warehouse_id)
        free[pair] = free.get(pair, 0) + units
    return free


def plan_shipment(
    order: Order, items: Sequence[ShipItem], stocks: Sequence[Stock], held: Slots, known: Collection[str]
) -> Shipment:
    """What may leave now, checked, and which of the lines' promises remain.

    A line first uses what it holds in the warehouse that ships. Units beyond that must be free
    there; the same number is let go elsewhere, last warehouse first, but only as far as
    the line would otherwise hold more than it has left to ship.
    """
    _check_state(order, SHIPPABLE, "ship")
    if not items:
        raise Invalid("Name at least one item to ship.", field="items", code="REQUIRED")
    taken = _check_rows(order, items, known)
    kept = dict(held)
    left = {(stock.variant_id, stock.warehouse_id): stock for stock in stocks}
    free = {pair: stock.free for pair, stock in left.items()}
    on_hand = {pair: stock.on_hand for pair, stock in left.items()}
    for (line_id, warehouse_id), units in taken.items():
        line = _line(order, line_id)
        own = min(kept.get((line_id, warehouse_id), 0), units)
        if own:
            kept[line_id, warehouse_id] -= own
        if line.tracks_stock and line.variant_id is not None:
            pair = (line.variant_id, warehouse_id)
            if units > own:
                _take(free, pair, units - own)
            _take(on_hand, pair, units)
    _refuse_shared(order, taken, kept, held, left)
    _let_go(order, taken, kept)
    return Shipment(taken, {slot: units for slot, units in kept.items() if units > 0})


def _refuse_shared(
    order: Order, taken: Slots, kept: Slots, held: Slots, stocks: Mapping[tuple[str, str], Stock]
) -> None:
    """A parcel must leave enough behind for what others were promised from the same stock."""
    leaving: Counter[tuple[str, str]] = Counter()
    released: Counter[tuple[str, str]] = Counter()
    for (line_id, warehouse_id), units in taken.items():
        line = _line(order, line_id)
        if line.tracks_stock and line.variant_id is not None:
            leaving[line.variant_id, warehouse_id] += units
            slot = (line_id, warehouse_id)
            released[line.variant_id, warehouse_id] += held.get(slot, 0) - kept.get(slot, 0)
    for pair, units in leaving.items():
        stock = stocks[pair]
        if stock.on_hand - units < stock.allocated - released[pair]:
            _short(pair[1])


def _let_go(order: Order, taken: Slots, kept: Slots) -> None:
    shipped: Counter[str] = Counter()
    for (line_id, _), units in taken.items():
        shipped[line_id] += units
    for line_id, units in shipped.items():
        mine = [slot for slot in sorted(kept, reverse=True) if slot[0] == line_id]
        surplus = sum(kept[slot] for slot in mine) - (_line(order, line_id).to_ship - units)
        for slot in mine:
            drop = min(max(surplus, 0), kept[slot])
            kept[slot] -= drop
            surplus -= drop


def _check_state(order: Order, allowed: frozenset[OrderStatus], verb: str) -> None:
    if order.status not in allowed:
        raise Conflict(f"Order {order.number} is {order.status.value}: cannot {verb}.", field="orderId")


def _check_rows(order: Order, rows: Sequence[Allocation | ShipItem], known: Collection[str]) -> Slots:
    """Rows added up per (line, warehouse) once ids and quantities are right."""
    slots: Slots = {}
    per_line: Counter[str] = Counter()
    lines = {line.id: line for line in order.lines}
    for row in rows:
        line = lines.get(row.line_id)
        if line is None:
            raise NotFound(f"Order {order.number} has no such line.", field="lineId")
        if row.warehouse_id not in known:
            raise NotFound("No such warehouse.", field="warehouseId")
        if row.quantity < 1:
            raise Invalid("Quantity must be at least 1.", field="quantity")
        per_line[line.id] += row.quantity
        if per_line[line.id] > line.to_ship:
            raise Invalid(f"Only {line.to_ship} of {line.sku or line.name} left to ship.", field="quantity")
        slot = (row.line_id, row.warehouse_id)
        slots[slot] = slots.get(slot, 0) + row.quantity
    return slots


def _take(free: dict[tuple[str, str], int], pair: tuple[str, str], units: int) -> None:
    if free.get(pair, 0) < units:
        _short(pair[1])
    free[pair] -= units


def _short(warehouse_id: str) -> NoReturn:
    raise InsufficientStock(f"Not enough free stock in {warehouse_id}.", field="warehouseId")


def _line(order: Order, line_id: str) -> OrderLine:
    line = order.line(line_id)
    assert line is not None
    return line
