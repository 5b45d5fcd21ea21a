"""Exchange returned units for new goods: what they earned pays for the new order, the rest is given back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel.errors import Invalid, Required
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker, NewItem, NewOrder

from .. import accounts, payloads, store
from ..domain.plan import PartKind
from ..domain.quantities import MAX_LINES, positive
from ..domain.reasons import Resolution
from ..domain.split import draw
from ..models import Refund
from ..store import Desk, books
from ..store.books_family import tiers
from ..store.books_refunds import Given, create_refund
from .give_credit import give
from .refund_plan import Advance, Due, check_advance, check_explained, credit_units, plan_units, waiting
from .refund_return import announce, nothing

Items = Sequence[tuple[str, int]]
"""Variants and how many of each."""


@dataclass(frozen=True)
class Exchange:
    """What was decided. `difference`, in minor units: what is left to pay, or below zero is given back."""

    refund: Refund
    order_id: str
    difference: int


def exchange_return(
    asker: Asker,
    return_id: UUID,
    items: Items | None = None,
    *,
    to: PartKind = PartKind.PAYMENT,
    advance: Advance = (),
) -> Exchange:
    """Make the new order of `items`, by default what the lines' customers asked for.

    The lines that wait for an exchange pay for it (all that wait, when none does and items are named),
    less fees; shipping stays paid. What they earned beyond the new goods goes to the payments or to store
    credit. Raises NotFound (``id``, ``variantId``), Required and Invalid (``items...``, ``amount``:
    ABOVE_CEILING when the payments do not hold what the units earned), InsufficientStock
    (``variantId``), Conflict: NOTHING_TO_EXCHANGE, NEEDS_REVIEW.
    """
    if to is PartKind.EXCHANGE:
        raise Invalid("Money or store credit.", field="to")
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "exchange")
        check_explained(desk)
        due = _lines(desk, items, advance)
        made = _exchange(desk, asker, due, wanted(due, items), to)
        announce(desk, asker, made.refund, "exchange")
    return made


def _lines(desk: Desk, items: Items | None, advance: Advance) -> list[Due]:
    found = waiting(desk, advance)
    wishes = [each for each in found if each.line.resolution == Resolution.EXCHANGE.value]
    due = wishes or (found if items else [])
    check_advance(due, advance)
    if not due:
        raise nothing(desk, "NOTHING_TO_EXCHANGE")
    return due


def wanted(due: Sequence[Due], items: Items | None) -> tuple[NewItem, ...]:
    """The new goods. Raises Required and Invalid (``items``)."""
    if items is None:
        items = [(each.line.exchange_variant_id, each.now.uncredited) for each in due]
    return new_items(items)


def new_items(items: Items) -> tuple[NewItem, ...]:
    """Checked items. Raises Required and Invalid (``items...``)."""
    if not items or not all(variant_id for variant_id, _ in items):
        raise Required("Say which goods.", field="items")
    if len(items) > MAX_LINES:
        raise Invalid(f"At most {MAX_LINES}.", field="items")
    return tuple(
        NewItem(variant_id, positive(quantity, field=f"items.{i}.quantity"))
        for i, (variant_id, quantity) in enumerate(items)
    )


def _exchange(desk: Desk, asker: Asker, due: list[Due], items: tuple[NewItem, ...], to: PartKind) -> Exchange:
    plan = plan_units(desk, due, shipping=False)
    earned = plan.charge.gross
    found = books.balances(desk)
    # Nothing is exchanged for goods that nobody paid for.
    draw(earned, tiers(desk, found))
    note = f"Return {desk.request.number}"
    order = shop().create_order(NewOrder(desk.order.id, items, earned, note))
    used = order.credit_gross
    given = [Given(PartKind.EXCHANGE, used, target_id=order.id)] if used else []
    given += give(desk, asker, found, earned - used, to)
    accounts.adopt(order, desk.ledger)
    refund = create_refund(desk, plan, given)
    credit_units(due)
    difference = order.total_gross or used - earned
    data = payloads.of_refund(
        desk,
        refund,
        newOrderId=order.id,
        newOrderNumber=order.number,
        price=payloads.money(order.total_gross + used, desk.ledger.currency),
        difference=payloads.money(difference, desk.ledger.currency),
    )
    emit("return.exchanged", data)
    return Exchange(refund, order.id, difference)
