"""Shipments and their ledger."""

from __future__ import annotations

from uuid import UUID

from ...kernel import clock
from ...kernel.errors import Conflict, NotFound
from ..domain.shipment import SHIPMENT
from ..models import Shipment, ShipmentEvent


def shipments(order_id: str) -> list[Shipment]:
    """The order's shipments, oldest first."""
    return list(Shipment.objects.filter(order_id=order_id).order_by("pk"))


def shipment(key: UUID, *, lock: bool = False) -> Shipment:
    """The shipment. Raises NotFound (field ``id``)."""
    rows = Shipment.objects.select_for_update() if lock else Shipment.objects.all()
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound("No such shipment.", field="id")
    return found


def add_shipment(row: Shipment, *, by: str) -> Shipment:
    """Store a new shipment with the first line of its ledger."""
    row.created = clock.now()
    row.save(force_insert=True)
    _log(row, "create", by)
    return row


def advance(row: Shipment, verb: str, *, by: str, tracking_number: str | None = None) -> None:
    """Take the shipment through `verb`. Raises Conflict (field ``state``) when it is not allowed or lost."""
    seen, row.state = row.state, SHIPMENT.target(row.state, verb)
    if tracking_number is not None:
        row.tracking_number = tracking_number
    changed = Shipment.objects.filter(pk=row.pk, state=seen).update(
        state=row.state, tracking_number=row.tracking_number
    )
    if changed != 1:
        raise Conflict("The shipment changed meanwhile.", field="state")
    _log(row, verb, by)


def _log(row: Shipment, verb: str, by: str) -> None:
    ShipmentEvent.objects.create(
        shipment=row,
        verb=verb,
        state=row.state,
        tracking_number=row.tracking_number,
        done_by=by,
        at=clock.now(),
    )
