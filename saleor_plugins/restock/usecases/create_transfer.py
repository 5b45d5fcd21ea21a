"""Plan a transfer by hand: set lines of the draft from one warehouse to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from ...kernel.errors import Conflict, Invalid, NotFound, Required
from ...platform import shop
from ...platform.port import Variant
from ..domain.order import MAX_UNITS
from ..domain.transfer import DRAFT
from ..models import Transfer, TransferLine
from ..store import locks, transfers


@dataclass(frozen=True)
class Wanted:
    """Units of a variant that are to move; 0 takes the line away."""

    variant_id: str
    quantity: int


def create_transfer(source_id: str, target_id: str, lines: Sequence[Wanted]) -> Transfer:
    """Set `lines` of the draft from `source_id` to `target_id`, which is made when there is none.

    There is one draft for each pair of warehouses: lines the run proposed stay in it, one of a variant that
    is named here is a person's from now on. Asking twice sets the same. Raises NotFound (``sourceId``,
    ``targetId``, ``lines.i.variantId``), Invalid (``targetId``, ``lines``, ``lines.i.quantity``), Required.
    """
    _check_ends(source_id, target_id)
    if not lines:
        raise Required("Name at least one variant.", field="lines")
    variants = _check_lines(lines, least=1)
    with transaction.atomic():
        locks.take("suggest")
        draft = transfers.drafts().get((source_id, target_id))
        transfer = transfers.lock(draft.pk) if draft else transfers.new_draft(source_id, target_id)
        if transfer.state != DRAFT:
            transfer = transfers.new_draft(source_id, target_id)
        _set(transfer, lines, variants)
    return transfer


def update_transfer(transfer_id: UUID, lines: Sequence[Wanted]) -> Transfer:
    """Set `lines` of a draft; a draft without any left is withdrawn.

    Raises NotFound (``id``), Conflict unless it is a draft, and what `create_transfer` refuses.
    """
    variants = _check_lines(lines, least=0)
    with transaction.atomic():
        locks.take("suggest")
        transfer = transfers.lock(transfer_id)
        if transfer.state != DRAFT:
            raise Conflict("Only the lines of a draft can be changed.", field="state")
        _set(transfer, lines, variants)
        transfer.refresh_from_db()
    return transfer


def _set(transfer: Transfer, lines: Sequence[Wanted], variants: Mapping[str, Variant]) -> None:
    have = {line.variant_id: line for line in transfers.lines_of(transfer)}
    new, again, gone = [], [], []
    for wanted in lines:
        line = have.get(wanted.variant_id)
        if not wanted.quantity:
            gone += [line] if line else []
        elif line:
            line.quantity, line.by_hand = wanted.quantity, True
            again.append(line)
        else:
            new.append(_line(transfer, variants[wanted.variant_id], wanted.quantity))
    transfers.add_lines(new)
    transfers.save_lines(again, ["quantity", "by_hand"])
    if gone:
        transfers.drop_lines(gone)


def _line(transfer: Transfer, variant: Variant, quantity: int) -> TransferLine:
    name = " – ".join(part for part in (variant.product_name, variant.name) if part)
    return TransferLine(
        transfer=transfer,
        variant_id=variant.id,
        source_id=transfer.source_id,
        target_id=transfer.target_id,
        sku=variant.sku or "",
        name=name[:400],
        quantity=quantity,
        by_hand=True,
    )


def _check_ends(source_id: str, target_id: str) -> None:
    known = {house.id for house in shop().warehouses()}
    for warehouse_id, field in ((source_id, "sourceId"), (target_id, "targetId")):
        if warehouse_id not in known:
            raise NotFound("There is no such warehouse.", field=field)
    if source_id == target_id:
        raise Invalid("Must be another warehouse than the source.", field="targetId")


def _check_lines(lines: Sequence[Wanted], *, least: int) -> dict[str, Variant]:
    """The variants of `lines`; those that are taken away need not exist any more."""
    found = {row.id: row for row in shop().variants({line.variant_id for line in lines})}
    named: set[str] = set()
    for index, line in enumerate(lines):
        if line.variant_id in named:
            raise Invalid("This variant is named twice.", field=f"lines.{index}.variantId")
        named.add(line.variant_id)
        if not least <= line.quantity <= MAX_UNITS:
            raise Invalid(f"Must be from {least} to {MAX_UNITS}.", field=f"lines.{index}.quantity")
        variant = found.get(line.variant_id)
        if line.quantity and not (variant and variant.tracks_stock):
            raise NotFound("There is no such variant with stock.", field=f"lines.{index}.variantId")
    return found
