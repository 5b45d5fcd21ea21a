"""Units that were put aside are restocked, or scrapped, later."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from saleor_plugins.delivery import emit
from saleor_plugins.kernel import clock
from saleor_plugins.kernel.errors import Conflict, Invalid, NotFound
from saleor_plugins.kernel.ids import to_global
from saleor_plugins.platform.port import Asker

from .. import payloads, store
from ..domain.dispositions import ASIDE, Outcome
from ..domain.policy import Policy
from ..domain.quantities import positive
from ..models import Followup, Inspection
from ..store import Desk
from ..store.restocked import followed, move_units
from .choose_warehouse import NAMED, Chooser, origins_of
from .inspect_return import deleted, moved, one_of, sellable_variant
from .receive_parcel import check_warehouses

STAYS = "where it lies"


def follow_up(
    asker: Asker, inspection_id: UUID, quantity: int, outcome: str, warehouse_id: str = ""
) -> Followup:
    """`quantity` units of what an inspection put aside are RESTOCK or SCRAP now, whatever the return's state.

    The customer's money is untouched. Raises NotFound (``inspectionId``, ``warehouseId``), Conflict
    (``inspectionId``) for units that were not put aside, Invalid (``quantity``: OVER_FOLLOWUP beyond what
    lies there, ``outcome``: VARIANT_DELETED, ``warehouseId`` when the policy finds none).
    """
    inspection = _find(inspection_id)
    kind = one_of(Outcome, outcome, "outcome")
    if warehouse_id:
        check_warehouses({warehouse_id})
    with transaction.atomic():
        desk = store.open_return(inspection.receipt_line.return_line.rma_id)
        first = _first_unit(inspection, quantity)
        row = Followup(
            inspection=inspection,
            first_unit=first,
            quantity=quantity,
            disposition=kind.value,
            warehouse_id=warehouse_id or inspection.warehouse_id,
            why=NAMED if warehouse_id else STAYS,
            at=clock.now(),
        )
        variant_id = _into_stock(desk, row, bool(warehouse_id)) if kind is Outcome.RESTOCK else ""
        row.save(force_insert=True)
        if row.moved:
            move_units([(variant_id, row.warehouse_id, row.moved)])
        _tell(desk, asker, row, variant_id)
    return row


def _find(inspection_id: UUID) -> Inspection:
    rows = Inspection.objects.select_related("receipt_line__return_line", "receipt_line__receipt")
    found = rows.filter(pk=inspection_id).first()
    if found is None:
        raise NotFound("No such inspection.", field="inspectionId")
    if found.disposition not in ASIDE:
        raise Conflict(f"Its units were not put aside: {found.disposition}.", field="inspectionId")
    return found


def _first_unit(inspection: Inspection, quantity: int) -> int:
    """Counted under the order's lock: the unit to go on from."""
    gone = followed(inspection)
    left = inspection.quantity - gone
    if positive(quantity) > left:
        raise Invalid(f"Only {left} lie aside.", field="quantity", code="OVER_FOLLOWUP")
    return gone + 1


def _into_stock(desk: Desk, row: Followup, named: bool) -> str:
    """Set the warehouse and how many units move; answers the variant."""
    parcel_line = row.inspection.receipt_line
    line = next(line for line in desk.request_lines if line.pk == parcel_line.return_line_id)
    variant_id, tracked = sellable_variant(desk, line)
    if not variant_id:
        raise deleted("outcome")
    if not named:
        origin = origins_of(desk.order.id).of(line.line_id, parcel_line.fulfillment_line_id)
        chooser = Chooser(Policy.restored(desk.request.policy), desk.order)
        choice = chooser.restock(line.line_id, row.inspection.warehouse_id, origin)
        if not choice.warehouse_id:
            raise Invalid(f"Name a warehouse: {choice.why}.", field="warehouseId")
        row.warehouse_id, row.why = choice.warehouse_id, choice.why
    row.moved = row.quantity if tracked else 0
    return variant_id


def _tell(desk: Desk, asker: Asker, row: Followup, variant_id: str) -> None:
    line_id = row.inspection.receipt_line.return_line_id
    line = next(line for line in desk.request_lines if line.pk == line_id)
    about = {"disposition": row.disposition, "inspectionId": to_global("Inspection", row.inspection_id)}
    data = {
        "lines": [payloads.of_line(line, row.quantity, **about)],
        "restocked": [moved(row, variant_id)] if row.moved else [],
    }
    store.log(desk.request, "follow_up", asker, data)
    emit("return.followed_up", payloads.of_return(desk, **data))
