"""Changing the lines of an order: which changes make sense, before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from saleor_plugins.kernel.errors import Invalid, NotFound, Required

from .order import MAX_UNITS, Line


@dataclass(frozen=True)
class Edit:
    """A line of ours (`line_id`) to change or `remove`, or a variant that comes to the order.

    `price` is a decimal number as text; None leaves price or quantity as they are.
    """

    line_id: str = ""
    variant_id: str = ""
    quantity: int | None = None
    price: str | None = None
    remove: bool = False


def check_edits(lines: Sequence[Line], edits: Sequence[Edit]) -> None:
    """Raise what is wrong with `edits` of an order that has `lines`, naming edit i.

    Required (``lines``, ``lines.i.lineId``, ``lines.i.quantity``), NotFound (``lines.i.lineId``), Invalid
    (``lines.i.lineId`` or ``lines.i.variantId`` for what is named twice or is in the order,
    ``lines.i.quantity`` below what has arrived or without need beside `remove`).
    """
    if not edits:
        raise Required("Name at least one line.", field="lines")
    known = {line.id: line for line in lines}
    variants = {line.variant_id for line in lines}
    named: set[str] = set()
    for index, edit in enumerate(edits):
        field = f"lines.{index}.{'variantId' if edit.variant_id else 'lineId'}"
        if bool(edit.line_id) == bool(edit.variant_id):
            raise Required("Name a line of the order or a new variant, one of them.", field=field)
        key = edit.line_id or edit.variant_id
        if key in named:
            raise Invalid("This is named twice.", field=field)
        named.add(key)
        if edit.line_id:
            _check_line(known, edit, index)
        else:
            _check_new(variants, edit, index)


def _check_line(known: Mapping[str, Line], edit: Edit, index: int) -> None:
    line = known.get(edit.line_id)
    if line is None:
        raise NotFound("This order has no such line.", field=f"lines.{index}.lineId")
    if edit.remove:
        if edit.quantity is not None or edit.price is not None:
            raise Invalid("A line that is removed takes nothing else.", field=f"lines.{index}.remove")
        return
    if edit.quantity is not None:
        check_quantity(edit.quantity, index)
        if edit.quantity < line.received:
            raise Invalid(
                f"{line.received} have arrived already: it cannot be less.", field=f"lines.{index}.quantity"
            )


def _check_new(variants: set[str], edit: Edit, index: int) -> None:
    if edit.remove:
        raise Invalid("Only a line of the order can be removed.", field=f"lines.{index}.remove")
    if edit.variant_id in variants:
        raise Invalid(
            "The order has a line of it: change that one by its lineId.", field=f"lines.{index}.variantId"
        )
    if edit.quantity is None:
        raise Required("How many?", field=f"lines.{index}.quantity")
    check_quantity(edit.quantity, index)


def check_quantity(quantity: int, index: int) -> None:
    """Raise Invalid (``lines.i.quantity``) for no units or more than anybody means."""
    if not 1 <= quantity <= MAX_UNITS:
        raise Invalid(f"Must be from 1 to {MAX_UNITS}.", field=f"lines.{index}.quantity")
