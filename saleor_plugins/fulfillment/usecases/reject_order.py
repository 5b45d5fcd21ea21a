"""What a warehouse says about an order it was given: no, or not all of it. Each reroutes in the same call."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, NotFound
from ...platform import shop
from ...platform.port import Order
from .. import store
from ..domain.life import loop
from ..models import Turndown
from .commit_decision import Trigger
from .hold_order import checked_reason
from .open_orders import refuse_closed
from .route_order import Routed, route_order
from .turn_down import shipped


def reject_order(order_id: str, warehouse_id: str, reason: str, *, by: str = "") -> tuple[Turndown, Routed]:
    """The warehouse ships nothing of the order; what it was given moves elsewhere, or waits.

    Raises NotFound (``orderId``, ``warehouseId``), Invalid (``reason``), Conflict (``orderId``) for an order
    that is closed, InsufficientStock when a race for stock was lost three times.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        order = _open(order_id, warehouse_id)
        row = next(
            (
                known
                for known in store.turndowns(order_id, lifted=False)
                if known.warehouse_id == warehouse_id and known.kind == Turndown.REJECTED
            ),
            None,
        )
        if row is None:
            row = store.add_turndown(
                Turndown(
                    order_id=order_id,
                    warehouse_id=warehouse_id,
                    kind=Turndown.REJECTED,
                    reason=reason,
                    noted_by=by,
                )
            )
            _note(order, warehouse_id, f"rejected it{f': {reason}' if reason else '.'}")
        return row, _reroute(order_id, loop.REJECTED, by)


def short_pick(
    order_id: str,
    warehouse_id: str,
    variant_id: str,
    found: int,
    *,
    correct_stock: bool = False,
    reason: str = "",
    by: str = "",
) -> tuple[Turndown, Routed]:
    """The warehouse has only `found` units of the variant for the order; the others come from elsewhere.

    `correct_stock` takes the missing units off Saleor's stock there. Raises as `reject_order`, NotFound
    (``variantId``), Invalid (``found``) for less than none or as much as it was asked for.
    """
    reason = checked_reason(reason)
    with transaction.atomic():
        order = _open(order_id, warehouse_id)
        promised = _promised(order, warehouse_id, variant_id)
        if not 0 <= found < promised:
            raise Invalid(f"The warehouse was asked for {promised}: name fewer.", field="found")
        row = store.add_turndown(
            Turndown(
                order_id=order_id,
                warehouse_id=warehouse_id,
                kind=Turndown.SHORT_PICK,
                variant_id=variant_id,
                found=found,
                shipped=shipped(order).get((warehouse_id, variant_id), 0),
                reason=reason,
                noted_by=by,
            )
        )
        name = next(line.name for line in order.lines if line.variant_id == variant_id)
        _note(order, warehouse_id, f"found {found} of {promised} x {name}.")
        routed = _reroute(order_id, loop.SHORT_PICK, by)
        if correct_stock:
            _take_off(warehouse_id, variant_id, promised - found)
        return row, routed


def lift_turndown(key: UUID, *, by: str = "") -> tuple[Turndown, Routed | None]:
    """The warehouse may be asked again. Raises NotFound (``id``), Conflict (``id``) when it was lifted."""
    with transaction.atomic():
        order_id = store.turndown(key).order_id
        order = shop().order(order_id, lock=True)
        row = store.turndown(key)
        if not store.lift_turndown(row, by=by):
            raise Conflict("It was lifted before.", field="id")
        row.refresh_from_db()
        _note(order, row.warehouse_id, "may ship it again.")
        return row, _reroute(order_id, loop.LIFTED, by)


def variant_of(order_id: str, line_id: str) -> str:
    """The variant of a line of the order. Raises NotFound (``orderId``, ``lineId``)."""
    line = shop().order(order_id).line(line_id)
    if line is None or line.variant_id is None:
        raise NotFound("The order has no such line with a variant.", field="lineId")
    return line.variant_id


def _open(order_id: str, warehouse_id: str) -> Order:
    order = shop().order(order_id, lock=True)
    refuse_closed(order)
    _name(warehouse_id)
    return order


def _name(warehouse_id: str) -> str:
    found = next((row.name for row in shop().warehouses() if row.id == warehouse_id), None)
    if found is None:
        raise NotFound("No such warehouse.", field="warehouseId")
    return found


def _note(order: Order, warehouse_id: str, text: str) -> None:
    known = {row.id: row.name for row in shop().warehouses()}
    shop().add_note(order, f"{known.get(warehouse_id, 'A warehouse')} {text}")


def _promised(order: Order, warehouse_id: str, variant_id: str) -> int:
    """Units of the variant that the order holds there."""
    lines = {line.id for line in order.lines if line.variant_id == variant_id}
    if not lines:
        raise NotFound("The order has no such variant.", field="variantId")
    rows = shop().allocations(order.id)
    return sum(row.quantity for row in rows if row.warehouse_id == warehouse_id and row.line_id in lines)


def _reroute(order_id: str, why: str, by: str) -> Routed:
    return route_order(order_id, trigger=Trigger.REROUTE, by=by, why=why)


def _take_off(warehouse_id: str, variant_id: str, missing: int) -> None:
    """Lower stock on hand by the missing units, as far as it goes; the routing has locked the row."""
    stocks = shop().stocks([variant_id], lock=True)
    on_hand = next((row.on_hand for row in stocks if row.warehouse_id == warehouse_id), 0)
    if units := min(missing, max(on_hand, 0)):
        shop().move_stock(variant_id, warehouse_id, -units)
