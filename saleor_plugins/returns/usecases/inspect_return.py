"""Judge what arrived: what becomes of each unit, and whether it is credited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.http.texts import clean
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.dispositions import Disposition
from ..domain.policy import Policy
from ..models import Followup, Inspection, ReceiptLine, Return, ReturnLine
from ..store import Desk
from ..store.restocked import move_units
from .choose_warehouse import NAMED, Chooser, Origins, origins_of
from .receive_parcel import check_warehouses, find_lines

STAYS = "where it arrived"


@dataclass(frozen=True)
class Judgement:
    """`quantity` received units of a line go where `disposition` says.

    Without a warehouse, sellable units go where the return's policy says; others stay where they arrived.
    """

    return_line_id: UUID
    quantity: int
    disposition: str
    warehouse_id: str = ""
    grade: str = ""


def inspect_return(asker: Asker, return_id: UUID, judgements: Sequence[Judgement]) -> Return:
    """Write the judgements; RESTOCK puts units into the shop's stock, once, in the same transaction.

    Raises NotFound (``id``, ``lines.N.returnLineId``, ``lines.N.warehouseId``), Invalid
    (``lines.N.quantity``, ``lines.N.disposition``: VARIANT_DELETED for RESTOCK of what no longer exists,
    ``lines.N.warehouseId`` when the policy finds none), Conflict (``state``) before anything arrived.
    """
    with transaction.atomic():
        desk = store.open_return(return_id)
        store.move(desk.request, "inspect")
        pairs = [(judgement.return_line_id, judgement.quantity) for judgement in judgements]
        lines = [line for line, _ in find_lines(desk, pairs)]
        rows = _Inspector(desk).judge(lines, judgements)
        move_units((row.variant_id, row.warehouse_id, row.moved) for row in rows if row.moved)
        data = {"lines": [_payload(*each) for each in zip(lines, judgements, strict=True)]}
        data["restocked"] = [moved(row, row.variant_id) for row in rows if row.moved]
        store.log(desk.request, "inspect", asker, data)
        emit("return.inspected", payloads.of_return(desk, **data))
    return desk.request


class _Inspector:
    """Judges the units of one return."""

    def __init__(self, desk: Desk):
        self.desk = desk
        self.chooser = Chooser(Policy.restored(desk.request.policy), desk.order)
        self._origins: Origins | None = None

    def judge(self, lines: Sequence[ReturnLine], judgements: Sequence[Judgement]) -> list[Inspection]:
        rows: list[Inspection] = []
        for i, (line, judgement) in enumerate(zip(lines, judgements, strict=True)):
            if judgement.warehouse_id:
                check_warehouses({judgement.warehouse_id}, f"lines.{i}.warehouseId")
            rows += self._judge(line, judgement, f"lines.{i}")
        return rows

    def _judge(self, line: ReturnLine, judgement: Judgement, field: str) -> list[Inspection]:
        """Store the units' buckets and one row per parcel line they lie in, oldest parcel first."""
        disposition = one_of(Disposition, judgement.disposition, f"{field}.disposition")
        now = store.buckets(line).judge(judgement.quantity, disposition.accepted, field=f"{field}.quantity")
        variant_id, tracked = sellable_variant(self.desk, line)
        if disposition.sellable and not variant_id:
            raise deleted(f"{field}.disposition")
        grade = clean(judgement.grade, field=f"{field}.grade", most=40)
        store.save_buckets(line, now)
        rows = []
        for parcel_line, units in _spread(line, judgement.quantity):
            house, why = self._house(line, parcel_line, judgement.warehouse_id, disposition)
            if not house:
                raise Invalid(f"Name a warehouse: {why}.", field=f"{field}.warehouseId")
            rows.append(
                Inspection.objects.create(
                    receipt_line=parcel_line,
                    first_unit=parcel_line.judged + 1,
                    quantity=units,
                    disposition=disposition.value,
                    grade=grade,
                    variant_id=variant_id or line.line.variant_id,
                    warehouse_id=house,
                    why=why,
                    moved=units if disposition.sellable and tracked else 0,
                    at=clock.now(),
                )
            )
        return rows

    def _house(
        self, line: ReturnLine, parcel_line: ReceiptLine, named: str, disposition: Disposition
    ) -> tuple[str, str]:
        arrived = parcel_line.receipt.warehouse_id
        if named:
            return named, NAMED
        if not disposition.sellable:
            return arrived, STAYS
        self._origins = self._origins or origins_of(self.desk.order.id)
        origin = self._origins.of(line.line_id, parcel_line.fulfillment_line_id)
        choice = self.chooser.restock(line.line_id, arrived, origin)
        return choice.warehouse_id, choice.why


def one_of(kind: Any, value: str, field: str) -> Any:
    """`value` as one of the words of `kind`; raises Invalid naming `field`."""
    try:
        return kind(value)
    except ValueError:
        raise Invalid(f"Must be one of: {', '.join(kind)}.", field=field) from None


def sellable_variant(desk: Desk, line: ReturnLine) -> tuple[str, bool]:
    """The line's variant, "" once the shop has deleted it, and whether its stock is counted."""
    now = desk.order.line(line.line_id)
    if now is None or now.variant_id is None:
        return "", False
    return now.variant_id, now.tracks_stock


def deleted(field: str) -> Invalid:
    """Nothing can be sold of a variant that is gone."""
    return Invalid(
        "The variant no longer exists: it can not be sold again.", field=field, code="VARIANT_DELETED"
    )


def _spread(line: ReturnLine, quantity: int) -> list[tuple[ReceiptLine, int]]:
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


def _payload(line: ReturnLine, judgement: Judgement) -> dict[str, Any]:
    bucket = "accepted" if Disposition(judgement.disposition).accepted else "rejected"
    more = {"disposition": judgement.disposition, "grade": judgement.grade, bucket: judgement.quantity}
    return payloads.of_line(line, judgement.quantity, **more)


def moved(row: Inspection | Followup, variant_id: str) -> dict[str, Any]:
    """Units that joined the shop's stock, and why there."""
    return {
        "variantId": variant_id,
        "warehouseId": row.warehouse_id,
        "quantity": row.moved,
        "why": row.why,
    }
