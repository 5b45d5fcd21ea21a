"""Judge what arrived: what becomes of each unit, and whether it is credited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.platform import shop
from saleor_plugins.platform.port import Asker

from .. import config, payloads, store
from ..domain.dispositions import Disposition
from ..models import Inspection, Return, ReturnLine
from ..texts import clean
from .receive_parcel import check_warehouses, find_lines


@dataclass(frozen=True)
class Judgement:
    """`quantity` received units of a line go where `disposition` says.

    Without a warehouse it is the policy's, or else the one where the parcel arrived.
    """

    return_line_id: UUID
    quantity: int
    disposition: str
    warehouse_id: str = ""
    grade: str = ""


def inspect_return(asker: Asker, return_id: UUID, judgements: Sequence[Judgement]) -> Return:
    """Write the judgements; RESTOCK puts units into the shop's stock, once, in the same transaction.

    Raises NotFound (``id``, ``lines.N.returnLineId``, ``warehouseId``), Invalid (``lines.N.quantity``,
    ``lines.N.disposition``), Conflict (``state``) before anything arrived.
    """
    house = config.policy().restock_warehouse
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "inspect")
        pairs = [(judgement.return_line_id, judgement.quantity) for judgement in judgements]
        lines = [line for line, _ in find_lines(desk, pairs, twice=True)]
        check_warehouses({judgement.warehouse_id for judgement in judgements} - {""})
        rows: list[Inspection] = []
        for i, (line, judgement) in enumerate(zip(lines, judgements, strict=True)):
            rows += _judge(line, judgement, f"lines.{i}", house)
        _restock(rows)
        data = {"lines": [_payload(line, j) for line, j in zip(lines, judgements, strict=True)]}
        data["restocked"] = [_moved(row) for row in rows if row.moved]
        store.log(desk.request, "inspect", asker, data)
        emit("return.inspected", payloads.of_return(desk, **data))
    return desk.request


def _judge(line: ReturnLine, judgement: Judgement, field: str, house: str) -> list[Inspection]:
    """Store the units' buckets and one row per parcel line they lie in, oldest parcel first."""
    try:
        disposition = Disposition(judgement.disposition)
    except ValueError:
        names = ", ".join(each.value for each in Disposition)
        raise Invalid(f"Must be one of: {names}.", field=f"{field}.disposition") from None
    now = store.buckets(line).judge(judgement.quantity, disposition.accepted, field=f"{field}.quantity")
    store.save_buckets(line, now)
    account = line.line
    if disposition.sellable and account.tracks_stock and not account.variant_id:
        raise Invalid("The variant no longer exists.", field=f"{field}.disposition")
    grade = clean(judgement.grade, field=f"{field}.grade", most=40)
    wanted = judgement.warehouse_id or house
    return [
        Inspection.objects.create(
            receipt_line=parcel_line,
            first_unit=parcel_line.judged + 1,
            quantity=units,
            disposition=disposition.value,
            grade=grade,
            variant_id=account.variant_id,
            warehouse_id=wanted or parcel_line.receipt.warehouse_id,
            moved=units if disposition.sellable and account.tracks_stock else 0,
            at=clock.now(),
        )
        for parcel_line, units in _spread(line, judgement.quantity)
    ]


def _spread(line: ReturnLine, quantity: int) -> list[tuple[Any, int]]:
    """Parcel lines with unjudged units, and how many to take of each."""
    taken = []
    for parcel_line in store.unjudged(line):
        units = min(parcel_line.quantity - parcel_line.judged, quantity)
        if units:
            taken.append((parcel_line, units))
            quantity -= units
    if quantity:
        raise Conflict("The parcels hold fewer units.", field="lines")
    return taken


def _restock(rows: list[Inspection]) -> None:
    """Move the shop's stock, in one fixed order so that two desks never wait for each other."""
    units: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.moved:
            slot = (row.variant_id, row.warehouse_id)
            units[slot] = units.get(slot, 0) + row.moved
    for (variant_id, warehouse_id), quantity in sorted(units.items()):
        shop().move_stock(variant_id, warehouse_id, quantity)


def _payload(line: ReturnLine, judgement: Judgement) -> dict[str, Any]:
    more = {"disposition": judgement.disposition, "grade": judgement.grade}
    return payloads.of_line(line, judgement.quantity, **more)


def _moved(row: Inspection) -> dict[str, Any]:
    return {"variantId": row.variant_id, "warehouseId": row.warehouse_id, "quantity": row.moved}
